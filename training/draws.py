"""Everything random in training, from the seed and a place alone: what a step draws depends on no step before it."""

import hashlib

import numpy as np


def generator(seed: int, *place: str | int) -> np.random.Generator:
    """A random stream that depends only on the seed and the place.

    >>> bool(generator(7, "batch", 3).random() == generator(7, "batch", 3).random())
    True
    >>> bool(generator(7, "batch", 3).random() == generator(7, "batch", 4).random())
    False
    """
    name = "\x1f".join(map(str, (seed, *place)))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big"))


def unit_interval(*names: str | int) -> float:
    """A number in [0, 1) that belongs to a name: the same on every machine and in every run.

    >>> unit_interval("patient-1") == unit_interval("patient-1") != unit_interval("patient-2")
    True
    """
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
