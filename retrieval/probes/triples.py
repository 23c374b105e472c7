"""The frozen triples of `probe_pairs.csv`, and how many a text tower gets right.

Each has a statement, a paraphrase that means the same, and a contradiction. We wrote them, in plain radiology English;
they are nobody's report. Half of the statements deny, half name the left side first. In about half of the triples the
paraphrase and the contradiction are worded alike and differ by the word in question; in the others the contradiction
copies the statement but for that word, and a reader of words falls for it. So neither length nor shared words decide;
two readers of words and of letters alone stand beside every score to show how far they get. Frozen: a changed line
makes old scores incomparable.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from encoders.contract import Vectors
from retrieval.probes.results import ProbeForm, ProbeKind, ProbeResult, Share
from retrieval.probes.shares import answers, even_interval, even_share, shares_by
from retrieval.probes.text_facts import negation_of
from retrieval.probes.word_readers import bag_of_words_cosine, trigram_cosine

PAIRS_FILE = "probe_pairs.csv"

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Triple:
    """Three sentences about one body region.

    Attributes:
        kind: what the contradiction exchanges: negation or side.
        region: brain, spine, knee, shoulder, abdomen, prostate or heart.
        statement, paraphrase, contradiction: the sentences.
    """

    kind: ProbeKind
    region: str
    statement: str
    paraphrase: str
    contradiction: str


def read_triples() -> tuple[Triple, ...]:
    """All triples, in the order of the file.

    >>> read_triples()[0].statement
    'No midline shift.'
    """
    text = (files("retrieval.probes") / PAIRS_FILE).read_text(encoding="utf-8")
    return tuple(
        Triple(ProbeKind(row["kind"]), row["region"], row["statement"], row["paraphrase"], row["contradiction"])
        for row in csv.DictReader(text.splitlines())
    )


def score_triples(
    triples: Sequence[Triple], kind: ProbeKind, encode: Encode, *, draws: int, generator: np.random.Generator
) -> ProbeResult:
    """The share of one kind's triples whose paraphrase is nearer to the statement than the contradiction is."""
    chosen = [triple for triple in triples if triple.kind is kind]
    right = _by_tower(chosen, encode)
    alone = [""] * len(chosen)
    return ProbeResult(
        kind=kind,
        form=ProbeForm.TRIPLES,
        channel=None,
        n=len(chosen),
        found=len(chosen),
        patients=None,
        value=even_share(alone, right),
        interval=even_interval(alone, right, np.arange(len(chosen)), draws, generator),
        directions=shares_by([direction_of(triple) for triple in chosen], right),
        references=(
            Share("bag of words", len(chosen), even_share(alone, _by_reader(chosen, bag_of_words_cosine))),
            Share("letter trigrams", len(chosen), even_share(alone, _by_reader(chosen, trigram_cosine))),
        ),
    )


def direction_of(triple: Triple) -> str:
    """What a triple's statement does: "denied" or "stated"; for sides, the one that it names first."""
    if triple.kind is ProbeKind.NEGATION:
        return "denied" if negation_of(triple.statement) == "negated" else "stated"
    return min(("left", "right"), key=lambda side: f"{triple.statement.lower()} {side}".find(side))


def _by_tower(triples: Sequence[Triple], encode: Encode) -> NDArray[np.float64]:
    said, same, against = (
        encode([getattr(triple, name) for triple in triples]).astype(np.float64)
        for name in ("statement", "paraphrase", "contradiction")
    )
    return answers((said * same).sum(axis=1), (said * against).sum(axis=1))


def _by_reader(triples: Sequence[Triple], cosine: Callable[[str, str], float]) -> NDArray[np.float64]:
    same = np.array([cosine(triple.statement, triple.paraphrase) for triple in triples])
    against = np.array([cosine(triple.statement, triple.contradiction) for triple in triples])
    return answers(same, against)
