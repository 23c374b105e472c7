"""A corpus of reports, cut into passages that fit the text tower, in two parts that share no report."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.errors import UsageError
from indexer.reports.dedupe import folded_text_hash
from indexer.reports.passages import passages_of
from indexer.reports.read import read_reports
from phantoms.plan import plan_patient
from phantoms.reports import write_report
from training.draws import unit_interval
from training.language_config import CorpusSettings
from training.pool import open_pools

_WORDS_A_TOKEN = 0.6  # radiology words are about 1.6 tokens of BERT's vocabulary each


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages to train on, and passages of other reports to be measured on; each once."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]


def read_corpus(settings: CorpusSettings, max_tokens: int) -> Corpus:
    """The passages of a corpus; the same reports on the same side in every run.

    Raises:
        UsageError: too few reports.
        ReportError: a table or folder cannot be read.
    """
    most_words = max(8, int(max_tokens * _WORDS_A_TOKEN))
    train: dict[str, None] = {}
    held_out: dict[str, None] = {}
    for report in _reports(settings):
        side = held_out if unit_interval("corpus", folded_text_hash(report)) < settings.held_out else train
        side.update((passage.text, None) for passage in passages_of(report, max_words=most_words))
    measured = [text for text in held_out if text not in train][: settings.validation_texts]
    if not train:
        raise UsageError("The corpus holds no text.", remedy="Set corpus.phantom_patients, or name other reports.")
    return Corpus(tuple(train), tuple(measured))


def _reports(settings: CorpusSettings) -> Iterator[str]:
    """Whole reports, one after the other."""
    for number in range(1, settings.phantom_patients + 1):
        patient = plan_patient(number, settings.phantom_seed)
        yield from (write_report(study, settings.phantom_seed).text for study in patient.studies)
    for path in settings.reports:
        yield from (report.text for report in read_reports(path) if report.text)
    if settings.pools:
        pool = open_pools(settings.pools)
        studies = {(label.patient, label.study): sample for sample, label in enumerate(pool.labels)}
        for sample in studies.values():
            if sections := pool.texts(sample).sections:
                yield "\n\n".join(sections)
