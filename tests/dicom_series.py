"""DICOM series with known voxels and places, written by pydicom: what the volume readers are held against."""

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
OBLIQUE = (0.96, 0.28, 0.0, -0.168, 0.576, -0.8)  # two orthogonal unit vectors
ORIGIN = (-20.0, -30.0, 10.0)
SPACING = (2.0, 1.5)  # between rows, between columns
PITCH = 4.0


def noise(slices: int, rows: int = 12, columns: int = 10, *, seed: int = 0) -> NDArray[np.uint16]:
    """Voxels (slices, rows, columns), no two slices alike."""
    return np.random.default_rng(seed).integers(1, 1000, (slices, rows, columns)).astype(np.uint16)


def write_stack(
    folder: Path,
    voxels: NDArray[np.uint16],
    *,
    series: str,
    orientation: Sequence[float] = AXIAL,
    offsets: Sequence[float] | None = None,
    first_number: int = 1,
    syntax: str = ExplicitVRLittleEndian,
    **values: object,
) -> list[Path]:
    """One file a slice, `offsets` mm along the normal (default: every 4 mm); `values` set attributes, None removes."""
    folder.mkdir(parents=True, exist_ok=True)
    places = offsets if offsets is not None else [PITCH * k for k in range(len(voxels))]
    normal = np.cross(orientation[:3], orientation[3:])
    paths = []
    for index, (pixels, offset) in enumerate(zip(voxels, places, strict=True)):
        dataset = _slice(pixels, series)
        dataset.InstanceNumber = first_number + index
        dataset.ImageOrientationPatient = [float(x) for x in orientation]
        dataset.ImagePositionPatient = [round(float(x), 6) for x in np.array(ORIGIN) + offset * normal]
        for keyword, value in values.items():
            if value is None:
                del dataset[keyword]
            else:
                setattr(dataset, keyword, value)
        path = folder / f"{first_number + index:04d}"
        save(path, dataset, syntax)
        paths.append(path)
    return paths


def save(path: Path, dataset: Dataset, syntax: str) -> None:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    if syntax in (ExplicitVRLittleEndian, "1.2.840.10008.1.2.1.99"):
        dataset.file_meta.TransferSyntaxUID = syntax
    else:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(path, enforce_file_format=True)


def compress_by_gdcm(path: Path, syntax: str) -> Path:
    """Rewrites a file with compressed pixels; `syntax` is a name of gdcm.TransferSyntax."""
    import gdcm

    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(path))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return path


def _slice(pixels: NDArray[np.uint16], series: str) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = "1.2.3"
    dataset.SeriesInstanceUID = series
    dataset.FrameOfReferenceUID = "1.2.3.4"
    dataset.Modality = "MR"
    dataset.StudyDate, dataset.StudyTime = "20240102", "101500"  # gdcm writes the clock's where they are absent
    dataset.PatientPosition = "HFS"
    dataset.Manufacturer = "Phantom"
    dataset.PatientName = "Secret^Name"
    dataset.PatientID = "SECRET-ID"
    dataset.PatientBirthDate = "19500101"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    dataset.SeriesNumber = 4
    dataset.AcquisitionNumber = 1
    dataset.EchoTime = 10.0
    dataset.RepetitionTime = 500.0
    dataset.EchoNumbers = 1
    dataset.SeriesDescription = "t1 test"
    dataset.ProtocolName = "t1 test"
    dataset.SliceThickness = PITCH
    dataset.PixelSpacing = list(SPACING)
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.PixelData = pixels.tobytes()
    return dataset


def truth(
    voxels: NDArray[np.uint16], orientation: Sequence[float] = AXIAL, pitch: float = PITCH
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The same stack in RAS+: voxels (X, Y, Z) and affine, by DICOM's equation and nibabel's canonical orientation."""
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    lps = np.eye(4)
    lps[:3, 0], lps[:3, 1], lps[:3, 2] = row * SPACING[1], column * SPACING[0], np.cross(row, column) * pitch
    lps[:3, 3] = ORIGIN
    image = nib.Nifti1Image(voxels.transpose(2, 1, 0).astype(np.float32), np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps)
    canonical = nib.as_closest_canonical(image)
    return canonical.get_fdata(dtype=np.float32), canonical.affine
