"""Made-up series for tests of header normalisation: a header out of a few tags, a path, BIDS entities."""

from collections.abc import Mapping

from indexer.header.normalise import normalise_header
from indexer.records import FileStat, FoundSeries, Geometry, SeriesHeader, SourceKind

# 512 mm wide: too large for a head, so that no rule about size has a say unless a test asks for it.
BODY = Geometry((256, 256, 20), (2.0, 2.0, 4.0), "axial", 0.0, 20, 4.0, 2.0, 1)
HEAD = Geometry((192, 240, 240), (1.0, 1.0, 1.0), "3d", 0.0, 192, 1.0, 1.0, 1)
HEAD_SLICES = Geometry((240, 240, 30), (1.0, 1.0, 5.0), "axial", 0.0, 30, 5.0, 1.0, 1)
CORD_COLUMN = Geometry((40, 40, 12), (1.0, 1.0, 8.0), "axial", 0.0, 12, 8.0, 1.0, 1)


def header_of(
    description: str = "",
    *,
    path: str = "0001",
    entities: Mapping[str, str] | None = None,
    sidecar: Mapping[str, object] | None = None,
    extra: Mapping[str, str | float | int | bool | None] | None = None,
    geometry: Geometry = BODY,
    **tags: str,
) -> SeriesHeader:
    """The header of a series with this SeriesDescription and further tags by keyword."""
    found = FoundSeries(
        kind=SourceKind.BIDS if entities else SourceKind.DICOM,
        key="1.2.3",
        path=path,
        files=(FileStat(path, 1, 1),),
        tags={"SeriesDescription": description, **tags},
        entities=entities or {},
        extra=extra or {},
    )
    return normalise_header(found, sidecar or {}, geometry)
