"""The one primitive: a solid of one tissue, and painting solids over one another onto a grid."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phantoms.tissues import Tissue

Labels = NDArray[np.uint8]
Points = NDArray[np.float32]  # (3, n): right, anterior, superior, mm
Triple = tuple[float, float, float]

_FOLD_MM = 15.0  # distance between neighbouring folds, about that of the brain's gyri
_BOX_POWER = 8  # the exponent of the superellipsoid: 2 is round, 8 is a box with rounded edges


class Form(StrEnum):
    """The outline of a solid."""

    ELLIPSOID = "ellipsoid"
    BOX = "box"
    CYLINDER = "cylinder"  # elliptical, along the head-foot axis


@dataclass(frozen=True, slots=True)
class Shape:
    """A solid of one tissue, aligned with the body's axes.

    Attributes:
        centre_mm, radii_mm: half-axes along right, anterior, superior.
        folds: how much the surface undulates, as a fraction of the radii; 0 is smooth.
        inside: paint only over these tissues; empty paints over anything.
    """

    tissue: Tissue
    centre_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    form: Form = Form.ELLIPSOID
    folds: float = 0.0
    inside: frozenset[Tissue] = frozenset()


def ball(centre_mm: tuple[float, float, float], radius_mm: float, tissue: Tissue) -> Shape:
    """A sphere."""
    return Shape(tissue, centre_mm, (radius_mm, radius_mm, radius_mm))


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
    box = tuple(
        slice(
            int(np.searchsorted(axis, middle - radius * reach)),
            int(np.searchsorted(axis, middle + radius * reach, side="right")),
        )
        for axis, middle, radius in zip(axes, shape.centre_mm, shape.radii_mm, strict=True)
    )
    here = labels[box]
    if here.size == 0:
        return
    points = np.stack(np.meshgrid(*(axis[part] for axis, part in zip(axes, box, strict=True)), indexing="ij"))
    inside = _within(shape, points.reshape(3, -1)).reshape(here.shape)
    if shape.inside:
        inside &= np.isin(here, [int(tissue) for tissue in shape.inside])
    here[inside] = shape.tissue


def _within(shape: Shape, points: Points) -> NDArray[np.bool_]:
    centre = np.array(shape.centre_mm, dtype=np.float32)[:, None]
    radii = np.array(shape.radii_mm, dtype=np.float32)[:, None]
    scaled = np.abs((points - centre) / radii)
    if shape.folds:
        scaled /= 1.0 + np.float32(shape.folds) * _undulation(points)
    match shape.form:
        case Form.ELLIPSOID:
            return np.asarray((scaled**2).sum(axis=0) <= 1.0)
        case Form.BOX:
            return np.asarray((scaled**_BOX_POWER).sum(axis=0) <= 1.0)
        case Form.CYLINDER:
            return np.asarray(((scaled[:2] ** 2).sum(axis=0) <= 1.0) & (scaled[2] <= 1.0))


def _undulation(points: Points) -> NDArray[np.float32]:
    """A wavy field in -1..1, shape (n,): crossed sines, so that no fold runs straight."""
    x, y, z = points * np.float32(2 * np.pi / _FOLD_MM)
    waves = np.sin(x + 0.6 * np.sin(0.5 * y)) * np.sin(y + 0.5 * np.sin(0.4 * z)) + np.sin(z + 0.8 * np.sin(0.3 * x))
    return np.asarray(waves / 2, dtype=np.float32)
