"""A scan as a classic MR series: one DICOM file a slice, explicit little endian, 16 bits of which 12 are used.

Geometry, DICOM PS3.3 C.7.6.2: positions and directions are LPS+ (x to the patient's left, y to the back), and a row's
pixels run along the first direction of ImageOrientationPatient. Images are turned as radiologists look at them: axial
with the patient's right on the left and the front up, coronal with the head up, sagittal with the front on the left.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from phantoms import seeds
from phantoms.dicom_encode import encoded_slices
from phantoms.ge_protocol import add_protocol_block
from phantoms.scan import Scan
from phantoms.scanners import Vendor
from phantoms.scene import SequenceKind
from phantoms.sequences import Sequence
from phantoms.slice_timing import interleaved_times_ms
from phantoms.study import Patient, Series, Study

_IMPLEMENTATION_UID = "2.25.137266163413216437297343026172342938115"
_SHORTEST_PASS_MS = 1000.0  # one after another: a repetition of a few ms is of one slice
_FEET_FIRST = ("knee", "upper leg", "lower leg")
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])
BODY_PARTS = {
    "brain": "BRAIN",
    "cervical spine": "CSPINE",
    "thoracic spine": "TSPINE",
    "lumbar spine": "LSPINE",
    "knee": "KNEE",
    "shoulder": "SHOULDER",
    "wrist": "WRIST",
    "upper leg": "THIGH",
    "lower leg": "LEG",
    "fetal brain": "FETUS",
    "abdomen": "ABDOMEN",
    "prostate": "PROSTATE",
    "heart": "HEART",
}


_DERIVED = {SequenceKind.ADC: "ADC", SequenceKind.PERFUSION: "CBF"}


@dataclass(frozen=True, slots=True)
class _Turn:
    """How a volume's axes become an image: along a row's pixels, down the rows, through the slices."""

    across: int
    down: int
    through: int


# Across runs to the left (sagittal: to the back), down runs to the back (others: to the feet): against RAS every time.
_TURNS = {0: _Turn(across=1, down=2, through=0), 1: _Turn(across=0, down=2, through=1), 2: _Turn(0, 1, 2)}


def write_dicom_series(folder: Path, patient: Patient, study: Study, series: Series, scan: Scan) -> None:
    """Writes a scan into a folder that is made for it: 0001.dcm, 0002.dcm, ... in the order of the slices."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = Dataset()
    _describe_patient(dataset, patient, study)
    _describe_study(dataset, study)
    _describe_series(dataset, study, series)
    _describe_sequence(dataset, study, series)
    _describe_pixels(dataset, series, scan)
    if study.scanner.vendor is Vendor.GE:
        add_protocol_block(dataset)
    for number, encoded in enumerate(
        encoded_slices(_file_meta(), dataset, _own_elements(study, series, scan)), start=1
    ):
        (folder / f"{number:04d}.dcm").write_bytes(encoded)


def _own_elements(study: Study, series: Series, scan: Scan) -> Iterator[Dataset]:
    """What each slice alone has."""
    images, positions = _slices(scan)
    locations = positions @ _normal(scan)
    times = _acquisition_times(study, series)
    for number, (image, position, time) in enumerate(zip(images, positions, times, strict=True), start=1):
        own = Dataset()
        own.SOPInstanceUID = seeds.uid(0, "instance", series.uid, number)  # the series' uid holds the seed
        own.InstanceNumber = number
        own.AcquisitionTime = time
        own.ImagePositionPatient = _decimals(position)
        own.SliceLocation = _decimals([float(locations[number - 1])])[0]
        own.add_new("PixelData", "OW", image.astype(image.dtype.newbyteorder("<")).tobytes())
        yield own


def _slices(scan: Scan) -> tuple[NDArray[np.uint16] | NDArray[np.int16], NDArray[np.float64]]:
    """Images (slices, rows, columns) and the LPS position of each one's first pixel, (slices, 3)."""
    turn = _TURNS[scan.slice_axis]
    images = scan.stored.transpose(turn.through, turn.down, turn.across)[:, ::-1, ::-1]
    first = np.zeros((images.shape[0], 3))
    first[:, turn.through] = np.arange(images.shape[0])
    first[:, turn.down] = scan.stored.shape[turn.down] - 1
    first[:, turn.across] = scan.stored.shape[turn.across] - 1
    positions = first @ scan.affine[:3, :3].T + scan.affine[:3, 3]
    return images, positions @ _RAS_TO_LPS


def _start(study: Study, series: Series) -> dt.datetime:
    """When a series begins: six minutes after the one before it."""
    return dt.datetime.combine(study.date, dt.time(9, 2)) + dt.timedelta(minutes=6 * series.number)


def _acquisition_times(study: Study, series: Series) -> list[str]:
    """The time of each slice; a 3D series has one."""
    slices = series.acquisition.slices
    volumetric = series.sequence.volumetric
    times_ms = (
        [0.0] * slices if volumetric else interleaved_times_ms(slices, max(_SHORTEST_PASS_MS, series.acquisition.tr_ms))
    )
    start = _start(study, series)
    return [(start + dt.timedelta(milliseconds=time)).strftime("%H%M%S.%f") for time in times_ms]


