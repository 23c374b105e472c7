"""A whole archive from a seed: images as DICOM or BIDS, reports, and the truth. The public surface of the package."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from common.atomic import storage_errors
from common.errors import UsageError
from phantoms import tables
from phantoms.acquire import Scan, scan_series
from phantoms.bids_writer import bids_name, subject_label, write_bids_series, write_dataset_files
from phantoms.dicom_writer import write_dicom_series
from phantoms.layout import ArchiveLayout
from phantoms.plan import plan_patients
from phantoms.reports import write_report
from phantoms.study import Patient, Series, Study
from volumes.volume import Volume


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


def iterate_phantoms(*, patients: int, seed: int) -> Iterator[Phantom]:
    """Every series of an archive in order, without files.

    Raises:
        UsageError: `patients` is below 1.
    """
    for patient in plan_patients(_checked(patients), seed):
        for study in patient.studies:
            sentences = write_report(study, seed).sentences
            for series in study.series:
                volume = scan_series(study, series, seed).volume
                yield Phantom(volume, sentences, tables.truth_row(patient, study, series, ""))


def make_archive(
    out: Path,
    *,
    patients: int,
    seed: int,
    layout: ArchiveLayout,
    progress: Callable[[int, int], None] | None = None,
) -> ArchiveSummary:
    """Writes an archive into the folder `out`, which is made, or must be empty. The same seed writes the same bytes.

    Args:
        out: the root of the archive: of a BIDS dataset, or of DICOM folders; the tables lie in it too.
        patients: how many; about 1.3 studies and 5 series each.
        seed: names the archive; the first patients are the same however many are asked for.
        layout: DICOM or BIDS.
        progress: called with the number of series written and their total after each.

    Raises:
        UsageError: `patients` is below 1, or `out` holds something.
        StorageError: the disk is full or read-only.
    """
    planned = plan_patients(_checked(patients), seed)
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UsageError(f"{out} is not empty.", remedy="Name a new folder with --out, or remove this one.")
        return _write(out, planned, seed, layout, progress or (lambda done, total: None))


def _write(
    out: Path, planned: tuple[Patient, ...], seed: int, layout: ArchiveLayout, progress: Callable[[int, int], None]
) -> ArchiveSummary:
    studies = [(patient, study) for patient in planned for study in patient.studies]
    write = _write_bids if layout is ArchiveLayout.BIDS else _write_dicom
    total = sum(len(study.series) for _, study in studies)
    reports: list[tables.Row] = []
    truth: list[tables.Row] = []
    findings: list[tables.Row] = []
    for patient, study in studies:
        reports.append(
            tables.report_row(patient, study, _study_path(patient, study, layout), write_report(study, seed).text)
        )
        findings.extend(tables.finding_row(patient, study, finding) for finding in study.findings)
        for series in study.series:
            path = write(out, patient, study, series, scan_series(study, series, seed))
            truth.append(tables.truth_row(patient, study, series, path))
            progress(len(truth), total)
    if layout is ArchiveLayout.BIDS:
        write_dataset_files(out, planned)
    tables.write_table(out / "reports.csv", tables.REPORT_FIELDS, reports)
    tables.write_table(out / "truth.csv", tables.TRUTH_FIELDS, truth)
    tables.write_table(out / "findings.csv", tables.FINDING_FIELDS, findings)
    return ArchiveSummary(
        root=out,
        layout=layout,
        reports=out / "reports.csv",
        truth=out / "truth.csv",
        findings=out / "findings.csv",
        patients=len(planned),
        studies=len(studies),
        series=total,
    )


def _study_path(patient: Patient, study: Study, layout: ArchiveLayout) -> str:
    if layout is ArchiveLayout.BIDS:
        return f"{subject_label(patient)}/ses-{study.number:02d}"
    return f"{patient.patient_id}/study-{study.number}"


def _write_dicom(out: Path, patient: Patient, study: Study, series: Series, scan: Scan) -> str:
    """Writes one series; its folder in the archive."""
    path = f"{_study_path(patient, study, ArchiveLayout.DICOM)}/series-{series.number:02d}"
    write_dicom_series(out / path, patient, study, series, scan)
    return path


def _write_bids(out: Path, patient: Patient, study: Study, series: Series, scan: Scan) -> str:
    """Writes one series; its file in the archive."""
    name = bids_name(patient, study, series)
    write_bids_series(out, name, study, series, scan)
    return f"{name.folder}/{name.stem}.nii.gz"


def _checked(patients: int) -> int:
    if patients < 1:
        raise UsageError(f"{patients} patients were asked for; expected at least 1.", remedy="Say --patients 24.")
    return patients
