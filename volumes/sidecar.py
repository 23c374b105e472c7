"""What a converter's JSON may hand on: acquisition keys by an allow-list, so that no identifying key slips through.

dcm2niix writes names, ids, dates and private text into its JSON. Only the keys below leave the folder where it was
written, and the JSON is deleted with it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from volumes.dicom_meaning import number_of

# fmt: off
ALLOWED_KEYS = frozenset({
    "Modality", "MagneticFieldStrength", "ImagingFrequency", "Manufacturer", "ManufacturersModelName", "BodyPart",
    "PatientPosition", "SoftwareVersions", "MRAcquisitionType", "StudyDescription", "SeriesDescription",
    "ProtocolName", "ScanningSequence", "SequenceVariant", "ScanOptions", "SequenceName", "PulseSequenceName",
    "PulseSequenceType", "ImageType", "ImageTypeText", "NonlinearGradientCorrection", "SeriesNumber",
    "AcquisitionNumber", "SliceThickness", "SpacingBetweenSlices", "SAR", "NumberOfAverages", "EchoNumber",
    "EchoTime", "EchoTime1", "EchoTime2", "RepetitionTime", "RepetitionTimeExcitation",
    "RepetitionTimePreparation", "SpoilingState", "InversionTime", "FlipAngle", "FlipAngleSequence",
    "PartialFourier", "BaseResolution", "ReceiveCoilName", "ReceiveCoilActiveElements", "CoilString",
    "CoilCombinationMethod", "MatrixCoilMode", "PercentPhaseFOV", "PercentSampling", "EchoTrainLength",
    "PhaseEncodingSteps", "AcquisitionMatrixPE", "ReconMatrixPE", "ParallelReductionFactorInPlane",
    "ParallelReductionOutOfPlane", "ParallelAcquisitionTechnique", "MultibandAccelerationFactor",
    "EffectiveEchoSpacing", "TotalReadoutTime", "PixelBandwidth", "DwellTime", "PhaseEncodingDirection",
    "PhaseEncodingAxis", "SliceTiming", "ImageOrientationPatientDICOM", "ImageOrientationText",
    "InPlanePhaseEncodingDirectionDICOM", "ContrastBolusIngredient", "ContrastBolusAgent", "ContrastBolusVolume",
    "TriggerDelayTime", "DiffusionScheme", "DiffusionDirectionality", "DiffusionBValue", "TemporalPositions",
    "TemporalResolution", "ArterialSpinLabelingType", "PostLabelingDelay", "LabelingDuration",
    "BackgroundSuppression", "BidsGuess", "ConversionSoftware", "ConversionSoftwareVersion",
    "NumberOfTemporalPositions", "HighBitDepth", "MTState", "Units", "ComplexImageComponent", "WaterFatShift",
})
# fmt: on


_KEY_OF_KEYWORD = {  # DICOM keyword: BIDS key, factor to its unit (0 for text)
    "Modality": ("Modality", 0),
    "Manufacturer": ("Manufacturer", 0),
    "ManufacturerModelName": ("ManufacturersModelName", 0),
    "BodyPartExamined": ("BodyPart", 0),
    "StudyDescription": ("StudyDescription", 0),
    "SeriesDescription": ("SeriesDescription", 0),
    "ProtocolName": ("ProtocolName", 0),
    "SequenceName": ("SequenceName", 0),
    "MRAcquisitionType": ("MRAcquisitionType", 0),
    "ScanningSequence": ("ScanningSequence", 0),
    "SequenceVariant": ("SequenceVariant", 0),
    "ScanOptions": ("ScanOptions", 0),
    "ImageType": ("ImageType", 0),
    "ContrastBolusAgent": ("ContrastBolusAgent", 0),
    "MagneticFieldStrength": ("MagneticFieldStrength", 1.0),
    "SliceThickness": ("SliceThickness", 1.0),
    "SpacingBetweenSlices": ("SpacingBetweenSlices", 1.0),
    "FlipAngle": ("FlipAngle", 1.0),
    "EchoTime": ("EchoTime", 1e-3),
    "RepetitionTime": ("RepetitionTime", 1e-3),
    "InversionTime": ("InversionTime", 1e-3),
}


def read_sidecar(path: Path) -> dict[str, object]:
    """The allowed keys of a converter's JSON; none where there is no JSON or it is no object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, json.JSONDecodeError):
        return {}
    return allowed(content) if isinstance(content, dict) else {}


def allowed(content: Mapping[str, object]) -> dict[str, object]:
    """Only the allowed keys of `content`, in its order.

    >>> allowed({"PatientName": "Doe", "EchoTime": 0.09, "AcquisitionDateTime": "2024"})
    {'EchoTime': 0.09}
    """
    return {key: value for key, value in content.items() if key in ALLOWED_KEYS}


def sidecar_of_dicom(dataset: Any) -> dict[str, object]:
    """The acquisition fields of a DICOM dataset under BIDS keys, times in seconds, as in a converter's JSON."""
    found: dict[str, object] = {}
    for keyword, (key, scale) in _KEY_OF_KEYWORD.items():
        value = dataset.get(keyword)
        if value is None or value == "":
            continue
        number = number_of(value) if scale else None
        if number is not None:
            found[key] = number * scale
        elif not scale:
            found[key] = str(value) if isinstance(value, str) else [str(word) for word in value]
    return found
