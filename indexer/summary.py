"""What a run did, in numbers."""

from dataclasses import dataclass


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
