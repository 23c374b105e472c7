"""A few planes of a series without the rest: what a network that looks at planes needs, at a twentieth of the cost.

The tissues on the planes are found once (`look`), which is most of the work; they can then be scanned any number of
times, each with its own settings, tissues and imperfections (`expose`), at some hundred series a second and core.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from phantoms.patient_anatomy import PatientAnatomy
from phantoms.render import affine_of, sample, shape_of, visible_table, wrapped_around
from phantoms.sampling import average_signal
from phantoms.scanner import Imperfections, Window, bright_of, receive
from phantoms.scene import Acquisition
from phantoms.tissue_properties import TissueProperties
from volumes.planes import plane_places, stack_axis, stack_places

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """The tissues of the planes across one axis.

    Attributes:
        axis: across which the planes lie.
        voxels: their indices along it.
        labels: uint8, (X * sx, Y * sy, Z * sz), of the planes alone along `axis`.
        samples: sx, sy, sz.
        folded: voxels that wrap in at each end of the phase axis.
    """

    axis: int
    voxels: tuple[int, ...]
    labels: NDArray[np.uint8]
    samples: tuple[int, int, int]
    folded: int


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """The tissues on the planes of a geometry.

    Attributes:
        geometry: the acquisition whose grid it is; contrasts may replace its times, nothing else.
        shape: voxels of the whole series along X, Y, Z.
        spacing_mm: along X, Y, Z.
        axis: of the stack.
        phase_axis: along which folding has been done.
        parts: the stack's planes, then one plane across each other axis.
    """

    geometry: Acquisition
    shape: tuple[int, int, int]
    spacing_mm: Triple
    axis: int
    phase_axis: int
    parts: tuple[Sampled, ...]

    @property
    def extent_mm(self) -> Triple:
        """Of the whole series along X, Y, Z."""
        x, y, z = (size * step for size, step in zip(self.shape, self.spacing_mm, strict=True))
        return x, y, z

    def tissues(self) -> list[NDArray[np.uint8]]:
        """The tissue at about the middle of every voxel of the planes, in the order of `volumes.planes`."""
        planes: list[NDArray[np.uint8]] = []
        for part in self.parts:
            voxels = part.labels[tuple(slice(count // 2, None, count) for count in part.samples)]
            if part.folded:
                inner = range(part.folded, voxels.shape[self.phase_axis] - part.folded)
                voxels = np.take(voxels, inner, axis=self.phase_axis)
            planes += list(np.moveaxis(voxels, part.axis, 0))
        return planes


def look(patient: PatientAnatomy, geometry: Acquisition, scan: Imperfections) -> Glimpse:
    """The tissues on a geometry's planes, those that `volumes.planes.plane_places` names."""
    x_mm, y_mm, z_mm = (float(step) for step in np.linalg.norm(affine_of(patient, geometry)[:3, :3], axis=0))
    shape, axis = shape_of(geometry), stack_axis((x_mm, y_mm, z_mm))
    wanted = [(axis, tuple(stack_places(shape[axis])))]
    wanted += [(place.axis, (place.index,)) for place in plane_places(shape, axis) if place.axis != axis]
    parts = []
    for across, voxels in wanted:
        labels, grid, folded = sample(patient, geometry, scan, only={across: voxels})
        parts.append(Sampled(across, voxels, labels.numpy(), grid.samples, folded))
    return Glimpse(geometry, shape, (x_mm, y_mm, z_mm), axis, scan.phase_axis, tuple(parts))


def expose(
    glimpse: Glimpse,
    acquisition: Acquisition,
    scan: Imperfections,
    seed: int,
    properties: TissueProperties | None = None,
) -> list[NDArray[np.float32]]:
    """The planes as scanned, in the order of `volumes.planes.plane_places`.

    Args:
        glimpse: the tissues.
        acquisition: settings on the glimpse's geometry.
        scan: imperfections; the phase axis is that of the glimpse.
        seed: of the noise.
        properties: of the person's tissues; the table's where it is not given.
    """
    table = torch.from_numpy(visible_table(acquisition, properties).astype(np.float32))
    signals = [
        wrapped_around(
            average_signal(torch.from_numpy(part.labels), table, part.samples), glimpse.phase_axis, part.folded
        )
        for part in glimpse.parts
    ]
    bright = bright_of(signals[0])
    planes: list[NDArray[np.float32]] = []
    for number, (part, signal) in enumerate(zip(glimpse.parts, signals, strict=True)):
        everything = [range(size) for size in glimpse.shape]
        x, y, z = (part.voxels if along == part.axis else all_of for along, all_of in enumerate(everything))
        window = Window((x, y, z), glimpse.shape, bright)
        received = receive(signal, acquisition, scan, seed + number, window).numpy()
        planes += list(np.moveaxis(received, part.axis, 0))
    return planes
