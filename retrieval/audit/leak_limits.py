"""What counts as near in an audit of a split, and how much of it is shown."""

from dataclasses import dataclass

from common.errors import UsageError
from retrieval.evaluation.near_duplicates import DEFAULT_THRESHOLD


@dataclass(frozen=True, slots=True)
class LeakLimits:
    """Thresholds, each a least similarity.

    Attributes:
        image: cosine of near-duplicate image vectors. Copies of 14 real series that were rescaled, cut to 8 bits or had
            their grey values bent (power 1.05) stayed at 0.9966 or above, under `default` and under `tiny`; series of
            other studies reached 0.9924 at most, and those were two contrasts of one person (56 series, 2026-11). Noise
            of 1 % and crops of 4 % can fall to 0.956: no threshold finds them and tells people apart. Phantoms of two
            patients reach 0.9994 under `default`: `Leak.usual` says where the threshold tells nothing.
        report: Jaccard similarity of near-duplicate reports (`near_duplicates.py` says why).
        report_vector: cosine of mean report vectors. Of 400 phantom reports, a side or a size changed left 0.9988 or
            more under `default` (0.974 under `tiny`); different reports reached 0.967 (2026-11).
        examples: pairs shown a kind.

    Raises:
        UsageError: a threshold outside (0, 1].
    """

    image: float = 0.995
    report: float = DEFAULT_THRESHOLD
    report_vector: float = 0.99
    examples: int = 5

    def __post_init__(self) -> None:
        """Checks the thresholds."""
        for value in (self.image, self.report, self.report_vector):
            if not 0 < value <= 1:
                raise UsageError(f"A threshold of {value} came; expected above 0 and at most 1.")


DEFAULT_LIMITS = LeakLimits()
