"""Whether pseudonyms of two sides could agree at all: "no shared patient" means nothing where they could not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.audit.sides import Side


@dataclass(frozen=True, slots=True)
class Comparable:
    """What pseudonyms can say.

    Attributes:
        patients: for each side, the number of series whose patient would be recognised on another side.
        studies: the same for studies.
        notes: why it is not all of them, in whole sentences.
    """

    patients: tuple[int, ...]
    studies: tuple[int, ...]
    notes: tuple[str, ...]


def compare_pseudonyms(sides: Sequence[Side]) -> Comparable:
    """How many series of each side have pseudonyms that could be found on another side.

    Not comparable are pseudonyms under different keys, the names of patients and studies that are known only within a
    source that the other side does not have, and patients whom the archive does not name.
    """
    if len({side.key for side in sides}) > 1:
        keys = ", ".join(f"{side.name} {side.key}" for side in sides)
        note = (
            f"The sides were indexed under different patient keys ({keys}): one person has two pseudonyms, so shared "
            "patients and studies cannot be found. Index both under one MRSEEK_PATIENT_KEY."
        )
        return Comparable((0,) * len(sides), (0,) * len(sides), (note,))
    patients, studies, notes = [], [], []
    for side in sides:
        elsewhere = {space for other in sides if other is not side for space in np.unique(other.series.namespaces)}
        known = np.isin(side.series.namespaces, sorted(elsewhere))
        named = side.series.patient_known
        studies.append(int(known.sum()))
        patients.append(int((known & named).sum()))
        notes += _notes(side, int((~named).sum()), int((~known).sum()))
    return Comparable(tuple(patients), tuple(studies), tuple(notes))


def _notes(side: Side, unnamed: int, apart: int) -> list[str]:
    total, notes = len(side.series), []
    if unnamed:
        notes.append(
            f"{unnamed} of {total} series of {side.name} have no patient in their archive: the study stands in for the "
            "patient, so another study of the same person would not be seen."
        )
    if apart:
        notes.append(
            f"{apart} of {total} series of {side.name} come from BIDS or NIfTI sources that no other side has: their "
            "patients and studies are known within the source only, so the same person elsewhere would not be seen."
        )
    return notes
