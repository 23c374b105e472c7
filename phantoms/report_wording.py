"""What it takes to write about one kind of finding."""

from dataclasses import dataclass

from phantoms.sequences import Weighting

DWI = frozenset({Weighting.DWI})
POST = frozenset({Weighting.T1_CONTRAST})


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said about a finding only where these sequences were scanned; `pattern` is a whole sentence."""

    needs: frozenset[Weighting]
    pattern: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns (see report_grammar.py) about a kind of finding, or about one stage of it.

    Attributes:
        noun: what it is called where it is described, without article; holds a term that only this kind has.
        where: where it lies, from `{side}` and `{place}`: "in the {side} {place}".
        named: what it is called where it is concluded.
        tail: what may follow the description in the same sentence, or "".
        looks: sentences that may follow the description.
        advice: sentences that may follow the conclusion.
        plural: several of them, `{count}` and the largest's `{size}`.
        measure: how its size is told: "measuring {size}"; a herniation protrudes by it.
        sized: whether a size may stand before the noun: "a 12 mm cyst".
        article: whether the noun takes one.
    """

    noun: str
    where: str
    named: str
    tail: str = ""
    looks: tuple[Look, ...] = ()
    advice: tuple[str, ...] = ()
    plural: bool = False
    measure: str = (
        "measuring [approximately |about |up to |]{size}[ in [maximum |greatest |maximal |]diameter| across|]"
    )
    sized: bool = True
    article: bool = True
