"""DICOM series by their headers, never by file names: which files belong together, and what their headers say.

A series is what shares StudyInstanceUID, SeriesInstanceUID and family of SOP class: the same acquisition stored as
classic and as enhanced images is two series, or it would be decoded twice into one. The key is the SeriesInstanceUID,
with "#enhanced" or "#capture" behind it for those families. Where the UID is missing, the folder and the series number
stand in. Memory grows with the number of files only by their `FileStat`; of headers one a series is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from indexer.records import Failure, FileStat, FoundSeries, SkippedFile, SourceKind, Stage
from indexer.sources.dicom_scan import DIRECTORY, ENHANCED, NOT_DICOM, UNOPENED, UNREADABLE, HeaderCache, scan_headers
from indexer.sources.dicom_tags import DESCRIPTIVE, IMAGE_TYPE_VARIANTS, ORIENTATION_COUNT, VARYING, Header
from indexer.sources.dicom_values import distinct_numbers, number, orientation_key
from indexer.sources.found import Found
from indexer.sources.reasons import SkipReason

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_SEGMENTATIONS = (_STORAGE + "66.4", _STORAGE + "66.5", _STORAGE + "66.7")
# Presentation states, structured reports and key objects, raw data and registrations, waveforms, documents, MR
# spectroscopy, radiotherapy objects, hanging protocols: `88` covers 88.11 as well as 88.59.
_NO_IMAGES = tuple(_STORAGE + number for number in ("11.", "88", "66", "9.", "104.", "4.2", "481.", "200."))
_MR_IMAGES = ENHANCED | {_STORAGE + "4"}
_CAPTURES = _STORAGE + "7"
_DERIVED_KEYS = (IMAGE_TYPE_VARIANTS, ORIENTATION_COUNT)


@dataclass(slots=True)
class _Member:
    """One file of a series."""

    stat: FileStat
    instance: int  # hash of what makes the instance itself, 0 without a SOPInstanceUID
    echo_ms: float


@dataclass(slots=True)
class _Group:
    """A series while its files come in; `first` is the header of the file whose path sorts first."""

    key: str
    first_path: str
    first: Header
    members: list[_Member] = field(default_factory=list)
    varying: dict[str, set[str]] = field(default_factory=dict)
    pixels: bool = False


@dataclass(slots=True)
class _Progress:
    """The reader's state: open groups, what was left out, and one copy of every text that repeats."""

    groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    skipped: dict[tuple[str, str], SkippedFile] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    closed: dict[str, int] = field(default_factory=dict)  # folder (or a loose file) -> files that cannot be opened
    pool: dict[str, str] = field(default_factory=dict)


def find_dicom_series(
    base: Path,
    stats: Iterable[FileStat],
    *,
    cache: HeaderCache | None = None,
    progress: Callable[[int], None] | None = None,
) -> Found:
    """The DICOM series among some files; what is no DICOM is passed over in silence.

    Args:
        base: the folder that the files' paths are relative to.
        stats: files in any order.
        cache: headers of earlier inventories.
        progress: called with the number of files looked at so far.
    """
    state = _Progress()
    for count, (stat, header) in enumerate(scan_headers(base, stats, cache), start=1):
        _sort_in(stat, header, state)
        if progress and count % 100 == 0:
            progress(count)
    series: list[FoundSeries] = []
    for group in _with_unique_keys(state.groups):
        if group.pixels:
            series.append(_finish(group, state))
        else:
            state.failed.append(_without_pixels(group))
    state.failed.extend(_unopened(place, count) for place, count in state.closed.items())
    return Found(tuple(series), tuple(state.skipped.values()), tuple(state.failed))


def _sort_in(stat: FileStat, header: Header, state: _Progress) -> None:
    """Put one file into its series, or say why not."""
    if header == NOT_DICOM:
        return
    if header == UNREADABLE:
        state.failed.append(_unreadable(stat))
        return
    folder = _folder(stat.path)
    place = stat.path if folder == "." else folder
    if header == UNOPENED:
        state.closed[place] = state.closed.get(place, 0) + 1
        return
    reason = _reason_to_skip(header)
    if reason:
        whose = header.get("SeriesInstanceUID", stat.path)
        state.skipped.setdefault((whose, reason), SkippedFile(place, reason))
        return
    series = header.get("SeriesInstanceUID") or f"{folder}#series-{header.get('SeriesNumber', '')}"
    key = series + _family(header.get("SOPClassUID", ""))
    identity = (key, header.get("StudyInstanceUID", ""))
    group = state.groups.get(identity)
    if group is None:
        group = state.groups[identity] = _Group(key, stat.path, _kept(header, state.pool))
    _add(stat, header, group, state.pool)


def _reason_to_skip(header: Header) -> SkipReason | None:
    """Why a DICOM file is no part of an MR series, None where it is one."""
    sop_class = header.get("SOPClassUID") or header.get("MediaStorageSOPClassUID", "")
    if sop_class == DIRECTORY:
        return SkipReason.DICOMDIR
    if sop_class in _SEGMENTATIONS or header.get("Modality") == "SEG":
        return SkipReason.SEGMENTATION
    if sop_class.startswith(_NO_IMAGES):
        return SkipReason.NOT_AN_IMAGE
    if header.get("Modality", "MR" if sop_class in _MR_IMAGES else "") != "MR":
        return SkipReason.NOT_MR
    if "Rows" not in header and sop_class not in _MR_IMAGES:
        return SkipReason.NOT_AN_IMAGE  # vendors' private storage classes
    return None


