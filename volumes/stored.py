"""What a reader hands on: an image in its stored axes, frames not read yet, and a label that says what it is.

Readers (NIfTI, dcm2niix, nicom) end here; `volumes/assemble.py` makes volumes from it. Frames are read one at a time,
so that a 4D series of a thousand frames costs the memory of one frame and of the few volumes that are made from it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from volumes.volume import Defect


class Part(StrEnum):
    """Which part of the complex signal an image shows, in the order in which they may stand for a series."""

    MAGNITUDE = "magnitude"
    REAL = "real"
    FIELDMAP = "fieldmap"  # in Hz
    PHASE = "phase"
    IMAGINARY = "imaginary"
    OVERLAY = "overlay"  # a drawn region, not an image


class FrameAxis(StrEnum):
    """What changes from frame to frame of a 4D image."""

    NONE = "none"  # one frame
    DIFFUSION = "diffusion"
    FUNCTIONAL = "functional"
    PERFUSION = "perfusion"
    ECHO = "echo"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StackLabel:
    """What one volume is among the volumes of its series; names and the policy are made from it.

    Attributes:
        part: magnitude unless the reader says otherwise.
        echo: 1-based echo number; None where the reader gives none.
        b_value: s/mm2 of a diffusion shell.
        frame: 1-based number of a single frame of a 4D image.
        mean: the volume is a mean over the frames of a 4D image.
        axis: what the frames were that it was taken from.
        variant: whatever else the reader calls it, in lower case.
    """

    part: Part = Part.MAGNITUDE
    echo: int | None = None
    b_value: float | None = None
    frame: int | None = None
    mean: bool = False
    axis: FrameAxis = FrameAxis.NONE
    variant: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class StoredImage:
    """One 3D or 4D image in its stored axes.

    Attributes:
        shape: voxels along the stored axes (I, J, K).
        affine: float64 (4, 4), stored voxel index to RAS+ mm.
        frames: how many; 1 for a 3D image.
        read: gives the frames one after the other, each float32 of shape (I, J, K).
        label: what the image is.
        b_values: s/mm2 of each frame; empty where unknown.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    frames: int
    read: Callable[[], Iterator[NDArray[np.float32]]]
    label: StackLabel = StackLabel()
    b_values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything that a reader found in one series."""

    images: tuple[StoredImage, ...]
    reader: str
    defects: tuple[Defect, ...] = ()
    sidecar: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
