"""What a run did, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.catalog.reports import count_reports
from indexer.catalog.snapshots import count_everything
from indexer.catalog.store import Catalog
from indexer.changes import ChangeKind
from indexer.images import ImageTally
from indexer.publish import Publication
from indexer.scan import PlannedSource


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did; of a dry run, what it would do.

    Attributes:
        new, changed, moved, removed, unchanged: series of the sources that were looked at, against the last run.
        failed: entries of the ledger after the run; `failures` lists them.
        skipped: files that are no MRI series, over all sources.
        indexed: series in the snapshot.
        reports_joined, reports_unjoined: reports in the snapshot, with and without a study.
        snapshot: number of the snapshot in force, 0 for none.
        published: whether this run published it.
        seconds: wall time.
        series_per_second: series decoded, encoded and committed by this process, by the time of that phase; 0 for none.
    """

    new: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0
    indexed: int = 0
    reports_joined: int = 0
    reports_unjoined: int = 0
    snapshot: int = 0
    published: bool = False
    seconds: float = 0.0
    series_per_second: float = 0.0
    dry_run: bool = False


def summarise(
    catalog: Catalog, planned: Sequence[PlannedSource], tally: ImageTally, publication: Publication
) -> RunSummary:
    """What a run did, from its plans, its image phase and its publication; times are left to the caller."""
    summary = count_changes(planned)
    with catalog.read() as connection:
        counts, reports = count_everything(connection), count_reports(connection)
    touched = min(len(tally.untouched), summary.changed)  # their times are new, their content is not
    return replace(
        summary,
        changed=summary.changed - touched,
        unchanged=summary.unchanged + touched,
        failed=counts.failed,
        skipped=counts.skipped,
        indexed=counts.series,
        reports_joined=reports.joined,
        reports_unjoined=reports.unjoined,
        snapshot=publication.number,
        published=publication.published,
    )


def count_changes(planned: Sequence[PlannedSource]) -> RunSummary:
    """What the plans of some sources say, before anything is carried out."""
    plans = [source.changes for source in planned]
    counts = {kind: sum(plan.count(kind) for plan in plans) for kind in ChangeKind}
    return RunSummary(
        new=counts[ChangeKind.NEW],
        changed=counts[ChangeKind.CHANGED],
        moved=counts[ChangeKind.MOVED],
        unchanged=counts[ChangeKind.UNCHANGED],
        removed=sum(len(plan.removed) for plan in plans),
        failed=sum(len(source.scanned.inventory.failed) for source in planned),
        skipped=sum(len(s.scanned.inventory.skipped) + len(s.changes.elsewhere) for s in planned),
    )