def _directions(scan: Scan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors, LPS+, along a row's pixels and down the rows."""
    turn = _TURNS[scan.slice_axis]
    unit = _RAS_TO_LPS @ scan.affine[:3, :3] / np.array(scan.volume.spacing_mm)
    return -unit[:, turn.across], -unit[:, turn.down]


def _normal(scan: Scan) -> NDArray[np.float64]:
    return np.cross(*_directions(scan))


def _decimals(values: NDArray[np.float64] | list[float]) -> list[str]:
    """Decimal strings of at most 16 characters, DICOM PS3.5 6.2: nothing is lost that a reader could see."""
    return [f"{value:.10f}"[:16] for value in values]


def _file_meta() -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION_UID
    meta.ImplementationVersionName = "MRSEEK_PHANTOM"
    return meta


def _describe_patient(dataset: Dataset, patient: Patient, study: Study) -> None:
    dataset.PatientID = patient.patient_id
    dataset.PatientName = f"PHANTOM^{patient.number:04d}"
    dataset.PatientBirthDate = patient.birth_date.strftime("%Y%m%d")
    dataset.PatientSex = patient.sex
    dataset.PatientAge = f"{study.subject.age_years:03d}Y"


def _describe_study(dataset: Dataset, study: Study) -> None:
    dataset.SOPClassUID = MRImageStorage
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.StudyInstanceUID = study.uid
    dataset.StudyID = study.accession[-4:]
    dataset.AccessionNumber = study.accession
    dataset.StudyDate = study.date.strftime("%Y%m%d")
    dataset.StudyTime = "090000"
    dataset.StudyDescription = f"MRI {study.region.upper()}"
    dataset.ReferringPhysicianName = ""
    dataset.Modality = "MR"
    dataset.Manufacturer = study.scanner.vendor.value
    dataset.ManufacturerModelName = study.scanner.model
    dataset.StationName = study.scanner.station
    dataset.InstitutionName = "Phantom General Hospital"
    dataset.MagneticFieldStrength = study.scanner.field_strength_t


def _describe_series(dataset: Dataset, study: Study, series: Series) -> None:
    dataset.SeriesInstanceUID = series.uid
    dataset.FrameOfReferenceUID = study.uid + "1"
    dataset.PositionReferenceIndicator = ""
    dataset.SeriesNumber = dataset.AcquisitionNumber = series.number
    dataset.SeriesDescription = dataset.ProtocolName = series.description
    dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = dataset.StudyDate
    dataset.SeriesTime = dataset.ContentTime = _start(study, series).strftime("%H%M%S")
    dataset.BodyPartExamined = BODY_PARTS[study.region.value]
    dataset.PatientPosition = "FFS" if study.region.value in _FEET_FIRST else "HFS"
    if study.laterality:
        dataset.Laterality = study.laterality[0].upper()
    derived = _DERIVED.get(series.acquisition.sequence)
    dataset.ImageType = ["DERIVED", "PRIMARY", derived] if derived else ["ORIGINAL", "PRIMARY", "M"]


def _describe_sequence(dataset: Dataset, study: Study, series: Series) -> None:
    acquisition = series.acquisition
    dataset.MRAcquisitionType = "3D" if series.sequence.volumetric else "2D"
    dataset.ScanningSequence = series.sequence.scanning.split("\\")
    dataset.SequenceVariant = _variant(study.scanner.vendor, series.sequence)
    dataset.ScanOptions = "FS" if acquisition.fat_saturated else ""
    dataset.RepetitionTime = acquisition.tr_ms
    dataset.EchoTime = acquisition.te_ms
    dataset.FlipAngle = acquisition.flip_angle_deg
    dataset.EchoTrainLength = 12 if acquisition.echo_train_ms else 1
    dataset.ImagingFrequency = round(42.577 * study.scanner.field_strength_t, 3)
    if acquisition.ti_ms:
        dataset.InversionTime = acquisition.ti_ms
    if series.contrast_agent:
        dataset.ContrastBolusAgent = series.contrast_agent
        dataset.ContrastBolusRoute = "IV"


def _variant(vendor: Vendor, sequence: Sequence) -> list[str]:
    """The sequence's variant; dcm2niix takes every spoiled gradient echo of Philips for a field map, and warns."""
    if vendor is Vendor.PHILIPS and (sequence.scanning, sequence.variant) == ("GR", "SP"):
        return ["SK"]
    return sequence.variant.split("\\")


def _describe_pixels(dataset: Dataset, series: Series, scan: Scan) -> None:
    turn = _TURNS[scan.slice_axis]
    spacing = scan.volume.spacing_mm
    dataset.Rows, dataset.Columns = scan.stored.shape[turn.down], scan.stored.shape[turn.across]
    dataset.PixelSpacing = _decimals([spacing[turn.down], spacing[turn.across]])
    dataset.SliceThickness = series.acquisition.thickness_mm
    dataset.SpacingBetweenSlices = _decimals([spacing[turn.through]])[0]
    across, down = _directions(scan)
    dataset.ImageOrientationPatient = _decimals([*across, *down])
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    signed = scan.stored.dtype == np.int16
    dataset.BitsAllocated, dataset.BitsStored = 16, 16 if signed else 12
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(signed)
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, scan.slope, "US"
    dataset.WindowCenter, dataset.WindowWidth = 500, 1000
