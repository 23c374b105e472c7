"""The inside of a skull whose brain is not labelled: fluid, cortex, white matter, cerebellum, brainstem."""

import numpy as np
from numpy.typing import NDArray

from phantoms.filling import paint_ball
from phantoms.tissue_map import Labels, Mask, grown, shrunk
from phantoms.tissues import Tissue

_COARSE = 3  # the cavity is looked for on a grid this many times as coarse
_FOLD_MM = 3.2


def fill_cranium(labels: Labels, skull: Mask, foramen: NDArray[np.float64], mm: float) -> None:
    """Paints the inside of the skull, in place.

    Args:
        labels: with the skull as bone.
        skull: its voxels, maybe cut at the top.
        foramen: the voxel in the middle of the foramen magnum.
        mm: spacing.
    """
    inside = _cavity(skull, foramen, mm) & (labels == Tissue.AIR)
    if not inside.any():
        return
    labels[inside] = Tissue.CSF
    waves = _waves(labels.shape, mm)
    cortex, white, deep = shrunk(inside, 2.2, mm), shrunk(inside, 5.5, mm), shrunk(inside, 19, mm)
    labels[cortex & ((waves > 0.14) | deep)] = Tissue.GREY_MATTER
    labels[white & ((waves > 0.5) | deep)] = Tissue.WHITE_MATTER
    behind = foramen + np.array((0, -22, 32)) / mm
    cerebellum = np.zeros(labels.shape, dtype=bool)
    seat = np.ascontiguousarray(labels)
    for radii, tissue in (((54, 34, 30), Tissue.CSF), ((51, 31, 27), Tissue.GREY_MATTER)):
        paint_ball(seat, behind, radii, mm, tissue=tissue, where=cortex)
    paint_ball(cerebellum.view(np.uint8), behind, (44, 24, 20), mm, tissue=1)
    leaves = np.abs(np.sin(np.arange(labels.shape[2]) * mm / 1.9 + 0.0)) > 0.6
    labels[cerebellum & cortex & leaves[None, None, :] & (waves > 0)] = Tissue.WHITE_MATTER
    for up, radii in ((6, (8, 7, 16)), (30, (15, 13, 16)), (52, (16, 11, 14))):  # medulla, pons, midbrain
        centre = foramen + np.array((0, 3 + 0.28 * up, up)) / mm
        paint_ball(labels, centre, (radii[0] + 4, radii[1] + 4, radii[2]), mm, tissue=Tissue.CSF, where=inside)
        paint_ball(labels, centre, radii, mm, tissue=Tissue.WHITE_MATTER, where=inside)
    paint_ball(labels, foramen + np.array((0, -4, 36)) / mm, (6, 5, 12), mm, tissue=Tissue.CSF, where=inside)


def _cavity(skull: Mask, foramen: NDArray[np.float64], mm: float) -> Mask:
    """What bone keeps in, reached from above the foramen; holes of the skull base narrower than a few mm are shut."""
    closed = _coarse(grown(skull, 3.0, mm))
    closed[:, :, : int(foramen[2] / _COARSE)] = True
    reached = np.zeros(closed.shape, dtype=bool)
    start = (foramen + np.array((0, -10, 45)) / mm) / _COARSE
    x, y, z = (int(np.clip(value, 1, size - 2)) for value, size in zip(start, closed.shape, strict=True))
    reached[x - 1 : x + 2, y - 1 : y + 2, z - 1 : z + 2] = True
    for _ in range(200):
        more = grown(reached, 1.0, 1.0) & ~closed
        if (more == reached).all():
            break
        reached = more
    fine = reached.repeat(_COARSE, 0).repeat(_COARSE, 1).repeat(_COARSE, 2)
    whole = np.zeros(skull.shape, dtype=bool)
    part = fine[: skull.shape[0], : skull.shape[1], : skull.shape[2]]
    whole[: part.shape[0], : part.shape[1], : part.shape[2]] = part
    inside = grown(whole, 5.5, mm) & ~skull
    inside[:, :, : int(foramen[2])] = False
    return inside


def _coarse(mask: Mask) -> Mask:
    sizes = [size // _COARSE * _COARSE for size in mask.shape]
    blocks = mask[: sizes[0], : sizes[1], : sizes[2]]
    nx, ny, nz = (size // _COARSE for size in sizes)
    return np.asarray(blocks.reshape(nx, _COARSE, ny, _COARSE, nz, _COARSE).mean(axis=(1, 3, 5)) > 0.5)


def _waves(shape: tuple[int, ...], mm: float) -> NDArray[np.float64]:
    """A field of 0 on winding sheets, the sulci, that grows to 1 between them."""
    x, y, z = (axis * mm / _FOLD_MM for axis in np.ogrid[tuple(slice(0, size) for size in shape)])
    first = np.sin(0.55 * x + 1.3 * np.sin(0.37 * y) + 0.8 * np.sin(0.3 * z))
    second = np.sin(0.5 * y + 1.2 * np.sin(0.41 * z)) + np.sin(0.52 * z + 1.4 * np.sin(0.33 * x))
    return np.asarray(np.abs(first + 0.6 * second))
