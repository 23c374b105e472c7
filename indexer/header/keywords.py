"""The DICOM keywords that header normalisation reads: what an inventory hands over in `FoundSeries.tags`.

None of them identifies a patient. `SIDECAR_NAMES` maps the names that BIDS and dcm2niix write where they differ from
DICOM's.
"""

from types import MappingProxyType

HEADER_KEYWORDS: tuple[str, ...] = (
    "AcquisitionContrast",
    "AngioFlag",
    "BodyPartExamined",
    "ContrastBolusAgent",
    "ContrastBolusVolume",
    "DiffusionBValue",
    "EchoPulseSequence",
    "EchoTime",
    "FlipAngle",
    "ImageLaterality",
    "ImageOrientationPatient",
    "ImageType",
    "ImagingFrequency",
    "InstitutionName",
    "InversionTime",
    "Laterality",
    "MRAcquisitionType",
    "MagneticFieldStrength",
    "Manufacturer",
    "ManufacturerModelName",
    "PatientAge",
    "PatientSex",
    "PerformedProcedureStepDescription",
    "ProtocolName",
    "PulseSequenceName",
    "ReceiveCoilName",
    "RepetitionTime",
    "RequestedProcedureDescription",
    "ScanOptions",
    "ScanningSequence",
    "SequenceName",
    "SequenceVariant",
    "SeriesDescription",
    "SliceThickness",
    "SpectrallySelectedSuppression",
    "StudyDate",
    "StudyDescription",
)

SIDECAR_NAMES = MappingProxyType(
    {
        "BodyPartExamined": ("BodyPart",),
        "ContrastBolusAgent": ("ContrastBolusIngredient",),
        "DiffusionBValue": ("DiffusionBValueMax",),
        "EchoTime": ("EchoTime1",),
        "ManufacturerModelName": ("ManufacturersModelName",),
        "RepetitionTime": ("RepetitionTimePreparation", "RepetitionTimeExcitation"),
        "SequenceName": ("PulseSequenceName", "PulseSequenceDetails"),
    }
)

# BIDS and dcm2niix write these in seconds, DICOM in milliseconds.
SECONDS_IN_SIDECARS = frozenset({"EchoTime", "InversionTime", "RepetitionTime"})
