"""A scan as a file of a BIDS dataset: NIfTI with its sidecar, named for what it is; and the dataset's own files.

Source: Brain Imaging Data Structure 1.10, https://bids-specification.readthedocs.io.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib

from common.atomic import write_json, write_text
from phantoms.dicom_writer import BODY_PARTS
from phantoms.scan import Scan
from phantoms.scene import ScanPlane
from phantoms.sequences import Weighting
from phantoms.study import Patient, Series, Study
from phantoms.tables import write_table

_ANATOMICAL, _DIFFUSION = "anat", "dwi"
_SUFFIXES = {
    Weighting.T1: (_ANATOMICAL, "T1w"),
    Weighting.T1_CONTRAST: (_ANATOMICAL, "T1w"),
    Weighting.T2: (_ANATOMICAL, "T2w"),
    Weighting.T2_FAT_SAT: (_ANATOMICAL, "T2w"),
    Weighting.PD: (_ANATOMICAL, "PDw"),
    Weighting.PD_FAT_SAT: (_ANATOMICAL, "PDw"),
    Weighting.FLAIR: (_ANATOMICAL, "FLAIR"),
    Weighting.STIR: (_ANATOMICAL, "T2w"),
    Weighting.DWI: (_DIFFUSION, "trace"),
    Weighting.ADC: (_DIFFUSION, "ADC"),
    Weighting.T2_STAR: (_ANATOMICAL, "T2starw"),
    Weighting.SWI: (_ANATOMICAL, "T2starw"),
    Weighting.TOF: (_ANATOMICAL, "angio"),
    Weighting.BOLD: ("func", "sbref"),
    Weighting.PERFUSION: ("perf", "cbf"),  # a map, which raw datasets have no name for: .bidsignore lists it
    Weighting.CINE: (_ANATOMICAL, "T2w"),
}
_PLANES = {ScanPlane.AXIAL: "ax", ScanPlane.CORONAL: "cor", ScanPlane.SAGITTAL: "sag"}
_README = """Sample MRI archive of simple shapes, made by mrseek. Nobody was scanned: all of it is made up.

truth.csv holds every parameter of every series, findings.csv every finding with side, place and size, and
reports.csv the reports. The same seed makes the same files.
"""


@dataclass(frozen=True, slots=True)
class BidsName:
    """Where a series lies in the dataset: "sub-PHANTOM0001/ses-01/anat" and "sub-PHANTOM0001_ses-01_acq-ax_T2w"."""

    folder: str
    stem: str


def bids_name(patient: Patient, study: Study, series: Series) -> BidsName:
    """The entities of a series; within a study, sequence and plane name it, so no run number is needed."""
    subject, session = subject_label(patient), f"ses-{study.number:02d}"
    kind, suffix = _SUFFIXES[series.sequence.weighting]
    task = "_task-rest" if kind == "func" else ""
    acquisition = _PLANES[series.acquisition.plane] + series.sequence.name
    contrast = "_ce-gadolinium" if series.contrast_agent else ""
    return BidsName(f"{subject}/{session}/{kind}", f"{subject}_{session}{task}_acq-{acquisition}{contrast}_{suffix}")


def subject_label(patient: Patient) -> str:
    """Such as "sub-PHANTOM0007": BIDS labels hold letters and digits only."""
    return f"sub-{patient.patient_id.replace('-', '')}"


def write_bids_series(root: Path, name: BidsName, study: Study, series: Series, scan: Scan) -> None:
    """Writes a scan and its sidecar below the dataset's root."""
    folder = root / name.folder
    folder.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(scan.stored, scan.affine)
    image.header.set_xyzt_units("mm", "sec")
    image.header.set_slope_inter(scan.slope, 0)
    # A fixed time stamp in the gzip header: the same seed must give the same bytes.
    (folder / f"{name.stem}.nii.gz").write_bytes(gzip.compress(image.to_bytes(), compresslevel=1, mtime=0))
    write_json(folder / f"{name.stem}.json", _sidecar(study, series))


def _sidecar(study: Study, series: Series) -> dict[str, object]:
    """Metadata under BIDS names; BIDS counts time in seconds."""
    acquisition = series.acquisition
    sidecar: dict[str, object] = {
        "Modality": "MR",
        "Manufacturer": study.scanner.vendor.value,
        "ManufacturersModelName": study.scanner.model,
        "MagneticFieldStrength": study.scanner.field_strength_t,
        "InstitutionName": "Phantom General Hospital",
        "StationName": study.scanner.station,
        "BodyPart": BODY_PARTS[study.region.value],
        "SeriesDescription": series.description,
        "ProtocolName": series.description,
        "SeriesNumber": series.number,
        "MRAcquisitionType": "3D" if series.sequence.volumetric else "2D",
        "ScanningSequence": series.sequence.scanning.replace("\\", "_"),
        "SequenceVariant": series.sequence.variant.replace("\\", "_"),
        "RepetitionTime": round(acquisition.tr_ms / 1000, 6),
        "EchoTime": round(acquisition.te_ms / 1000, 6),
        "FlipAngle": acquisition.flip_angle_deg,
        "SliceThickness": acquisition.thickness_mm,
        "SpacingBetweenSlices": series.pitch_mm,
    }
    return sidecar | _optional(study, series)


def _optional(study: Study, series: Series) -> dict[str, object]:
    """What only some series have."""
    optional: dict[str, object] = {}
    if series.acquisition.fat_saturated:
        optional["ScanOptions"] = "FS"
    if study.laterality:
        optional["BodyPartDetails"] = f"{study.laterality} {study.region.value}"
    if series.acquisition.ti_ms:
        optional["InversionTime"] = round(series.acquisition.ti_ms / 1000, 6)
    if series.contrast_agent:
        optional["ContrastBolusIngredient"] = "GADOLINIUM"
    if series.sequence.weighting is Weighting.BOLD:
        optional["TaskName"] = "rest"
    return optional


def write_dataset_files(root: Path, patients: Sequence[Patient]) -> None:
    """Writes dataset_description.json, participants.tsv with its dictionary, README and .bidsignore."""
    write_json(
        root / "dataset_description.json",
        {
            "Name": "mrseek sample archive",
            "BIDSVersion": "1.10.0",
            "DatasetType": "raw",
            "License": "CC0",
            "GeneratedBy": [{"Name": "mrseek phantoms"}],
        },
    )
    rows = [
        {"participant_id": subject_label(patient), "age": patient.studies[0].subject.age_years, "sex": patient.sex}
        for patient in patients
    ]
    write_table(root / "participants.tsv", ("participant_id", "age", "sex"), rows, delimiter="\t")
    write_json(
        root / "participants.json",
        {
            "age": {"Description": "age at the first session", "Units": "year"},
            "sex": {"Description": "sex of the made-up patient", "Levels": {"F": "female", "M": "male"}},
        },
    )
    write_text(root / "README", _README)
    write_text(root / ".bidsignore", "reports.csv\ntruth.csv\nfindings.csv\n**/perf/*_cbf.*\n")
