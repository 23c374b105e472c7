"""Pools as an image tower takes them, read a batch at a time."""

from collections.abc import Sequence

import numpy as np

from common.errors import UsageError
from encoders.contract import ImageTower, TextTower, Vectors
from encoders.framing import preparer_of
from training.pool import Pool

_BATCH = 64


def check_framing(pool: Pool, tower: ImageTower) -> None:
    """Refuses a pool that was laid out for another tower.

    Raises:
        UsageError: it was.
    """
    expected = preparer_of(pool.info.laid_out)
    if tower.prepare != expected:
        raise UsageError(
            f"The pool was laid out by {expected}, and {tower.spec.name} takes what {tower.prepare} gives.",
            remedy="Prepare a pool with the checkpoint's --size, and --planes if it looks at planes.",
        )


def pool_vectors(pool: Pool, tower: ImageTower) -> Vectors:
    """Unit vectors of every sample of a pool, float32 (samples, dimension)."""
    check_framing(pool, tower)
    parts = [np.empty((0, tower.spec.dimension), np.float32)]
    for start in range(0, len(pool), _BATCH):
        samples = range(start, min(start + _BATCH, len(pool)))
        grids = pool.grids(samples).reshape(len(samples), -1).astype(np.float32) / np.float32(255)
        parts.append(tower.encode(np.concatenate([pool.scales(samples), grids], axis=1)))
    return np.concatenate(parts)


def text_vectors(tower: TextTower, texts: Sequence[str]) -> Vectors:
    """Unit vectors of texts, float32 (texts, dimension); texts that come again are encoded once."""
    distinct = list(dict.fromkeys(texts))
    parts = [np.empty((0, tower.spec.dimension), np.float32)]
    parts += [tower.encode(distinct[start : start + _BATCH]) for start in range(0, len(distinct), _BATCH)]
    place = {text: number for number, text in enumerate(distinct)}
    return np.concatenate(parts)[[place[text] for text in texts]]
