"""What an archive holds: every series of every layout under one root.

DICOM, BIDS and plain NIfTI may lie side by side. A folder with a dataset_description.json is a BIDS data set: NIfTI
files below it are read as BIDS, other NIfTI files as plain ones, and everything else is tried as DICOM by its content.
The kind of the whole is that of most of its series.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from common.errors import UsageError
from indexer.records import Failure, FileStat, FoundSeries, Inventory, SkippedFile, SourceKind, Stage
from indexer.sources.bids import find_bids_series, left_out, root_of, roots_of
from indexer.sources.dicom import find_dicom_series
from indexer.sources.dicom_scan import HeaderCache, looks_like_dicom
from indexer.sources.found import Found
from indexer.sources.nifti import find_nifti_series, is_nifti
from indexer.sources.reasons import SkipReason
from indexer.sources.table import apply_table, read_table
from indexer.sources.walk import Walk, walk

_EXPECTED = "Give a folder that holds DICOM files, a BIDS data set or NIfTI files, or one such file."


def take_inventory(
    root: Path,
    *,
    kind: SourceKind | None = None,
    table: Path | None = None,
    headers: HeaderCache | None = None,
    progress: Callable[[int], None] | None = None,
) -> Inventory:
    """Every MRI series under a root.

    Args:
        root: the archive's folder, or one file. Paths are relative to it (to its parent where it is a file).
        kind: look for this layout alone; None finds all. BIDS takes `root` as a data set even without a description.
        table: the user's table about the series (see `table`).
        headers: headers of earlier inventories; files that it knows are not opened again.
        progress: called now and then with the number of files looked at so far.

    Raises:
        UsageError: `root` is not there, is empty, or holds nothing that is a series or was meant to be one.
        SourceError: the root or the table cannot be read.
    """
    walked = walk(root)
    found = _find(walked, kind, headers, progress)
    if not found.series and not found.failed:
        raise _nothing(root, walked, found, kind)
    series, unused = found.series, tuple[SkippedFile, ...]()
    if table is not None:
        series, unused = apply_table(read_table(table), series, name=table.name)
    closed = tuple(skip for skip in walked.skipped if skip.reason == SkipReason.UNREADABLE_FOLDER)
    skipped = (*(skip for skip in walked.skipped if skip not in closed), *found.skipped, *unused)
    return Inventory(
        kind=kind or _most_common(series),
        series=tuple(sorted(series, key=lambda one: one.key)),
        skipped=tuple(sorted(skipped, key=lambda skip: (skip.path, skip.reason))),
        failed=tuple(sorted((*found.failed, *map(_closed_folder, closed)), key=lambda failure: failure.path)),
    )


def detect_kind(root: Path) -> SourceKind:
    """The layout that most of a root seems to have, without reading headers.

    BIDS scans and NIfTI files are counted as they are, DICOM by folders in which one of the first three files is one.

    Raises:
        UsageError: nothing there looks like MRI.
    """
    walked = walk(root)
    share = _share_out(walked.files, roots_of(walked.files))
    folders: dict[str, list[FileStat]] = {}
    for stat in share.others:
        folders.setdefault(str(PurePosixPath(stat.path).parent), []).append(stat)
    count = {
        SourceKind.BIDS: sum(len(stats) for stats in share.bids.values()),
        SourceKind.NIFTI: len(share.plain),
        SourceKind.DICOM: sum(
            any(looks_like_dicom(walked.base / stat.path) is not None for stat in stats[:3])
            for stats in folders.values()
        ),
    }
    if not any(count.values()):
        raise _nothing(root, walked, Found(), None)
    return max(count, key=lambda kind: count[kind])


@dataclass(slots=True)
class _Share:
    """Which reader gets which files."""

    bids: dict[str, list[FileStat]] = field(default_factory=dict)  # data set -> its NIfTI files
    plain: list[FileStat] = field(default_factory=list)
    others: list[FileStat] = field(default_factory=list)  # may be DICOM
    texts: list[FileStat] = field(default_factory=list)  # JSON and .bval files, which describe NIfTI files
    bids_texts: dict[str, list[FileStat]] = field(default_factory=dict)  # those of them in a data set
    skipped: dict[str, SkippedFile] = field(default_factory=dict)


def _share_out(stats: Sequence[FileStat], roots: frozenset[str]) -> _Share:
    """Give every file to the reader of its layout."""
    share = _Share()
    for stat in stats:
        root = root_of(stat.path, roots)
        outside = None if root is None else left_out(stat.path, root)
        if outside is not None:
            share.skipped[outside.path] = outside
        elif stat.path.endswith((".json", ".bval")):
            share.texts.append(stat)
            if root is not None:
                share.bids_texts.setdefault(root, []).append(stat)
        elif not is_nifti(stat.path):
            share.others.append(stat)
        elif root is None:
            share.plain.append(stat)
        else:
            share.bids.setdefault(root, []).append(stat)
    return share


def _find(
    walked: Walk,
    kind: SourceKind | None,
    headers: HeaderCache | None,
    progress: Callable[[int], None] | None,
) -> Found:
    """What each layout's reader finds in its share of the files."""
    roots = frozenset[str]() if kind is SourceKind.NIFTI else roots_of(walked.files)
    share = _share_out(walked.files, roots | {""} if kind is SourceKind.BIDS else roots)
    found = Found(skipped=tuple(share.skipped.values()))
    if kind is not SourceKind.DICOM:
        for root in sorted(share.bids):
            found += find_bids_series(walked.base, root, share.bids[root], share.bids_texts.get(root, []))
        found += find_nifti_series(walked.base, share.plain, share.texts)
    if kind in (None, SourceKind.DICOM):
        found += find_dicom_series(walked.base, share.others, cache=headers, progress=progress)
    return found


def _most_common(series: Sequence[FoundSeries]) -> SourceKind:
    count = Counter(one.kind for one in series)
    return max(SourceKind, key=lambda kind: count[kind])


def _closed_folder(skip: SkippedFile) -> Failure:
    """Nobody knows what is in it: it belongs into the ledger, not among what is no series."""
    remedy = "Give yourself the right to read it, or see whether the disk is sound, and run `mrseek retry`."
    return Failure(skip.path, Stage.INVENTORY, skip.reason, remedy)


def _nothing(root: Path, walked: Walk, found: Found, kind: SourceKind | None) -> UsageError:
    """Why there is nothing to index."""
    if not walked.files:
        return UsageError(f"The folder {root} is empty.", remedy=_EXPECTED)
    wanted = f"a {kind} series" if kind else "an MRI series"
    reasons = Counter(skip.reason for skip in found.skipped).most_common(3)
    seen = " ".join(f"{count} x: {reason}" for reason, count in reasons)
    message = f"None of the {len(walked.files)} files of {root} belongs to {wanted}. {seen}".strip()
    return UsageError(message, remedy=_EXPECTED)
