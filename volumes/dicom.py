"""One DICOM series to volumes: dcm2niix, and nicom where that fails."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from common.errors import VolumeError
from volumes.assemble import assemble
from volumes.dcm2niix import ConversionError, convert
from volumes.dcm2niix_output import read_outputs
from volumes.dicom_files import Selection, select_images
from volumes.limits import DecodeLimits
from volumes.stored import Part, StoredImage
from volumes.volume import Defect, SeriesVolumes, Severity


def load_dicom(files: Sequence[Path], limits: DecodeLimits) -> SeriesVolumes:
    """The volumes of one DICOM series.

    Raises:
        VolumeError: the files hold no image, belong to several series, or no reader can decode them.
    """
    selection = select_images(files)
    try:
        with convert([one.path for one in selection.instances], limits) as conversion:
            reading = read_outputs(conversion.images, limits)
            found = (*selection.defects, *reading.defects, *_dropped_slices(selection, reading.images))
            return assemble(replace(reading, defects=found))
    except ConversionError as error:
        return _fall_back(selection, limits, error)


def _fall_back(selection: Selection, limits: DecodeLimits, why: ConversionError) -> SeriesVolumes:
    from volumes.nicom import read_series  # pydicom is slow to import, and mostly not needed

    try:
        reading = read_series(selection.instances, limits)
        fallback = Defect("reader-fallback", Severity.WARNING, f"{why.message} The series was read with nicom.")
        return assemble(replace(reading, defects=(fallback, *selection.defects, *reading.defects)))
    except VolumeError as error:
        raise VolumeError(f"{why.message} {error.message}", remedy=error.remedy) from why


def _dropped_slices(selection: Selection, images: Sequence[StoredImage]) -> tuple[Defect, ...]:
    """A defect where fewer slices came out than went in; only single-slice files can be counted."""
    if any(one.is_enhanced or one.is_mosaic for one in selection.instances):
        return ()
    came = sum(image.shape[2] * image.frames for image in images if image.label.part is not Part.OVERLAY)
    missing = len(selection.instances) - came
    if missing <= 0:
        return ()
    message = f"dcm2niix left out {missing} of {len(selection.instances)} slices."
    return (Defect("slices-dropped", Severity.WARNING, message),)
