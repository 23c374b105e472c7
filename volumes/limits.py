"""How much one series may cost: a damaged header must not take the machine with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What decoding one series may take.

    Attributes:
        seconds: wall time of the converter's child process; four series of 1,400 slices take one second each, so this
            is a hang.
        memory_bytes: address space of that process, and the most that its output may take on the RAM disk.
        voxels: of one volume; 2**28 is 1 GiB as float32 (a 645^3 cube).
    """

    seconds: float = 120.0
    memory_bytes: int = 4 << 30
    voxels: int = 1 << 28
