"""What an enhanced (multi-frame) file says in its functional groups, under the keywords of a classic file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.sources.dicom_tags import IMAGE_TYPE_VARIANTS, ORIENTATION_COUNT, Header
from indexer.sources.dicom_values import distinct_numbers, joined, orientation_key
from indexer.sources.quiet import quiet_pydicom

# (functional group, its attribute) -> keyword of a classic header. Source: DICOM PS3.3 C.8.13.5 and C.7.6.16.
_GROUPS: dict[tuple[str, str], str] = {
    ("MREchoSequence", "EffectiveEchoTime"): "EchoTime",
    ("MRTimingAndRelatedParametersSequence", "RepetitionTime"): "RepetitionTime",
    ("MRTimingAndRelatedParametersSequence", "FlipAngle"): "FlipAngle",
    ("MRTimingAndRelatedParametersSequence", "EchoTrainLength"): "EchoTrainLength",
    ("MRModifierSequence", "InversionTimes"): "InversionTime",
    ("MRModifierSequence", "SpectrallySelectedSuppression"): "SpectrallySelectedSuppression",
    ("MRDiffusionSequence", "DiffusionBValue"): "DiffusionBValue",
    ("MRDiffusionSequence", "DiffusionDirectionality"): "DiffusionDirectionality",
    ("MRAveragesSequence", "NumberOfAverages"): "NumberOfAverages",
    ("MRReceiveCoilSequence", "ReceiveCoilName"): "ReceiveCoilName",
    ("MRImageFrameTypeSequence", "FrameType"): "ImageType",
    ("PlaneOrientationSequence", "ImageOrientationPatient"): "ImageOrientationPatient",
    ("PixelMeasuresSequence", "PixelSpacing"): "PixelSpacing",
    ("PixelMeasuresSequence", "SliceThickness"): "SliceThickness",
    ("PixelMeasuresSequence", "SpacingBetweenSlices"): "SpacingBetweenSlices",
    ("FrameAnatomySequence", "FrameLaterality"): "Laterality",
}
_NUMBERS = {"EchoTime", "FlipAngle", "InversionTime", "DiffusionBValue"}


def frame_values(path: Path, header: Header) -> dict[str, str]:
    """Keyword -> text from the shared and the per-frame groups of one file; what `header` states itself stays.

    Numbers that vary over the frames come together, in ascending order; of other values the first frame's stand, and
    frame types and orientations are counted (see `dicom_tags`). A file whose groups cannot be read gives nothing.
    """
    import pydicom

    wanted = ["SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "ContrastBolusAgentSequence"]
    try:
        with quiet_pydicom():
            found = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=wanted)
            values = _collect(found)
            agent = _agent(found)
    except Exception:  # noqa: BLE001 - broken groups: the top-level header still stands, and decoding will complain
        return {}
    flat = {keyword: _summary(keyword, texts) for keyword, texts in values.items() if keyword not in header}
    if len(types := list(dict.fromkeys(values.get("ImageType", ())))) > 1:
        flat[IMAGE_TYPE_VARIANTS] = " | ".join(types)
    if len(planes := {orientation_key(text) for text in values.get("ImageOrientationPatient", ())}) > 1:
        flat[ORIENTATION_COUNT] = str(len(planes))
    if agent:
        flat.setdefault("ContrastBolusAgent", agent)
    return {keyword: text for keyword, text in flat.items() if text}


def _collect(found: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for item in _items(found):
        for (group, attribute), keyword in _GROUPS.items():
            for part in item.get(group) or ():
                if part.get(attribute) is not None:
                    values.setdefault(keyword, []).append(joined(part.get(attribute)))
        for part in item.get("FrameAnatomySequence") or ():
            for region in part.get("AnatomicRegionSequence") or ():
                values.setdefault("BodyPartExamined", []).append(str(region.get("CodeMeaning", "")))
    return values


def _items(found: Any) -> Iterator[Any]:
    yield from found.get("SharedFunctionalGroupsSequence") or ()
    yield from found.get("PerFrameFunctionalGroupsSequence") or ()


def _agent(found: Any) -> str:
    return next((str(item.get("CodeMeaning", "")) for item in found.get("ContrastBolusAgentSequence") or ()), "")


def _summary(keyword: str, texts: list[str]) -> str:
    return distinct_numbers(texts) if keyword in _NUMBERS else texts[0]
