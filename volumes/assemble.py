"""From stored images to the volumes of a series: frames reduced, axes in RAS+, names given, one chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.frames import plan_frames, reduce_frames
from volumes.geometry import slice_plane
from volumes.health import affine_defects, repair_voxels, voxel_defects
from volumes.orientation import closest_ras, closest_ras_affine
from volumes.policy import Candidate, choose
from volumes.stacks import stack_names
from volumes.stored import Reading, StackLabel, StoredImage
from volumes.volume import Defect, SeriesVolumes, Volume


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """One volume before it has its name."""

    label: StackLabel
    voxels: NDArray[np.float32]
    stored: StoredImage
    defects: tuple[Defect, ...]


def assemble(reading: Reading) -> SeriesVolumes:
    """The volumes of a series, in the order in which they are stored.

    Raises:
        VolumeError: the reader found no image, or an image has no finite voxel.
    """
    made = [one for image in reading.images for one in _volumes_of(image)]
    if not made:
        raise VolumeError("No image came from the reader.", remedy="Check that the files hold an MRI series.")
    names = stack_names([one.label for one in made], [one.stored.affine for one in made])
    volumes = tuple(
        Volume(one.voxels, closest_ras_affine(one.stored.shape, one.stored.affine), name)
        for one, name in zip(made, names, strict=True)
    )
    index, policy = choose([_candidate(one, order) for order, one in enumerate(made)])
    found = [*reading.defects, *(defect for one in made for defect in one.defects)]
    return SeriesVolumes(
        volumes=volumes,
        representative=index,
        policy=policy,
        reader=reading.reader,
        defects=_distinct(found),
        sidecar=MappingProxyType(dict(reading.sidecar)),
    )


def _volumes_of(image: StoredImage) -> Iterator[_Made]:
    groups = plan_frames(image)
    about_affine = affine_defects(image.affine)
    for group, voxels in zip(groups, reduce_frames(image.read(), groups), strict=True):
        repaired = repair_voxels(voxels)
        ras = closest_ras(repaired.voxels, image.affine)
        yield _Made(group.label, ras, image, (*about_affine, *repaired.defects, *voxel_defects(ras)))


def _candidate(made: _Made, order: int) -> Candidate:
    # Readers store the slice axis third; RAS+ order hides it.
    return Candidate(made.label, slice_plane(made.stored.affine[:3, 2]), made.stored.shape[2], order)


def _distinct(defects: Sequence[Defect]) -> tuple[Defect, ...]:
    """Each finding once, in the order found: several volumes of a series mostly share theirs."""
    return tuple(dict.fromkeys(defects))
