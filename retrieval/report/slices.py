"""Thumbnails of the series in a report's examples: patients' pixels, so made only where somebody asks for them."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from common.errors import MrseekError
from retrieval.evaluation.results import Evaluation
from retrieval.report.png import grey_png

if TYPE_CHECKING:
    from retrieval.collection import Collection
    from volumes.volume import Volume

SIDE = 128
"""Pixels of the longer side."""

_PLANES = ("axial", "coronal", "sagittal")  # in the order of `orthogonal_slices`


def slices_of(collection: "Collection", ids: Iterable[str]) -> dict[str, bytes]:
    """A PNG by id, for the ids that are of this collection and whose files can be read; the others are left out.

    Args:
        collection: where the series were indexed.
        ids: pseudonyms of series, or of studies and patients, which their first series stands for.
    """
    found = {}
    for name in dict.fromkeys(ids):
        for series in _series(collection, name):
            try:
                found[name] = grey_png(middle_slice(collection.load_volume(series)))
            except MrseekError:  # gone, or not to be decoded: the page counts them
                continue
    return found


def example_ids(evaluation: Evaluation) -> list[str]:
    """The ids of all queries and hits in the examples, each once."""
    examples = (one for result in evaluation.tasks for one in result.examples)
    return list(dict.fromkeys(item.id for one in examples for item in (one.query, *one.hits)))


def middle_slice(volume: "Volume", side: int = SIDE) -> NDArray[np.uint8]:
    """The middle slice in the plane of acquisition (axial for 3D), radiological display, square pixels.

    The 0.5th percentile of the volume is black, the 99.5th white. uint8, shape (rows, columns), the longer is `side`.
    """
    from volumes.geometry import geometry_of
    from volumes.resample import axis_weights
    from volumes.slices import orthogonal_slices

    plane = geometry_of(volume).plane
    picture = orthogonal_slices(volume)[_PLANES.index(plane) if plane in _PLANES else 0]
    scale = side / max(picture.shape)
    height, width = (max(round(pixels * scale), 1) for pixels in picture.shape)
    down = axis_weights(picture.shape[0], height, picture.shape[0] / height)
    across = axis_weights(picture.shape[1], width, picture.shape[1] / width)
    return np.rint(np.clip(down @ picture @ across.T, 0.0, 1.0) * 255.0).astype(np.uint8)


def _series(collection: "Collection", name: str) -> Iterator[str]:
    """The series that stands for an id, if any does."""
    rows = collection.tables.rows(
        "SELECT series_id FROM series WHERE ? IN (series_id, study_id, patient_id) ORDER BY series_id LIMIT 1", [name]
    )
    yield from (row[0] for row in rows)
