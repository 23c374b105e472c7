"""BIDS file names taken apart: "sub-01_ses-2_acq-mprage_T1w.nii.gz" -> entities and suffix.

Source: BIDS specification 1.10, "Filename structure".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

_ENTITY = re.compile(r"([A-Za-z]+)-([A-Za-z0-9+.]+)")
_SUFFIX = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class BidsName:
    """A BIDS file name: entities in the order of the name, without suffix and extension."""

    entities: Mapping[str, str]
    suffix: str

    def applies_to(self, other: "BidsName") -> bool:
        """Whether a sidecar of this name describes a file of the other name (inheritance principle)."""
        return self.suffix == other.suffix and self.entities.items() <= other.entities.items()


def parse_name(path: str) -> BidsName | None:
    """Entities and suffix of a file name, None where it is not built in BIDS manner.

    >>> parse_name("anat/sub-01_acq-hi_T1w.nii.gz")
    BidsName(entities={'sub': '01', 'acq': 'hi'}, suffix='T1w')
    >>> parse_name("T1w.json"), parse_name("brain.scan.nii")
    (BidsName(entities={}, suffix='T1w'), None)
    """
    stem = re.sub(r"\.(nii(\.gz)?|json|tsv|bval|bvec)$", "", PurePosixPath(path).name, flags=re.IGNORECASE)
    *parts, suffix = stem.split("_")
    pairs = [_ENTITY.fullmatch(part) for part in parts]
    if not _SUFFIX.fullmatch(suffix) or not all(pairs):
        return None
    return BidsName({pair.group(1): pair.group(2) for pair in pairs if pair}, suffix)
