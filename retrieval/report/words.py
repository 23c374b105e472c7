"""Numbers and settings as text: three decimals for shares, one for ranks, a dash for what does not exist."""

from collections.abc import Iterable, Sequence

_KINDS = ("hit", "recall", "precision", "r_precision", "map", "ndcg", "mrr", "mean_rank", "median_rank")


def digits_of(measure: str) -> int:
    """Ranks are shown to a tenth, shares to a thousandth."""
    return 1 if is_rank(measure) else 3


def is_rank(measure: str) -> bool:
    """Whether lower is better."""
    return measure.endswith("rank")


def in_order(measures: Iterable[str]) -> list[str]:
    """Measures by kind, then by k: files keep them in the order of the alphabet.

    >>> in_order(["hit@1", "hit@10", "hit@5", "mrr", "recall@1"])
    ['hit@1', 'hit@5', 'hit@10', 'recall@1', 'mrr']
    """
    return sorted(measures, key=_place)


def _place(measure: str) -> tuple[int, int, str]:
    kind, _, cutoff = measure.partition("@")
    return (_KINDS.index(kind) if kind in _KINDS else len(_KINDS), int(cutoff or 0), kind)


def shown(value: float | None, digits: int = 3) -> str:
    """The number; "-" for one that does not exist."""
    return "-" if value is None else f"{value:.{digits}f}"


def bounds(interval: Sequence[float | None] | None, digits: int = 3) -> str:
    """Such as "0.120 to 0.310"."""
    return f"{shown(interval[0], digits)} to {shown(interval[1], digits)}" if interval else "-"


def whole(interval: Sequence[float | None] | None) -> tuple[float, float] | None:
    """The bounds as numbers; None where one is missing."""
    if interval is None or interval[0] is None or interval[1] is None:
        return None
    return interval[0], interval[1]


def plain(value: object) -> str:
    """A setting in words."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "as usual"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not known" if value is None or value == "" else str(value)


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "patient"), counted(3, "study", "studies"), counted(2, "series", "series")
    ('1 patient', '3 studies', '2 series')
    """
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
