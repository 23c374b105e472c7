"""A dual encoder from two Python functions: whatever model a user has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.errors import UsageError
from encoders.contract import DualEncoder, Preparer, TowerSpec, Vectors
from encoders.fingerprint import fingerprint_of
from encoders.unit import unit_rows
from volumes.volume import Volume

ImageFunction = Callable[[Volume], ArrayLike]
ArrayFunction = Callable[[NDArray[np.float32]], ArrayLike]
TextFunction = Callable[[str], ArrayLike]


def encoder_from_callables(
    *,
    image: ImageFunction | ArrayFunction,
    text: TextFunction,
    dimension: int,
    fingerprint: str,
    name: str = "callable",
    prepare: Preparer | None = None,
    text_dimension: int | None = None,
) -> DualEncoder:
    """A dual encoder over two functions. It cannot be opened again by name: pass the encoder itself to `index_archive`.

    Args:
        image: volume to a vector (dimension,) of any length but 0. Without `prepare` it runs in the decoding
            processes, so it must be picklable (a function at a module's top level). With `prepare` it takes a
            prepared array instead, and runs in this process.
        text: text to a vector (dimension,).
        dimension: of the vectors.
        fingerprint: anything that changes when the functions' results change ("my-model v3, checkpoint 9f2c"). mrseek
            cannot look into functions, and refuses to mix vectors by this.
        name: for people.
        prepare: volume to a float32 array of one fixed shape; picklable.
        text_dimension: where texts have a space of their own (they are then never compared with scans); default: one
            space.

    Raises:
        UsageError: an empty fingerprint or a dimension below 1.
    """
    if not fingerprint.strip():
        raise UsageError(
            "An empty fingerprint came; expected any text that names this version of the functions.",
            remedy='Pass fingerprint="<model> <version>", and change it whenever the model changes.',
        )
    if min(dimension, text_dimension or dimension) < 1:
        raise UsageError(f"A dimension of {min(dimension, text_dimension or dimension)} came; expected at least 1.")
    whole = fingerprint_of({"kind": "callable", "name": name, "given": fingerprint, "prepared": prepare is not None})
    space = f"{name}-{whole[:16]}"
    image_spec = TowerSpec(f"{name}-image", whole, dimension, space)
    text_space = space if text_dimension is None else f"{space}-text"
    text_spec = TowerSpec(f"{name}-text", whole, text_dimension or dimension, text_space)
    return DualEncoder(
        f"callable:{name}", CallableImageTower(image_spec, image, prepare), CallableTextTower(text_spec, text)
    )


class CallableImageTower:
    """An image tower over a function of volumes, or of prepared arrays."""

    def __init__(self, spec: TowerSpec, image: ImageFunction | ArrayFunction, prepare: Preparer | None) -> None:
        self._spec = spec
        self._image = image
        self._prepare = prepare

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    @property
    def prepare(self) -> Preparer:
        """The user's preparation, or else the function itself."""
        if self._prepare is not None:
            return self._prepare
        # Without a preparation the function takes volumes: a link between two arguments that types cannot say.
        return VectorPreparer(self._image, self.spec.dimension)  # type: ignore[arg-type]

    def encode(self, prepared: NDArray[np.float32]) -> Vectors:
        """Unit vectors (items, dimension) of prepared arrays (items, *prepared shape), one call an item."""
        if self._prepare is None:
            return unit_rows(prepared)
        return _unit_vectors([self._image(item) for item in prepared], self.spec.dimension)


class CallableTextTower:
    """A text tower over a function of texts."""

    def __init__(self, spec: TowerSpec, text: TextFunction) -> None:
        self._spec = spec
        self._text = text

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dimension), one call a text."""
        return _unit_vectors([self._text(text) for text in texts], self.spec.dimension)


@dataclass(frozen=True, slots=True)
class VectorPreparer:
    """Volume to the vector that the user's function gives for it, checked."""

    image: ImageFunction
    dimension: int

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        """The vector, float32 (dimension,)."""
        return _checked(self.image(volume), self.dimension).astype(np.float32)


def _unit_vectors(vectors: Sequence[ArrayLike], dimension: int) -> Vectors:
    """What functions gave, checked, as unit rows."""
    rows = [_checked(vector, dimension) for vector in vectors]
    return unit_rows(np.array(rows, dtype=np.float64).reshape(len(rows), dimension))


def _checked(vector: ArrayLike, dimension: int) -> NDArray[np.float64]:
    """A vector that a function gave, as float64 (dimension,).

    Raises:
        UsageError: another shape, or a value that is not finite.
    """
    found = np.asarray(vector, dtype=np.float64)
    if found.shape != (dimension,):
        raise UsageError(f"The encoder function gave an array of shape {found.shape}; expected ({dimension},).")
    if not np.isfinite(found).all():
        raise UsageError("The encoder function gave a vector with a value that is not finite; expected numbers.")
    return found
