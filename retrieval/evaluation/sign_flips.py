"""Which of two runs is which, decided anew for each patient: the null distribution of a paired difference.

If two runs are equally good, calling A "B" for any of the patients changes nothing. A patient's queries change sides
together, for they are alike.

Source: Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
Evaluation", CIKM 2007 (Fisher's randomisation test on a ranking's queries, here on patients); Phipson and Smyth,
"Permutation P-values Should Never Be Zero", SAGMB 2010 (the ones in (1 + count) / (1 + flips)).
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES = 32 << 20  # of flips held as float64 at a time
_ROUNDING = 1e-12  # differences that are equal on paper differ by less, as a share and in all

# Takes 1 where a patient's runs change sides and 0 where not, float64, shape (flips, patients); gives the difference
# of the runs for each row, shape (flips,).
Difference = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def sign_flip_p(difference: Difference, patients: int, flips: int, generator: np.random.Generator) -> float:
    """The two-sided p-value: how often a difference is at least as large when sides are drawn.

    All 2^patients ways are gone through where they are not more than `flips`, and the p-value is exact; otherwise
    `flips` are drawn, and the way that came is counted with them.
    """
    observed = abs(float(difference(np.zeros((1, patients)))[0]))
    bound = observed * (1.0 - _ROUNDING) - _ROUNDING
    everything = 2**patients <= flips
    blocks = _all_ways(patients) if everything else _drawn(patients, flips, generator)
    reached = sum(int((np.abs(difference(block)) >= bound).sum()) for block in blocks)
    return reached / 2**patients if everything else (1 + reached) / (1 + flips)


def _all_ways(patients: int) -> Iterator[NDArray[np.float64]]:
    places = np.arange(patients)
    step = _rows(patients)
    for start in range(0, 2**patients, step):
        numbers = np.arange(start, min(start + step, 2**patients))
        yield ((numbers[:, None] >> places) & 1).astype(np.float64)


def _drawn(patients: int, flips: int, generator: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    step = _rows(patients)
    for start in range(0, flips, step):
        rows = min(step, flips - start)
        octets = np.frombuffer(generator.bytes(-(-rows * patients // 8)), np.uint8)
        yield np.unpackbits(octets, count=rows * patients).reshape(rows, patients).astype(np.float64)


def _rows(patients: int) -> int:
    return max(1, _BLOCK_BYTES // (8 * max(patients, 1)))
