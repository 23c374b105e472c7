"""What a probe found: frozen types, as JSON and as Markdown. Counts and shares alone, never a text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indexer.records import Channel
from retrieval.evaluation.intervals import Interval

CHANCE = 0.5


class ProbeKind(StrEnum):
    """What is exchanged. The last two are controls: a model that can search at all should see them."""

    NEGATION = "negation"
    SIDE = "side"
    REGION = "region"
    SEQUENCE = "sequence"


class ProbeForm(StrEnum):
    """How it is asked."""

    TRIPLES = "triples"  # is the paraphrase nearer to the statement than the contradiction is?
    CHOICE = "forced choice"  # is the true sentence nearer to its study than the rewritten one is?


CONTROLS = frozenset({ProbeKind.REGION, ProbeKind.SEQUENCE})


@dataclass(frozen=True, slots=True)
class Share:
    """A share of right answers, ties counted half: of one direction ("denied"), or of a reference reader.

    Attributes:
        name: of what.
        n: number of answers.
        value: in [0, 1].
    """

    name: str
    n: int
    value: float


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One probe, asked in one form of one channel.

    Attributes:
        kind: what was exchanged.
        form: how it was asked.
        channel: whose vectors stood for the study; None where texts were compared with texts.
        n: questions asked.
        found: questions that could have been asked; more than `n` where a sample was drawn.
        patients: whose they are; None for triples, which nobody's report wrote.
        value: share of right answers, ties half; each direction counts the same, so that a model which prefers
            sentences with "no", whatever is true, scores one half. None where the probe does not apply.
        interval: 95 %, over patients (for triples, over triples).
        directions: the share in each direction.
        references: what other readers score.
        note: why there is no value, or what limits it.
        chance: of a coin.
    """

    kind: ProbeKind
    form: ProbeForm
    channel: Channel | None
    n: int
    found: int
    patients: int | None
    value: float | None
    interval: Interval | None
    directions: tuple[Share, ...] = ()
    references: tuple[Share, ...] = ()
    note: str = ""
    chance: float = CHANCE


def as_json(results: Sequence[ProbeResult]) -> list[dict[str, Any]]:
    """Plain types for `json.dumps`, one object a result; what does not exist is null."""
    return [
        {
            "kind": one.kind.value,
            "control": one.kind in CONTROLS,
            "form": one.form.value,
            "channel": one.channel.value if one.channel else None,
            "n": one.n,
            "found": one.found,
            "patients": one.patients,
            "value": one.value,
            "interval": [one.interval.low, one.interval.high] if one.interval else None,
            "chance": one.chance,
            "directions": [_share_as_json(share) for share in one.directions],
            "references": [_share_as_json(share) for share in one.references],
            "note": one.note,
        }
        for one in results
    ]


def as_markdown(results: Sequence[ProbeResult]) -> list[str]:
    """The lines of one table, a row a result, and of what the columns mean."""
    return [
        "| probe | asked | of | n | patients | right | 95 % interval | each way | others |",
        "|---|---|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(_cells(one))} |" for one in results),
        "",
        "Right: share of right answers, ties half, chance 0.5, each way counted the same. Others: the same questions "
        "asked of readers of words or letters alone, or of other patients' studies (any, or of the same region).",
    ]


def _share_as_json(share: Share) -> dict[str, Any]:
    return {"name": share.name, "n": share.n, "value": share.value}


def _cells(one: ProbeResult) -> Iterator[str]:
    yield f"{one.kind} (control)" if one.kind in CONTROLS else one.kind.value
    yield one.form.value
    yield one.channel.value if one.channel else "text"
    yield str(one.n) if one.n == one.found else f"{one.n} of {one.found}"
    yield "" if one.patients is None else str(one.patients)
    yield one.note if one.value is None else f"{one.value:.3f}"
    yield f"{one.interval.low:.3f} to {one.interval.high:.3f}" if one.interval else ""
    yield ", ".join(f"{share.name} {share.value:.3f} ({share.n})" for share in one.directions)
    yield ", ".join(f"{share.name} {share.value:.3f}" for share in one.references)
