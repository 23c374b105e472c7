"""Who a series, its study and its patient are: from what an archive says to pseudonyms.

- A DICOM series is its SeriesInstanceUID, wherever it lies. A file of a BIDS or NIfTI source is the place where it was
  first seen.
- A DICOM study is its StudyInstanceUID; any other study is what its source calls it, within that source and patient.
- A DICOM patient is the PatientID over all sources; a patient of a BIDS or NIfTI source is known within that source
  only, since every dataset has a "sub-01".
- Where the study is unknown, the folder that holds the series stands for it; where the patient is unknown, each study
  is a patient of its own. A file directly under a source's root has no such folder: it is a study, and a patient, of
  its own.
"""

from dataclasses import dataclass

from common.pseudonym import IdKind, Pseudonymizer
from indexer.records import FoundSeries, SourceKind

Natural = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Pseudonyms of a series, its study and its patient, with what they were made from."""

    series_id: str
    study_id: str
    patient_id: str
    study: Natural
    patient: Natural


def identify(found: FoundSeries, source: str, pseudonymize: Pseudonymizer) -> Identity:
    """The identity of a series that was never seen before, in the source of that name."""
    patient, study = patient_of(found, source), study_of(found, source)
    return Identity(
        series_id=pseudonymize(IdKind.SERIES, *series_of(found, source)),
        study_id=pseudonymize(IdKind.STUDY, *study),
        patient_id=pseudonymize(IdKind.PATIENT, *patient),
        study=study,
        patient=patient,
    )


def series_of(found: FoundSeries, source: str) -> Natural:
    """What makes a series itself."""
    return ("dicom", found.key) if found.kind is SourceKind.DICOM else ("file", source, found.key)


def study_of(found: FoundSeries, source: str) -> Natural:
    """What makes a study itself."""
    if found.study_key and found.kind is SourceKind.DICOM:
        return ("dicom", found.study_key)
    if found.study_key:
        return ("study", source, found.patient_key, found.study_key)
    return ("folder", source, found.patient_key, _study_folder(found))


def patient_of(found: FoundSeries, source: str) -> Natural:
    """What makes a patient himself."""
    if not found.patient_key:
        return ("unknown", *study_of(found, source))
    return ("dicom", found.patient_key) if found.kind is SourceKind.DICOM else ("patient", source, found.patient_key)


def _study_folder(found: FoundSeries) -> str:
    """The folder that holds the series; its own place where that is the source's root and the patient is unknown."""
    folder = found.path.rpartition("/")[0]
    return folder if folder or found.patient_key else found.path
