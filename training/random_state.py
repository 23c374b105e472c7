"""The states of all random generators, in plain types, so that a resumed run draws what it would have drawn."""

import random
from typing import Any

import numpy as np
import torch

from training.draws import generator


def seed_everything(seed: int, rank: int) -> None:
    """Seeds Python, NumPy and torch, differently in each process."""
    start = int(generator(seed, "everything", rank).integers(2**63))
    random.seed(start)
    np.random.seed(start % 2**32)
    torch.manual_seed(start)


def random_states() -> dict[str, Any]:
    """The states of Python's, NumPy's and torch's generators, on the CPU and on this process' GPU."""
    version, internal, gauss = random.getstate()
    kind, keys, position, has_gauss, cached = np.random.get_state()
    return {
        "python": [version, list(internal), gauss],
        "numpy": [str(kind), np.asarray(keys).tolist(), int(position), int(has_gauss), float(cached)],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state() if torch.cuda.is_available() else None,
    }


def restore_random(states: dict[str, Any]) -> None:
    """Puts the states back."""
    version, internal, gauss = states["python"]
    random.setstate((version, tuple(internal), gauss))
    kind, keys, position, has_gauss, cached = states["numpy"]
    np.random.set_state((kind, np.array(keys, np.uint32), position, has_gauss, cached))
    torch.set_rng_state(states["torch"])
    if states["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
