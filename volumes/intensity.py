"""Intensities without a unit brought to one scale: MR values differ by scanner, coil and vendor scaling."""

import numpy as np
from numpy.typing import NDArray

# Air is half of many images and none of others: percentiles are taken over what is above the lowest value.
_LOW, _HIGH = 0.5, 99.5
_SAMPLE = 200_000  # percentiles of more voxels differ by less than 0.1 % of the range, and sorting is the cost


def normalise_intensity(voxels: NDArray[np.floating]) -> NDArray[np.float32]:
    """The voxels with their 0.5th percentile at 0 and their 99.5th at 1, clipped to [0, 1], float32 of the same shape.

    Percentiles are of the voxels above the lowest value (masked-out background does not count). A constant image
    becomes 0. An affine change of the input, `a * voxels + b` with a > 0, leaves the result as it is.

    >>> normalise_intensity(np.array([0.0, 10.0, 20.0, 30.0], dtype=np.float32)).round(2).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    values = np.asarray(voxels, dtype=np.float32)
    low, high = robust_range(values)
    if high <= low:
        return np.zeros(values.shape, dtype=np.float32)
    scaled = (values - np.float32(low)) / np.float32(high - low)
    return np.clip(scaled, 0.0, 1.0, out=scaled)


def robust_range(voxels: NDArray[np.float32]) -> tuple[float, float]:
    """The 0.5th and 99.5th percentile of the voxels above the lowest one; (low, low) for a constant image.

    Large images are sampled at regular steps, so that the same voxels give the same range.
    """
    flat = voxels.ravel()
    lowest = float(flat.min())
    sample = flat[:: max(flat.size // _SAMPLE, 1)]
    foreground = sample[sample > lowest]
    if not foreground.size:  # a few bright voxels between the sampled ones, or none
        foreground = flat[flat > lowest]
    if not foreground.size:
        return lowest, lowest
    low, high = np.percentile(foreground, (_LOW, _HIGH))
    return (float(low), float(high)) if high > low else (lowest, float(foreground.max()))
