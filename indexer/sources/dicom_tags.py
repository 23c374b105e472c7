"""Which DICOM attributes an inventory reads, and which of them may leave it.

An allow-list: what is not named here is never read, so names, addresses, physicians and private text cannot leak.
"""

from collections.abc import Mapping

Header = Mapping[str, str]  # keyword -> text of one file; multiple values are separated by a backslash

# Attributes that describe the scan; they become `FoundSeries.tags`. Age, sex and date stay for header normalisation.
DESCRIPTIVE: dict[str, tuple[int, int]] = {
    "SOPClassUID": (0x0008, 0x0016),
    "Modality": (0x0008, 0x0060),
    "ImageType": (0x0008, 0x0008),
    "Manufacturer": (0x0008, 0x0070),
    "ManufacturerModelName": (0x0008, 0x1090),
    "SoftwareVersions": (0x0018, 0x1020),
    "InstitutionName": (0x0008, 0x0080),
    "StudyDate": (0x0008, 0x0020),
    "SeriesDate": (0x0008, 0x0021),
    "AcquisitionDate": (0x0008, 0x0022),
    "StudyDescription": (0x0008, 0x1030),
    "SeriesDescription": (0x0008, 0x103E),
    "ProtocolName": (0x0018, 0x1030),
    "SequenceName": (0x0018, 0x0024),
    "PulseSequenceName": (0x0018, 0x9005),
    "EchoPulseSequence": (0x0018, 0x9008),
    "BodyPartExamined": (0x0018, 0x0015),
    "Laterality": (0x0020, 0x0060),
    "ImageLaterality": (0x0020, 0x0062),
    "PatientPosition": (0x0018, 0x5100),
    "PatientSex": (0x0010, 0x0040),
    "PatientAge": (0x0010, 0x1010),
    "ScanningSequence": (0x0018, 0x0020),
    "SequenceVariant": (0x0018, 0x0021),
    "ScanOptions": (0x0018, 0x0022),
    "MRAcquisitionType": (0x0018, 0x0023),
    "AngioFlag": (0x0018, 0x0025),
    "RepetitionTime": (0x0018, 0x0080),
    "EchoTime": (0x0018, 0x0081),
    "InversionTime": (0x0018, 0x0082),
    "FlipAngle": (0x0018, 0x1314),
    "EchoTrainLength": (0x0018, 0x0091),
    "EchoNumbers": (0x0018, 0x0086),
    "NumberOfAverages": (0x0018, 0x0083),
    "MagneticFieldStrength": (0x0018, 0x0087),
    "ImagingFrequency": (0x0018, 0x0084),
    "ImagedNucleus": (0x0018, 0x0085),
    "ReceiveCoilName": (0x0018, 0x1250),
    "TriggerTime": (0x0018, 0x1060),
    "DiffusionBValue": (0x0018, 0x9087),
    "DiffusionDirectionality": (0x0018, 0x9075),
    "AcquisitionContrast": (0x0008, 0x9209),
    "ComplexImageComponent": (0x0008, 0x9208),
    "VolumetricProperties": (0x0008, 0x9206),
    "SpectrallySelectedSuppression": (0x0018, 0x9025),
    "ContrastBolusAgent": (0x0018, 0x0010),
    "ContrastBolusIngredient": (0x0018, 0x1048),
    "ContrastBolusRoute": (0x0018, 0x1040),
    "ContrastBolusVolume": (0x0018, 0x1041),
    "SliceThickness": (0x0018, 0x0050),
    "SpacingBetweenSlices": (0x0018, 0x0088),
    "PixelSpacing": (0x0028, 0x0030),
    "ImageOrientationPatient": (0x0020, 0x0037),
    "Rows": (0x0028, 0x0010),
    "Columns": (0x0028, 0x0011),
    "NumberOfFrames": (0x0028, 0x0008),
    "SamplesPerPixel": (0x0028, 0x0002),
    "PhotometricInterpretation": (0x0028, 0x0004),
    "SeriesNumber": (0x0020, 0x0011),
    "AcquisitionNumber": (0x0020, 0x0012),
    "NumberOfTemporalPositions": (0x0020, 0x0105),
    "DerivationDescription": (0x0008, 0x2111),
    "RequestedProcedureDescription": (0x0032, 0x1060),
    "PerformedProcedureStepDescription": (0x0040, 0x0254),
    "BurnedInAnnotation": (0x0028, 0x0301),
}

# Attributes that identify a patient or an instance: read for grouping and joining, never in `tags`. The birth date does
# not outlive its file's header: it becomes an age (see `dicom_text.settle`).
IDENTIFYING: dict[str, tuple[int, int]] = {
    "MediaStorageSOPClassUID": (0x0002, 0x0002),
    "SpecificCharacterSet": (0x0008, 0x0005),
    "SOPInstanceUID": (0x0008, 0x0018),
    "StudyInstanceUID": (0x0020, 0x000D),
    "SeriesInstanceUID": (0x0020, 0x000E),
    "PatientID": (0x0010, 0x0020),
    "PatientBirthDate": (0x0010, 0x0030),
    "AccessionNumber": (0x0008, 0x0050),
    "InstanceNumber": (0x0020, 0x0013),
    "ImagePositionPatient": (0x0020, 0x0032),
}

ALL = DESCRIPTIVE | IDENTIFYING

# Attributes whose different values over one series matter; `tags` then holds all of them, numbers in ascending order.
VARYING = ("EchoTime", "DiffusionBValue", "InversionTime", "FlipAngle", "SequenceName", "EchoNumbers")

# Two entries of `tags` that are no DICOM keywords, present only where a series is mixed:
IMAGE_TYPE_VARIANTS = "ImageTypeVariants"  # every ImageType of the series, separated by " | "
ORIENTATION_COUNT = "OrientationCount"  # how many slice orientations the series holds, where more than one
