"""What is known about a series before any rule runs: tags, sidecar, names and shape behind one small interface."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from indexer.header.keywords import SECONDS_IN_SIDECARS, SIDECAR_NAMES
from indexer.header.numbers import parse_number
from indexer.header.text import find_phrase, normal_form, path_components
from indexer.records import Derived, FoundSeries, Geometry

T = TypeVar("T")

# How sure a rule is, as records.Derived defines it.
STATED = 1.0  # in so many words by a field made for it
SAID = 0.8  # by free text
INFERRED = 0.5  # from parameters, or because it is usual


@dataclass(frozen=True, slots=True)
class FieldText:
    """One free text of a header: the rule that it stands for, as found, and in normal form (see text.py)."""

    rule: str
    raw: str
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the rules may look at; nothing here identifies a patient.

    Attributes:
        tags: header text under DICOM keywords, milliseconds; the sidecar fills what the header lacks.
        entities: BIDS entities in short form.
        guess: dcm2niix's BidsGuess suffix ("T1w"), "" without one.
        series: descriptions of the series, most telling first: series description, protocol name, file or folder name.
        folders: the names of the folders above it, nearest first.
        study: descriptions of the study: its own, the requested and the performed procedure's.
        geometry: shape of the representative volume.
    """

    tags: Mapping[str, str]
    entities: Mapping[str, str]
    guess: str
    series: tuple[FieldText, ...]
    folders: tuple[FieldText, ...]
    study: tuple[FieldText, ...]
    geometry: Geometry

    def tag(self, keyword: str) -> str:
        """The header's text under a keyword, stripped; "" where it is absent."""
        return self.tags.get(keyword, "").strip()

    def flags(self, keyword: str) -> frozenset[str]:
        """The upper-case values of a multi-valued tag such as ImageType."""
        return frozenset(part.strip().upper() for part in self.tag(keyword).split("\\") if part.strip())

    def number(self, keyword: str) -> float | None:
        """The first number under a keyword."""
        return parse_number(self.tag(keyword))

    @property
    def texts(self) -> tuple[FieldText, ...]:
        """Every free text, most telling first."""
        return self.series + self.study + self.folders


def gather_evidence(found: FoundSeries, sidecar: Mapping[str, object], geometry: Geometry) -> Evidence:
    """The evidence of one series. Of its path only the part inside the archive is used."""
    tags = _merged_tags(found.tags, sidecar)
    names = path_components(found.path)
    return Evidence(
        tags=tags,
        entities=found.entities,
        guess=_bids_guess(sidecar),
        series=_field_texts(
            ("series-description", tags.get("SeriesDescription", "")),
            ("protocol-name", tags.get("ProtocolName", "")),
            ("name", names[0] if names else ""),
        ),
        folders=_field_texts(*(("folder-name", name) for name in names[1:])),
        study=_field_texts(
            ("study-description", tags.get("StudyDescription", "")),
            ("requested-procedure", tags.get("RequestedProcedureDescription", "")),
            ("performed-procedure", tags.get("PerformedProcedureStepDescription", "")),
        ),
        geometry=geometry,
    )


def first_said(
    fields: Iterable[FieldText], phrases: Mapping[T, tuple[str, ...]], accept: Callable[[T, str], bool] | None = None
) -> Derived[T]:
    """The first value that a text names, field by field, values in the mapping's order."""
    for field in fields:
        for value, names in phrases.items():
            if find_phrase(field.text, names) and (accept is None or accept(value, field.text)):
                return Derived(value, field.raw, field.rule, SAID)
    return Derived()


def _field_texts(*named: tuple[str, str]) -> tuple[FieldText, ...]:
    return tuple(FieldText(rule, raw, normal_form(raw)) for rule, raw in named if raw.strip())


def _bids_guess(sidecar: Mapping[str, object]) -> str:
    r"""The suffix of `["anat", "_acq-tfl3_run-5_T1w"]`; "" without a guess, and for what dcm2niix would discard."""
    guess = sidecar.get("BidsGuess")
    if not isinstance(guess, list | tuple) or len(guess) != 2 or guess[0] == "discard":
        return ""
    return str(guess[1]).rpartition("_")[2]


def _merged_tags(tags: Mapping[str, str], sidecar: Mapping[str, object]) -> dict[str, str]:
    merged = {keyword: value for keyword, value in tags.items() if value.strip()}
    for name, value in sidecar.items():
        merged.setdefault(name, _sidecar_text(name, value))
    for keyword, others in SIDECAR_NAMES.items():
        for other in others:
            if other in sidecar and not merged.get(keyword, "").strip():
                merged[keyword] = _sidecar_text(keyword, sidecar[other])
    return merged


def _sidecar_text(keyword: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\\".join(_sidecar_text(keyword, part) for part in value)
    if keyword in SECONDS_IN_SIDECARS and isinstance(value, int | float):
        return str(round(1000 * value, 6))
    return str(value)
