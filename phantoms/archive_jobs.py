"""Writing studies, in this process or in several: each study is a job of its own, and its bytes are its own seed's."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from common.threads import use_one_thread
from phantoms import tables
from phantoms.bids_writer import bids_name, subject_label, write_bids_series
from phantoms.dicom_writer import write_dicom_series
from phantoms.layout import ArchiveLayout
from phantoms.reports import write_report
from phantoms.scan import Scan, scan_series
from phantoms.study import Patient, Series, Study

_WORTH_A_PROCESS = 4  # studies: starting one costs about as much as scanning these
_BATCH = 8  # studies: few enough that progress is seen and that processes end together


@dataclass(frozen=True, slots=True)
class Job:
    """One study to be scanned and written below `out`."""

    out: Path
    layout: ArchiveLayout
    patient: Patient
    study: Study
    seed: int
    atlases: Path | None

    @property
    def path(self) -> str:
        """The study's folder in the archive."""
        if self.layout is ArchiveLayout.BIDS:
            return f"{subject_label(self.patient)}/ses-{self.study.number:02d}"
        return f"{self.patient.patient_id}/study-{self.study.number}"


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that a study gives to the tables."""

    report: tables.Row
    series: tuple[tables.Row, ...]
    findings: tuple[tables.Row, ...]


def done(jobs: Sequence[Job], processes: int) -> Iterator[tuple[int, Written]]:
    """Does the jobs and gives each one's place among them and what it has written, as they are finished."""
    processes = min(processes, len(jobs) // _WORTH_A_PROCESS)
    if processes <= 1:
        yield from ((place, do(job)) for place, job in enumerate(jobs))
        return
    # Spawned, not forked: torch's threads do not survive a fork.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=use_one_thread) as pool:
        running = [pool.submit(_do_batch, [(place, jobs[place]) for place in batch]) for batch in _batches(jobs)]
        for future in as_completed(running):
            yield from future.result()


def _batches(jobs: Sequence[Job]) -> Iterator[list[int]]:
    """Places of jobs that belong together: of one region, whose anatomy is then built once."""
    of_region: dict[str, list[int]] = {}
    for place, job in enumerate(jobs):
        of_region.setdefault(job.study.region, []).append(place)
    for places in sorted(of_region.values(), key=len, reverse=True):
        for start in range(0, len(places), _BATCH):
            yield places[start : start + _BATCH]


def _do_batch(batch: list[tuple[int, Job]]) -> list[tuple[int, Written]]:
    return [(place, do(job)) for place, job in batch]


def do(job: Job) -> Written:
    """Scans a study's series and writes them."""
    patient, study = job.patient, job.study
    scans = [scan_series(study, series, job.seed, atlases=job.atlases) for series in study.series]
    paths = [_write(job, series, scan) for series, scan in zip(study.series, scans, strict=True)]
    return Written(
        report=tables.report_row(patient, study, job.path, write_report(study, job.seed).text),
        series=tuple(
            tables.truth_row(patient, study, series, path) for series, path in zip(study.series, paths, strict=True)
        ),
        findings=tuple(tables.finding_row(patient, study, measured) for measured in scans[0].measured),
    )


def _write(job: Job, series: Series, scan: Scan) -> str:
    """Writes one series; its file or folder in the archive."""
    match job.layout:
        case ArchiveLayout.DICOM:
            path = f"{job.path}/series-{series.number:02d}"
            write_dicom_series(job.out / path, job.patient, job.study, series, scan)
            return path
        case ArchiveLayout.BIDS:
            name = bids_name(job.patient, job.study, series)
            write_bids_series(job.out, name, job.study, series, scan)
            return f"{name.folder}/{name.stem}.nii.gz"
