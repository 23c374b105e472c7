"""Everything random in training, from the seed and a place alone: what a step draws depends on no step before it."""

import hashlib

import numpy as np
from numpy.typing import NDArray


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


class EndlessOrder:
    """Items 0 to `size` - 1 again and again, in another order each time: a function of the place in the list."""

    def __init__(self, seed: int, size: int) -> None:
        self._seed, self._size = seed, size
        self._epoch: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, np.int64))

    def __getitem__(self, number: int) -> int:
        """The item at a place of the endless list.

        >>> order = EndlessOrder(7, 5)
        >>> sorted(order[n] for n in range(5)), sorted(order[n] for n in range(5, 10))
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
        """
        epoch, place = divmod(number, self._size)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, generator(self._seed, "epoch", epoch).permutation(self._size))
        return int(self._epoch[1][place])
