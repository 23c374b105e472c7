"""Small DICOM files for the tests of inventories: real headers, tiny pixels."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid


def write_dicom(
    path: Path, *, transfer_syntax: str = ExplicitVRLittleEndian, mark: bool = True, **values: object
) -> None:
    """One MR image of 4 x 4 pixels; `values` set or, as None, take away attributes; without mark no preamble."""
    header = mr_header()
    for keyword, value in values.items():
        if value is None:
            del header[keyword]
        else:
            setattr(header, keyword, value)
    save(path, header, transfer_syntax, mark=mark)


def write_series(folder: Path, count: int, **values: object) -> str:
    """A series of `count` images in one folder; gives its SeriesInstanceUID."""
    uid = str(values.pop("SeriesInstanceUID", generate_uid()))
    for number in range(1, count + 1):
        write_dicom(folder / f"{number:03d}", SeriesInstanceUID=uid, InstanceNumber=number, **values)
    return uid


def write_enhanced(path: Path, echo_times_ms: list[float], **values: object) -> None:
    """One enhanced MR image with a frame for every echo time."""
    header = mr_header()
    header.SOPClassUID = EnhancedMRImageStorage
    for keyword in ("EchoTime", "RepetitionTime", "ImageOrientationPatient"):
        del header[keyword]
    header.NumberOfFrames = len(echo_times_ms)
    header.PixelData = np.zeros((len(echo_times_ms), 4, 4), np.uint16).tobytes()
    timing = item(RepetitionTime=2000.0, FlipAngle=90.0)
    header.SharedFunctionalGroupsSequence = Sequence(
        [item(MRTimingAndRelatedParametersSequence=Sequence([timing]), FrameAnatomySequence=anatomy())]
    )
    header.PerFrameFunctionalGroupsSequence = Sequence([frame(echo) for echo in echo_times_ms])
    for keyword, value in values.items():
        setattr(header, keyword, value)
    save(path, header, ExplicitVRLittleEndian)


def frame(echo_ms: float) -> Dataset:
    plane = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    return item(MREchoSequence=Sequence([item(EffectiveEchoTime=echo_ms)]), PlaneOrientationSequence=Sequence([plane]))


def anatomy() -> Sequence:
    return Sequence([item(AnatomicRegionSequence=Sequence([item(CodeMeaning="Brain")]), FrameLaterality="U")])


def item(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def mr_header() -> Dataset:
    """An MR image with everything that identifies its patient, all of it made up."""
    header = item(
        SOPClassUID=MRImageStorage,
        SOPInstanceUID=generate_uid(),
        SeriesInstanceUID="1.2.3.4.5",
        StudyInstanceUID="1.2.3.4",
        Modality="MR",
        PatientName="Secretname^Anna",
        PatientID="SECRET-ID-7",
        PatientBirthDate="19800229",
        PatientAddress="1 Secret Street",
        ReferringPhysicianName="Secretdoctor^Bob",
        InstitutionAddress="2 Secret Road",
        OperatorsName="Secretoperator",
        AccessionNumber="SECRET-ACC",
        StudyDate="20200301",
        SeriesDescription="t2_tse_sag",
        EchoTime="90",
        RepetitionTime="3000",
        ImageType=["ORIGINAL", "PRIMARY", "M"],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        SeriesNumber=3,
        Rows=4,
        Columns=4,
        BitsAllocated=16,
        BitsStored=16,
        HighBit=15,
        PixelRepresentation=0,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
    )
    header.PixelData = np.zeros((4, 4), np.uint16).tobytes()
    return header


def save(path: Path, header: Dataset, transfer_syntax: str, *, mark: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not mark:
        header.save_as(path, implicit_vr=True, little_endian=True)
        return
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = transfer_syntax
    header.save_as(path, enforce_file_format=True)
