"""The tables of an archive: reports as a hospital would export them, the truth about every series and finding."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from common.atomic import write_text
from phantoms.findings import Finding
from phantoms.study import Patient, Series, Study

REPORT_FIELDS = ("report_id", "patient_id", "study_uid", "accession", "path", "date", "text")
TRUTH_FIELDS = (
    "series_uid",
    "study_uid",
    "patient_id",
    "path",
    "region",
    "sequence",
    "plane",
    "contrast_agent",
    "b_value",
    "manufacturer",
    "model",
    "field_strength_t",
    "tr_ms",
    "te_ms",
    "ti_ms",
    "flip_angle_deg",
    "matrix",
    "fov_mm",
    "slices",
    "thickness_mm",
    "slice_pitch_mm",
    "age_years",
    "sex",
    "date",
    "findings",
)
FINDING_FIELDS = ("study_uid", "patient_id", "region", "finding", "side", "place", "size_mm", "count")

Row = Mapping[str, object]


def report_row(patient: Patient, study: Study, path: str, text: str) -> Row:
    """One row of reports.csv; `path` is the study's folder in the archive."""
    return {
        "report_id": f"R-{study.accession}",
        "patient_id": patient.patient_id,
        "study_uid": study.uid,
        "accession": study.accession,
        "path": path,
        "date": study.date.isoformat(),
        "text": text,
    }


def truth_row(patient: Patient, study: Study, series: Series, path: str) -> Row:
    """One row of truth.csv; `path` is the series' file or folder in the archive."""
    protocol, timing = series.protocol, series.timing
    return {
        "series_uid": series.uid,
        "study_uid": study.uid,
        "patient_id": patient.patient_id,
        "path": path,
        "region": study.region.value,
        "sequence": protocol.weighting.value,
        "plane": protocol.plane.value,
        "contrast_agent": series.contrast_agent,
        "b_value": "" if series.b_value is None else series.b_value,
        "manufacturer": study.scanner.vendor.value,
        "model": study.scanner.model,
        "field_strength_t": study.scanner.field_strength_t,
        "tr_ms": timing.tr_ms,
        "te_ms": timing.te_ms,
        "ti_ms": "" if timing.ti_ms is None else timing.ti_ms,
        "flip_angle_deg": timing.flip_angle_deg,
        "matrix": series.matrix,
        "fov_mm": protocol.fov_mm,
        "slices": protocol.slices,
        "thickness_mm": protocol.thickness_mm,
        "slice_pitch_mm": protocol.pitch_mm,
        "age_years": study.age_years,
        "sex": patient.sex,
        "date": study.date.isoformat(),
        "findings": "; ".join(finding.kind.value for finding in study.findings),
    }


def finding_row(patient: Patient, study: Study, finding: Finding) -> Row:
    """One row of findings.csv."""
    return {
        "study_uid": study.uid,
        "patient_id": patient.patient_id,
        "region": study.region.value,
        "finding": finding.kind.value,
        "side": finding.side.value,
        "place": finding.place,
        "size_mm": finding.size_mm,
        "count": finding.count,
    }


def write_table(path: Path, fields: Sequence[str], rows: Iterable[Row], *, delimiter: str = ",") -> None:
    """Writes rows under a header line, quoted where needed, with line feeds on every system."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fields, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, buffer.getvalue())
