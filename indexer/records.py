"""The records that travel through indexing: archive -> found series -> header -> card, and report -> passages.

Light to import: no Arrow, no SQL, no FAISS. Everything here is frozen; workers receive and return these by pickle.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class SourceKind(StrEnum):
    """How an archive is laid out."""

    DICOM = "dicom"
    BIDS = "bids"
    NIFTI = "nifti"


class Channel(StrEnum):
    """A kind of vector."""

    IMAGE = "image"  # the series' voxels
    CARD = "card"  # one line of plain words made from the series' header
    REPORT = "report"  # a passage of a report


class Stage(StrEnum):
    """Where a series failed."""

    INVENTORY = "inventory"  # its files could not be grouped or their headers not be read
    DECODE = "decode"  # its voxels could not be read
    PREPARE = "prepare"  # they could not be brought to the encoder's input
    ENCODE = "encode"  # the encoder failed on it


@dataclass(frozen=True, slots=True)
class FileStat:
    """One file of an archive; `path` is relative to the source's root, with forward slashes."""

    path: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FoundSeries:
    r"""One series as an inventory finds it: which files, what their headers say, whose it is. Sensitive: natural
    identifiers inside.

    Attributes:
        kind: the layout that it was found in.
        key: the natural identifier: SeriesInstanceUID for DICOM, the relative path for NIfTI and BIDS.
        path: relative path that stands for the series in answers: the file (NIfTI, BIDS), or the folder that holds it
            (DICOM).
        files: every file of the series in a fixed order: sorted by path.
        patient_key: the natural patient identifier, "" where unknown (then the series counts as a patient of its own).
        study_key: the natural study identifier, "" where unknown (then the patient key and the parent folder stand in).
        accession: accession number, "" where unknown; a report may be joined by it.
        tags: header text under DICOM keywords, as read and unscaled except that BIDS seconds became ms:
            RepetitionTime "2000", ImageType "ORIGINAL\\PRIMARY\\M", SeriesDescription "t2_tse_sag". Identifying
            keywords are absent.
        entities: BIDS entities in short form ("ses", "acq", "task", "suffix", ...), without "sub"; empty for other
            kinds.
        extra: columns that the user's table gives this series (already typed); empty without a table.
    """

    kind: SourceKind
    key: str = field(repr=False)
    path: str
    files: tuple[FileStat, ...]
    patient_key: str = field(default="", repr=False)
    study_key: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    entities: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, "str | float | int | bool | None"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file or group that is no MRI series, and why; `reason` is one of a few stable sentences."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a source holds. `series` is sorted by key, `failed` are series whose headers could not be read at all."""

    kind: SourceKind
    series: tuple[FoundSeries, ...]
    skipped: tuple[SkippedFile, ...] = ()
    failed: tuple["Failure", ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a series is not in the index: an entry of the ledger. Redacted: no identifying text."""

    path: str
    stage: Stage
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Geometry:
    """The shape of the representative volume, from its affine."""

    shape: tuple[int, int, int]  # (X, Y, Z), RAS+
    spacing_mm: tuple[float, float, float]  # along X, Y, Z
    plane: str  # "axial", "coronal", "sagittal" or "3d" (near-isotropic)
    oblique_deg: float  # angle between the slice normal and the nearest body axis
    slices: int  # along the slice normal
    slice_spacing_mm: float
    in_plane_mm: float  # coarser of the two in-plane spacings
    volumes: int  # how many volumes the series holds


@dataclass(frozen=True, slots=True)
class Derived(Generic[T]):
    """A normalised value with what it was decided from.

    Attributes:
        value: the normalised value, None where nothing decides it.
        raw: the header text that decided, as found; "" where nothing did.
        rule: the name of the rule that decided: "bids-suffix", "series-description", "image-type", "te-tr", ...
        confidence: 1 stated in so many words by a field made for it; 0.8 by free text; 0.5 by inference from
            parameters; 0 nothing.
    """

    value: T | None = None
    raw: str = ""
    rule: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class SeriesHeader:
    """A series' header, typed and normalised: what filters and cards are made from. Every unit is in the name."""

    modality: str  # "MR"
    sequence: Derived[str]  # one of header/sequence.py SEQUENCES: "T1", "T2", "FLAIR", "PD", "DWI", "ADC", ...
    plane: Derived[str]  # "axial", "coronal", "sagittal", "3d", "multi"
    region: Derived[str]  # one of header/region.py REGIONS: "brain", "prostate", "spine", "knee", ...
    role: Derived[
        str
    ]  # "anatomical", "functional", "diffusion", "perfusion", "fieldmap", "localizer", "derived", "map"
    contrast: Derived[bool]  # contrast agent given
    fat_sat: Derived[bool]
    side: Derived[str]  # "left", "right"
    age_years: Derived[float]  # 90 stands for 90 and above
    sex: Derived[str]  # "F", "M", "O"
    study_date: str  # ISO, "" where unknown
    manufacturer: Derived[str]  # "Siemens", "GE", "Philips", ...
    model: str
    field_strength_t: Derived[float]  # as used clinically: 1.494 and 15000 gauss are both 1.5
    tr_ms: float | None
    te_ms: float | None
    ti_ms: float | None
    flip_angle_deg: float | None
    b_value: float | None  # s/mm2, the highest of the series
    slice_thickness_mm: float | None
    series_description: str
    protocol: str
    study_description: str
    body_part: str  # BodyPartExamined as stated
    site: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Report:
    """One radiology report as read. Sensitive: `text` never leaves the collection unless the caller asks.

    Attributes:
        key: the natural report identifier (a column, the file's stem, or the row's number).
        study_key, patient_key, accession, series_key, path: whatever the table gives to join by; "" where it does not.
            `path` names a file or folder of the archive relative to its root.
        date: ISO date, "" where unknown.
    """

    key: str = field(repr=False)
    text: str = field(repr=False)
    study_key: str = field(default="", repr=False)
    patient_key: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)
    series_key: str = field(default="", repr=False)
    path: str = field(default="", repr=False)
    date: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report: `name` is canonical ("findings", "impression", "indication", ...), offsets count
    characters.
    """

    name: str
    start: int
    end: int
    sentences: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """What one report vector stands for: a section, or as much of it as fits the encoder."""

    section: str
    ordinal: int  # place in the report, from 0
    text: str = field(repr=False)
