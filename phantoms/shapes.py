"""The one primitive: a solid of one tissue, and painting solids over one another onto a grid."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phantoms.rotation import rotation_about
from phantoms.tissues import Tissue

Labels = NDArray[np.uint8]
Points = NDArray[np.float32]  # (3, n): right, anterior, superior, mm
Triple = tuple[float, float, float]

WITHIN_SKIN = frozenset(Tissue) - {Tissue.AIR, Tissue.SKIN}  # to be painted over: what lies in the body
_FOLD_MM = 15.0  # distance between neighbouring folds, about that of the brain's gyri
FLAT_BACK, WAIST = 0.86, 0.88  # of a vertebral body: its back and its middle, as shares of its half-axes
_BOX_POWER = 8  # the exponent of the superellipsoid: 2 is round, 8 is a box with rounded edges


class Form(StrEnum):
    """The outline of a solid."""

    ELLIPSOID = "ellipsoid"
    BOX = "box"
    CYLINDER = "cylinder"  # elliptical, along the head-foot axis
    VERTEBRA = "vertebra"  # a vertebral body: waisted, with hollow ends and a flat back


@dataclass(frozen=True, slots=True)
class Shape:
    """A solid of one tissue, aligned with the body's axes.

    Attributes:
        centre_mm, radii_mm: half-axes along right, anterior, superior.
        folds: how much the surface undulates, as a fraction of the radii; 0 is smooth.
        inside: paint only over these tissues; empty paints over anything.
        turn_deg: rotation about the right, anterior and superior axes, one after another.
    """

    tissue: Tissue
    centre_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    form: Form = Form.ELLIPSOID
    folds: float = 0.0
    inside: frozenset[Tissue] = frozenset()
    turn_deg: Triple = (0.0, 0.0, 0.0)


def ball(centre_mm: tuple[float, float, float], radius_mm: float, tissue: Tissue) -> Shape:
    """A sphere."""
    return Shape(tissue, centre_mm, (radius_mm, radius_mm, radius_mm))


def tube(points_mm: Sequence[Triple], radius_mm: float | tuple[float, float], tissue: Tissue) -> Iterator[Shape]:
    """Balls so close along a course that they make a tube; two radii taper it from its first point to its last."""
    first, last = radius_mm if isinstance(radius_mm, tuple) else (radius_mm, radius_mm)
    course = np.array(points_mm, dtype=np.float64)
    lengths = np.linalg.norm(np.diff(course, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(along[-1] / (0.6 * min(first, last))) + 1)
    for at in np.linspace(0.0, along[-1], count):
        x, y, z = (float(np.interp(at, along, course[:, axis])) for axis in range(3))
        yield ball((x, y, z), first + (last - first) * float(at / along[-1]), tissue)


def paint(shapes: Iterable[Shape], spacing_mm: float, low_mm: Triple, high_mm: Triple) -> Labels:
    """The tissue at every point of a grid from one corner to the other, shape (X, Y, Z); `Tissue.AIR` outside all.

    The last shape around a point decides.

    >>> solids = [ball((0, 0, 0), 2, Tissue.FAT), ball((0, 0, 0), 1, Tissue.CSF)]
    >>> paint(solids, 1.5, (0, 0, 0), (3, 0, 0))[:, 0, 0].tolist()
    [5, 1, 0]
    """
    axes = [
        np.arange(low, high + spacing_mm / 2, spacing_mm, dtype=np.float32)
        for low, high in zip(low_mm, high_mm, strict=True)
    ]
    labels = np.zeros([len(axis) for axis in axes], dtype=np.uint8)
    for shape in shapes:
        _paint_one(shape, axes, labels)
    return labels


def _paint_one(shape: Shape, axes: list[NDArray[np.float32]], labels: Labels) -> None:
    """Only within the bounding box, since most shapes are small."""
    reach = 1.0 + abs(shape.folds)
    radii = (max(shape.radii_mm),) * 3 if any(shape.turn_deg) else shape.radii_mm
    box = tuple(
        slice(
            int(np.searchsorted(axis, middle - radius * reach)),
            int(np.searchsorted(axis, middle + radius * reach, side="right")),
        )
        for axis, middle, radius in zip(axes, shape.centre_mm, radii, strict=True)
    )
    here = labels[box]
    if here.size == 0:
        return
    near = [axis[part] for axis, part in zip(axes, box, strict=True)]
    if shape.folds or any(shape.turn_deg) or shape.form is Form.VERTEBRA:
        points = np.stack(np.meshgrid(*near, indexing="ij"))
        inside = _within(shape, points.reshape(3, -1)).reshape(here.shape)
    else:
        inside = _within_upright(shape, near)
    if shape.inside:
        inside &= np.isin(here, [int(tissue) for tissue in shape.inside])
    here[inside] = shape.tissue


def _within_upright(shape: Shape, axes: list[NDArray[np.float32]]) -> NDArray[np.bool_]:
    """Of a smooth solid along the axes: what each axis adds is computed once, which is many times faster."""
    power = _BOX_POWER if shape.form is Form.BOX else 2
    x, y, z = (
        np.abs((axis - np.float32(middle)) / np.float32(radius)) ** power
        for axis, middle, radius in zip(axes, shape.centre_mm, shape.radii_mm, strict=True)
    )
    across = x[:, None, None] + y[None, :, None]
    if shape.form is Form.CYLINDER:
        return np.asarray((across <= 1.0) & (z <= 1.0))
    return np.asarray(across + z <= 1.0)


def _within(shape: Shape, points: Points) -> NDArray[np.bool_]:
    centre = np.array(shape.centre_mm, dtype=np.float32)[:, None]
    radii = np.array(shape.radii_mm, dtype=np.float32)[:, None]
    away = points - centre
    if any(shape.turn_deg):
        away = _turn(shape.turn_deg).T @ away
    scaled = np.abs(away / radii)
    if shape.folds:
        scaled /= 1.0 + np.float32(shape.folds) * _undulation(points)
    match shape.form:
        case Form.ELLIPSOID:
            return np.asarray((scaled**2).sum(axis=0) <= 1.0)
        case Form.BOX:
            return np.asarray((scaled**_BOX_POWER).sum(axis=0) <= 1.0)
        case Form.CYLINDER:
            return np.asarray(((scaled[:2] ** 2).sum(axis=0) <= 1.0) & (scaled[2] <= 1.0))
        case Form.VERTEBRA:
            return _within_vertebra(scaled, away[1] / radii[1])


def _within_vertebra(scaled: Points, forward: NDArray[np.float32]) -> NDArray[np.bool_]:
    waist = WAIST + (1 - WAIST) * np.minimum(scaled[2], 1.0) ** 2
    across = (scaled[0] / waist) ** 2.6 + (scaled[1] / waist) ** 2.6
    hollow = 1.0 - 0.16 * np.maximum(1.0 - across, 0.0)
    return np.asarray((across <= 1.0) & (scaled[2] <= hollow) & (forward > -FLAT_BACK * waist))


def _turn(degrees: Triple) -> NDArray[np.float32]:
    matrix = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        matrix = rotation_about(axis, angle) @ matrix
    return matrix.astype(np.float32)


def _undulation(points: Points) -> NDArray[np.float32]:
    """A wavy field in -1..1, shape (n,): crossed sines, so that no fold runs straight."""
    x, y, z = points * np.float32(2 * np.pi / _FOLD_MM)
    waves = np.sin(x + 0.6 * np.sin(0.5 * y)) * np.sin(y + 0.5 * np.sin(0.4 * z)) + np.sin(z + 0.8 * np.sin(0.3 * x))
    return np.asarray(waves / 2, dtype=np.float32)