def _family(sop_class: str) -> str:
    if sop_class in ENHANCED:
        return "#enhanced"
    return "#capture" if sop_class.startswith(_CAPTURES) else ""


def _add(stat: FileStat, header: Header, group: _Group, pool: dict[str, str]) -> None:
    """Take one file into its series."""
    # Careless anonymisation gives one UID to many slices: a copy also has the number and the position of the first.
    instance = tuple(header.get(name, "") for name in ("SOPInstanceUID", "InstanceNumber", "ImagePositionPatient"))
    echo = number(header.get("EchoTime", ""))
    group.members.append(_Member(stat, hash(instance) if instance[0] else 0, float("inf") if echo is None else echo))
    group.pixels = group.pixels or "Rows" in header
    if stat.path < group.first_path:
        group.first_path, group.first = stat.path, _kept(header, pool)
    for keyword in (*VARYING, "ImageType", "ImageOrientationPatient", *_DERIVED_KEYS):
        if text := header.get(keyword):
            group.varying.setdefault(keyword, set()).add(pool.setdefault(text, text))


def _kept(header: Header, pool: dict[str, str]) -> dict[str, str]:
    """The part of a header that a series keeps; equal texts share memory, since archives repeat themselves."""
    identifying = ("StudyInstanceUID", "PatientID", "AccessionNumber")
    return {
        keyword: pool.setdefault(text, text)
        for keyword, text in header.items()
        if keyword in DESCRIPTIVE or keyword in identifying or keyword in _DERIVED_KEYS
    }


def _with_unique_keys(groups: dict[tuple[str, str], _Group]) -> list[_Group]:
    """All groups by key. One SeriesInstanceUID in two studies (careless anonymisation) gives "...", "...#study-2"."""
    seen: Counter[str] = Counter()
    for identity in sorted(groups):
        group = groups[identity]
        seen[group.key] += 1
        if seen[group.key] > 1:
            group.key += f"#study-{seen[group.key]}"
    return sorted(groups.values(), key=lambda group: group.key)


def _finish(group: _Group, state: _Progress) -> FoundSeries:
    """The record of one series."""
    first = group.first
    return FoundSeries(
        kind=SourceKind.DICOM,
        key=group.key,
        path=_place(group.members),
        files=_distinct(group.members, state),
        patient_key=first.get("PatientID", ""),
        study_key=first.get("StudyInstanceUID", ""),
        accession=first.get("AccessionNumber", ""),
        tags={**{keyword: text for keyword, text in first.items() if keyword in DESCRIPTIVE}, **_mixture(group)},
        entities={},  # not the defaults of the record: those cannot be pickled, and series travel to workers
        extra={},
    )


def _distinct(members: list[_Member], state: _Progress) -> tuple[FileStat, ...]:
    """The files by path, each instance once: of two copies the first path stays."""
    seen: set[int] = set()
    files = []
    for member in sorted(members, key=lambda member: member.stat.path):
        if member.instance and member.instance in seen:
            skip = SkippedFile(member.stat.path, SkipReason.DUPLICATE)
            state.skipped[member.stat.path, SkipReason.DUPLICATE] = skip
            continue
        seen.add(member.instance)
        files.append(member.stat)
    return tuple(files)


def _place(members: list[_Member]) -> str:
    """The folder that stands for a series: with most of its files, then the lowest echo time, then first by name."""
    count = Counter(_folder(member.stat.path) for member in members)
    echo: dict[str, float] = {}
    for member in members:
        folder = _folder(member.stat.path)
        echo[folder] = min(echo.get(folder, float("inf")), member.echo_ms)
    folder = min(count, key=lambda folder: (-count[folder], echo[folder], folder))
    # A loose file of a source stands for itself: the source's root says nothing.
    return members[0].stat.path if folder == "." and len(members) == 1 else folder


def _mixture(group: _Group) -> dict[str, str]:
    """What varies over a series: all values of the attributes that matter, frame types and orientations counted."""
    mixed = {keyword: distinct_numbers(group.varying[keyword]) for keyword in VARYING if keyword in group.varying}
    types = {part for text in group.varying.get(IMAGE_TYPE_VARIANTS, ()) for part in text.split(" | ")}
    types |= group.varying.get("ImageType", set())
    if len(types) > 1:
        mixed[IMAGE_TYPE_VARIANTS] = " | ".join(sorted(types))
    orientations = {orientation_key(text) for text in group.varying.get("ImageOrientationPatient", ())}
    within_a_file = max((int(text) for text in group.varying.get(ORIENTATION_COUNT, ())), default=1)
    if (count := max(len(orientations), within_a_file)) > 1:
        mixed[ORIENTATION_COUNT] = str(count)
    return mixed


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _unreadable(stat: FileStat) -> Failure:
    return Failure(
        stat.path,
        Stage.INVENTORY,
        "A DICOM file whose header cannot be read: it is cut short or damaged.",
        "Copy the file again from its origin, or take it away.",
    )


def _unopened(place: str, count: int) -> Failure:
    return Failure(
        place,
        Stage.INVENTORY,
        f"Files that cannot be opened: {count}. Whether they are DICOM is not known.",
        "Give yourself the right to read them, or see whether the disk is sound, and run `mrseek retry`.",
    )


def _without_pixels(group: _Group) -> Failure:
    return Failure(
        _place(group.members),
        Stage.INVENTORY,
        "DICOM files without pixels: the header of an MR image has Rows, this one has none or is cut short.",
        "Export the series again together with its pixel data.",
    )
