"""What a hit looks like: pictures for notebooks and pages."""

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from common.errors import UsageError

if TYPE_CHECKING:
    from retrieval.collection import Collection
    from retrieval.query import Hit


def orthogonal_slices(collection: "Collection", hit: "Hit") -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Three orthogonal mid-slices of a hit's scan, ready to be shown (see `volumes.slices.orthogonal_slices`).

    Raises:
        UsageError: the hit is a report.
        NotFoundError: the scan's files are no longer where they were indexed.
        VolumeError: they cannot be decoded.
    """
    if not hit.series:
        raise UsageError(f"Hit {hit.rank} is a report, which has no slices.", remedy="Search with target series.")
    from volumes.slices import orthogonal_slices as slices_of

    return slices_of(collection.load_volume(hit.series))
