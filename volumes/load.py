"""The one door: a NIfTI file, or the files of one DICOM series, to volumes. What a file is, is told by its content."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from common.errors import VolumeError
from volumes.assemble import assemble
from volumes.limits import DecodeLimits
from volumes.nifti import is_nifti, read_nifti
from volumes.volume import SeriesVolumes

__all__ = ["DecodeLimits", "load_path", "load_series"]

_NO_LIMITS_GIVEN = DecodeLimits()
_NO_ENTITIES: Mapping[str, str] = MappingProxyType({})


def load_series(
    files: Sequence[Path],
    *,
    limits: DecodeLimits = _NO_LIMITS_GIVEN,
    entities: Mapping[str, str] = _NO_ENTITIES,
) -> SeriesVolumes:
    """Every volume of one series, and which of them stands for it.

    Args:
        files: one .nii or .nii.gz file, or all files of one DICOM series; other files among the latter are skipped.
        limits: the time, memory and voxels that decoding may take.
        entities: BIDS entities of a NIfTI file, where known: "suffix" and "part" say what its frames are.

    Raises:
        VolumeError: the files hold no image, or one that cannot be decoded; the message says why and what to do.
    """
    if not files:
        raise VolumeError("No files came; expected those of one series.", remedy="Name the files of one series.")
    try:
        if len(files) == 1 and is_nifti(files[0]):
            return assemble(read_nifti(files[0], limits, entities))
        from volumes.dicom import load_dicom

        return load_dicom(files, limits)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise VolumeError(
            f"A file of the series cannot be read: {reason}.", remedy="Check that the files exist and are readable."
        ) from error


def load_path(path: Path) -> SeriesVolumes:
    """Every volume of the series in `path`: a file, or the folder that holds the files of one DICOM series.

    Raises:
        VolumeError: there is nothing at `path`, or no image in it.
    """
    if path.is_dir():
        files = sorted(child for child in path.iterdir() if child.is_file() and not child.name.startswith("."))
        if not files:
            raise VolumeError("The folder holds no files.", remedy="Name a folder that holds one DICOM series.")
        return load_series(files)
    if not path.exists():
        raise VolumeError(f"There is no file or folder {path}.", remedy="Check the path.")
    return load_series([path])
