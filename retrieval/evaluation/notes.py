"""What a reader must know before believing a number, in words."""

from indexer.records import Channel
from retrieval.evaluation.items import PATIENT
from retrieval.evaluation.metrics import MeasureKind
from retrieval.evaluation.rules import SAME_STUDY, RuleKind
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Level
from retrieval.evaluation.tasks import BuiltTask

FEW_PATIENTS = 20
_FROM_HEADERS = {"region", "sequence", "plane", "contrast", "fat_sat", "scanner", "manufacturer", "model"}


def notes_of(built: BuiltTask, settings: Settings, assumed_patients: int) -> tuple[str, ...]:
    """The notes of a task.

    Args:
        built: the task.
        settings: what is measured.
        assumed_patients: series that do not say whose they are, so that their folder stands in for the patient.
    """
    return (
        *_of_header(built),
        *_of_exclusion(built, settings, assumed_patients),
        *_of_size(built),
        *_of_measures(settings),
    )


def _of_header(built: BuiltTask) -> list[str]:
    of_card = built.spec.channel is Channel.CARD
    by_header = any(set(rule.columns) & _FROM_HEADERS for rule in built.rules)
    notes = []
    if of_card:
        notes.append(
            "The card channel compares words: cards are made from headers. Nothing here is the image encoder's merit."
        )
    if by_header and of_card:
        notes.append(
            "Cards and labels are made from the same headers: this checks the cards, it is no retrieval result."
        )
    elif by_header:
        notes.append("What is relevant is read from headers, so the header-only baseline knows most answers.")
    return notes


def _of_exclusion(built: BuiltTask, settings: Settings, assumed: int) -> list[str]:
    if built.queries.noun == "text":
        return ["The queries are texts of nobody: no patient leaves the ranking."]
    if not built.leaving and not built.spec.task.within_modality:
        return []
    unknown = any(not all(items.of(PATIENT)) for items in (built.queries, built.gallery))
    if PATIENT not in built.leaving and built.spec.level is not Level.PATIENT:
        left_out = ", ".join(built.leaving) or "nothing"
        return [f"The query's own patient may be found: only its {left_out} was excluded."]
    if unknown and settings.allow_same_patient:
        return ["Some items have no known patient: their own patient may be found."]
    if assumed:
        return [
            f"{assumed} series do not say whose they are: their folder stands in for the patient, so the same patient "
            "may still be found in another folder. A --table with patient_id at indexing ends this."
        ]
    return []


def _of_measures(settings: Settings) -> list[str]:
    if any(measure.kind is MeasureKind.MEAN_RANK for measure in settings.measures):
        return ["The interval of mean_rank covers 87 to 94 %, not 95: trust those of mrr and median_rank."]
    return []


def _of_size(built: BuiltTask) -> list[str]:
    notes = []
    patients = len({values for values in built.queries.of(PATIENT) if values})
    if 0 < patients < FEW_PATIENTS:
        notes.append(f"{patients} patients ask: below about {FEW_PATIENTS}, intervals are wide, rather too wide.")
    if not patients:
        notes.append("Nobody says whose the queries are: intervals take each study (or item) for a patient.")
    if built.rules == SAME_STUDY and built.spec.level is Level.SERIES and built.spec.task.answered_by_text is False:
        notes.append("All series of the study are relevant, also those on which what the report says cannot be seen.")
    if any(rule.kind is RuleKind.OVERLAP for rule in built.rules):
        notes.append("Graded relevance: hit, recall, precision, MAP and MRR count any overlap, nDCG how much.")
    return notes
