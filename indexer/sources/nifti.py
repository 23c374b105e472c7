"""Plain NIfTI files: one file is one series, its relative path is its key.

Patient and study come from the path only where it spells them in BIDS manner (".../sub-01/ses-2/..." or "sub-01_..."),
or from the user's table. Otherwise both stay "": the file then counts as a patient of its own, and the indexer lets the
parent folder stand for the study.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from indexer.records import FileStat, FoundSeries, SkippedFile, SourceKind
from indexer.sources.found import Found
from indexer.sources.reasons import SkipReason
from indexer.sources.sidecar import b_values, read_sidecar, sidecar_tags

SUFFIXES = (".nii", ".nii.gz")
# Label maps by the endings that toolkits and challenges give them: "_mask", "-seg", "_dseg", "_labels", "_lesion_mask".
_MASK = re.compile(
    r"(?:^|[_\-.])(?:brain)?(?:mask|seg|dseg|probseg|labels?|aseg|lesions?|rois?|manual)$", re.IGNORECASE
)
_SUBJECT = re.compile(r"(?:^|[/_])(sub-[A-Za-z0-9]+)")
_SESSION = re.compile(r"(?:^|[/_])(ses-[A-Za-z0-9]+)")


def is_nifti(path: str) -> bool:
    """Whether a path names a NIfTI file."""
    return path.lower().endswith(SUFFIXES)


def is_mask(stem: str) -> bool:
    """Whether a file's stem ends like that of a label map.

    >>> is_mask("patient1_lesion_mask"), is_mask("t1_masked"), is_mask("brainmask")
    (True, False, True)
    """
    return bool(_MASK.search(stem))


def stem_of(path: str) -> str:
    """File name without .nii, .nii.gz or .json."""
    return re.sub(r"\.(nii(\.gz)?|json)$", "", PurePosixPath(path).name, flags=re.IGNORECASE)


def find_nifti_series(base: Path, stats: Sequence[FileStat], texts: Iterable[FileStat] = ()) -> Found:
    """One series for every NIfTI file that is not a mask.

    Args:
        base: the folder that the files' paths are relative to.
        stats: the NIfTI files.
        texts: all JSON and .bval files of the source. A sidecar is the JSON with the same stem beside the file; else
            one anywhere in the source, if both stems are unique there; only keys that describe a scan count.
    """
    if not stats:
        return Found()
    sidecars = _Sidecars(base, stats, texts)
    series, skipped = [], []
    for stat in stats:
        if is_mask(stem_of(stat.path)):
            skipped.append(SkippedFile(stat.path, SkipReason.MASK))
        else:
            series.append(_series(stat, sidecars.tags_for(stat.path)))
    return Found(tuple(series), tuple(skipped))


def subject_and_session(path: str) -> tuple[str, str]:
    """("sub-01", "sub-01/ses-2") where a path spells them, "" where not.

    >>> subject_and_session("sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz")
    ('sub-01', 'sub-01/ses-2')
    >>> subject_and_session("scans/t1.nii.gz")
    ('', '')
    """
    subject = _SUBJECT.search(path)
    if subject is None:
        return "", ""
    session = _SESSION.search(path)
    patient = subject.group(1)
    return patient, f"{patient}/{session.group(1)}" if session else ""


def _series(stat: FileStat, tags: Mapping[str, str]) -> FoundSeries:
    patient, study = subject_and_session(stat.path)
    # Plain dictionaries, not the defaults of the record: those cannot be pickled, and series travel to workers.
    return FoundSeries(
        SourceKind.NIFTI, stat.path, stat.path, (stat,), patient, study, tags=tags, entities={}, extra={}
    )


class _Sidecars:
    """Finds the JSON that describes a NIfTI file."""

    def __init__(self, base: Path, stats: Iterable[FileStat], texts: Iterable[FileStat]) -> None:
        self._base = base
        self._paths: set[str] = set()  # of JSON and .bval files
        self._by_stem: dict[str, list[str]] = {}
        self._images: dict[str, int] = {}
        for text in texts:
            self._paths.add(text.path)
            if text.path.endswith(".json"):
                self._by_stem.setdefault(stem_of(text.path), []).append(text.path)
        for stat in stats:
            self._images[stem_of(stat.path)] = self._images.get(stem_of(stat.path), 0) + 1

    def tags_for(self, path: str) -> dict[str, str]:
        """Header text for one NIfTI file: from its JSON, and the b-values beside it."""
        tags = self._json_tags(path)
        beside = str(PurePosixPath(path).with_name(stem_of(path) + ".bval"))
        if "DiffusionBValue" not in tags and beside in self._paths and (values := b_values(self._base / beside)):
            tags["DiffusionBValue"] = values
        return tags

    def _json_tags(self, path: str) -> dict[str, str]:
        stem = stem_of(path)
        beside = str(PurePosixPath(path).with_name(stem + ".json"))
        if beside in self._paths:
            return sidecar_tags(read_sidecar(self._base / beside))
        elsewhere = self._by_stem.get(stem, [])
        if len(elsewhere) != 1 or self._images[stem] != 1:
            return {}
        return sidecar_tags(read_sidecar(self._base / elsewhere[0]))
