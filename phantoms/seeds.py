"""Everything random, from one number: streams and unique identifiers named by what they are for."""

import hashlib

import numpy as np


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A random stream that depends only on the seed and the names, never on what was drawn elsewhere before.

    >>> bool(generator(7, "a").random() == generator(7, "a").random() != generator(7, "b").random())
    True
    """
    return np.random.default_rng(int.from_bytes(_digest(seed, names)[:16], "big"))


def uid(seed: int, *names: str | int) -> str:
    """A DICOM unique identifier under 2.25, the root for 128-bit random numbers.

    Source: DICOM PS3.5, B.2 "UUID derived UID".

    >>> uid(7, "study", 1) == uid(7, "study", 1) and len(uid(7, "study", 1)) <= 64
    True
    """
    return f"2.25.{int.from_bytes(_digest(seed, names)[:16], 'big')}"


def _digest(seed: int, names: tuple[str | int, ...]) -> bytes:
    return hashlib.sha256("\x1f".join(("mrseek phantoms", str(seed), *map(str, names))).encode()).digest()
