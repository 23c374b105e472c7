"""What an encoder is: the contract that every tower keeps, and that `tests/encoder_conformance.py` checks.

A *tower* turns one kind of thing into vectors: an image tower takes volumes, a text tower takes texts. A *dual
encoder* is one of each. Where the two share a space (they were aligned in training), a text can be compared with a
scan; where they do not, it cannot, and mrseek never does: spaces are compared by name before vectors are.

Every tower:
- returns float32, C-contiguous, shape (items, dimension), each row of length 1 (within 1e-5); never NaN;
- is deterministic: the same item gives the same bits, whatever stands beside it in the batch;
- has a `fingerprint` over all that decides its output (weights, tokenizer, preprocessing), so vectors of two towers
  are never mixed;
- does nothing at import; it may load lazily on its first call.

Image towers split their work: `prepare` (volume -> small array) runs in decoding processes, needs no weights and is
picklable; `encode` (batch of prepared arrays -> vectors) runs beside them, on the accelerator where there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from volumes.volume import Volume

Vectors = NDArray[np.float32]  # (items, dimension), unit rows


@dataclass(frozen=True, slots=True)
class TowerSpec:
    """Who a tower is.

    Attributes:
        name: for people: "statistics-1", "minilm-l6", "mrseek-small".
        fingerprint: sha256 over weights, tokenizer and preprocessing, 64 hexadecimal digits.
        dimension: length of its vectors.
        space: the name of the vector space; two towers' vectors may be compared only where these are equal.
    """

    name: str
    fingerprint: str
    dimension: int
    space: str


class Preparer(Protocol):
    """Volume to the small array that an image tower encodes. Picklable, without weights, deterministic."""

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        """A float32 array of one fixed shape, whatever the volume's own shape."""
        ...


@runtime_checkable
class ImageTower(Protocol):
    """Volumes to vectors."""

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        ...

    @property
    def prepare(self) -> Preparer:
        """The preprocessing, as a picklable callable."""
        ...

    def encode(self, prepared: NDArray[np.float32]) -> Vectors:
        """Unit vectors (items, dimension) of prepared arrays (items, *prepared shape)."""
        ...


@runtime_checkable
class TextTower(Protocol):
    """Texts to vectors."""

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (items, dimension) of texts; an empty text has a vector too."""
        ...


@dataclass(frozen=True, slots=True)
class DualEncoder:
    """An image tower and a text tower, and how to name the pair again.

    Attributes:
        reference: what `open_encoder` opens it by: "default", "baseline", "hf:<hub name or folder>", or a checkpoint
            folder.
    """

    reference: str
    image: ImageTower
    text: TextTower

    @property
    def aligned(self) -> bool:
        """Whether texts can be compared with scans."""
        return self.image.spec.space == self.text.spec.space

    @property
    def name(self) -> str:
        """For people: both towers' names."""
        return f"{self.image.spec.name}+{self.text.spec.name}"

    @property
    def fingerprint(self) -> str:
        """Both towers' fingerprints in one string of 16 + 16 hexadecimal digits."""
        return f"{self.image.spec.fingerprint[:16]}{self.text.spec.fingerprint[:16]}"
