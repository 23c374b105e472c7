"""A whole archive from a seed: images as DICOM or BIDS, reports, and the truth. The public surface of the package."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from common.atomic import storage_errors
from common.errors import UsageError
from common.threads import use_one_thread
from phantoms import tables
from phantoms.archive_jobs import Job, Written, done
from phantoms.bids_writer import write_dataset_files
from phantoms.layout import ArchiveLayout
from phantoms.plan import MATRIX, plan_patient, plan_patients
from phantoms.reports import write_report
from phantoms.scan import scan_series
from phantoms.study import Patient
from volumes.volume import Volume

_SMALLEST_MATRIX = 32
_AHEAD = 2  # patients that wait for their turn, for each process


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """What was made, and where.

    Attributes:
        root: the archive itself: a folder of DICOM, or a BIDS dataset.
        reports, truth, findings: tables in `root`: one row a study, a series, a finding.
    """

    root: Path
    layout: ArchiveLayout
    reports: Path
    truth: Path
    findings: Path
    patients: int
    studies: int
    series: int


@dataclass(frozen=True, slots=True, eq=False)
class Phantom:
    """One series in memory: what it looks like, what is said about its study, and what is true."""

    volume: Volume
    sentences: tuple[str, ...]
    truth: tables.Row


def iterate_phantoms(
    *, patients: int, seed: int, matrix: int = MATRIX, atlases: Path | None = None, first: int = 1, processes: int = 1
) -> Iterator[Phantom]:
    """Every series of an archive in order, without files; planned as it goes, so that there may be any number.

    Args:
        patients: how many.
        seed: as of `make_archive`, which gives the same series.
        matrix: pixels along a side of an image, give or take a few.
        atlases: a folder of label maps for anatomy; None for shapes alone.
        first: the number of the first patient, so that machines may share the patients out.
        processes: that render beside this one, a few patients ahead; 1 renders here. The series are the same.

    Raises:
        UsageError: `patients` or `matrix` is too small.
    """
    _check(patients, matrix)
    plans = ((number, seed, matrix, atlases) for number in range(first, first + patients))
    if processes <= 1:
        for plan in plans:
            yield from _phantoms_of(*plan)
        return
    # Spawned, not forked: torch's threads do not survive a fork.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=use_one_thread)
    ahead: deque[Future[list[Phantom]]] = deque()
    try:
        for plan in plans:
            ahead.append(pool.submit(_phantoms_in_full, *plan))
            if len(ahead) > _AHEAD * processes:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()
    finally:  # who stops early does not wait for what is planned
        pool.shutdown(cancel_futures=True)


def _phantoms_in_full(number: int, seed: int, matrix: int, atlases: Path | None) -> list[Phantom]:
    return list(_phantoms_of(number, seed, matrix, atlases))


def _phantoms_of(number: int, seed: int, matrix: int, atlases: Path | None) -> Iterator[Phantom]:
    """The series of one patient."""
    patient = plan_patient(number, seed, matrix=matrix)
    for study in patient.studies:
        sentences = write_report(study, seed).sentences
        for series in study.series:
            volume = scan_series(study, series, seed, atlases=atlases).volume
            yield Phantom(volume, sentences, tables.truth_row(patient, study, series, ""))


def make_archive(
    out: Path,
    *,
    patients: int,
    seed: int,
    layout: ArchiveLayout,
    progress: Callable[[int, int], None] | None = None,
    processes: int = 1,
    matrix: int = MATRIX,
    atlases: Path | None = None,
) -> ArchiveSummary:
    """Writes an archive into the folder `out`, which is made, or must be empty. The same seed writes the same bytes.

    Args:
        out: the root of the archive: of a BIDS dataset, or of DICOM folders; the tables lie in it too.
        patients: how many; about 1.4 studies and 5 series each.
        seed: names the archive; the first patients are the same however many are asked for.
        layout: DICOM or BIDS.
        progress: called with the number of series written and their total after each.
        processes: how many share the work; the bytes do not depend on it.
        matrix: pixels along a side of an image, give or take a few.
        atlases: a folder of label maps for anatomy; None for shapes alone.

    Raises:
        UsageError: `patients`, `matrix` or `processes` is too small, or `out` holds something.
        StorageError: the disk is full or read-only.
    """
    _check(patients, matrix)
    if processes < 1:
        raise UsageError(f"{processes} processes were asked for; expected at least 1.", remedy="Say --workers 1.")
    planned = plan_patients(patients, seed, matrix=matrix)
    jobs = [Job(out, layout, patient, study, seed, atlases) for patient in planned for study in patient.studies]
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UsageError(f"{out} is not empty.", remedy="Name a new folder with --out, or remove this one.")
        return _write(out, planned, jobs, layout, processes=processes, progress=progress or (lambda done, total: None))


def _write(
    out: Path,
    planned: tuple[Patient, ...],
    jobs: list[Job],
    layout: ArchiveLayout,
    *,
    processes: int,
    progress: Callable[[int, int], None],
) -> ArchiveSummary:
    total = sum(len(job.study.series) for job in jobs)
    written: dict[int, Written] = {}
    count = 0
    for place, study in done(jobs, processes):
        written[place] = study
        for _ in study.series:
            count += 1
            progress(count, total)
    in_order = [written[place] for place in range(len(jobs))]
    if layout is ArchiveLayout.BIDS:
        write_dataset_files(out, planned)
    tables.write_table(out / "reports.csv", tables.REPORT_FIELDS, (study.report for study in in_order))
    tables.write_table(out / "truth.csv", tables.TRUTH_FIELDS, (row for study in in_order for row in study.series))
    tables.write_table(
        out / "findings.csv", tables.FINDING_FIELDS, (row for study in in_order for row in study.findings)
    )
    return ArchiveSummary(
        root=out,
        layout=layout,
        reports=out / "reports.csv",
        truth=out / "truth.csv",
        findings=out / "findings.csv",
        patients=len(planned),
        studies=len(jobs),
        series=total,
    )


def _check(patients: int, matrix: int) -> None:
    if patients < 1:
        raise UsageError(f"{patients} patients were asked for; expected at least 1.", remedy="Say --patients 24.")
    if matrix < _SMALLEST_MATRIX:
        raise UsageError(
            f"A matrix of {matrix} was asked for; expected at least {_SMALLEST_MATRIX}.", remedy="Say --matrix 96."
        )
