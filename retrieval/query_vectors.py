"""From the parts of a query to one unit vector for each channel that is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.channels import Source
from retrieval.query import Part, ScanPart, SeriesPart, TextPart, VectorPart
from retrieval.scan import Scan, find_scan
from retrieval.stored import StoredSeries
from retrieval.towers import Towers
from volumes.volume import SeriesVolumes

# Below this length the sum of unit vectors is rounding noise: its direction says nothing.
_VANISHED = 1e-4


@dataclass(slots=True)
class QueryEncoder:
    """Encodes parts; each text and each scan once, whatever number of channels asks for it."""

    towers: Towers
    stored: StoredSeries
    _words: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    _scans: dict[Path, tuple[Scan, SeriesVolumes]] = field(default_factory=dict)

    def combine(self, parts: Sequence[Part], sources: Sequence[Source], channel: Channel) -> NDArray[np.float32]:
        """The direction to search in: the weighted sum of the parts' unit vectors, scaled to length 1; float32, shape
        (dimension,).

        Raises:
            UsageError: the parts cancel out, or a vector does not fit the channel.
        """
        vectors = [self._vector(part, source, channel) for part, source in zip(parts, sources, strict=True)]
        total = sum(
            (part.weight * vector.astype(np.float64) for part, vector in zip(parts, vectors, strict=True)),
            start=np.zeros(len(vectors[0])),
        )
        length = float(np.linalg.norm(total))
        if length < _VANISHED * max(abs(part.weight) for part in parts):
            raise UsageError(
                "The parts of the query cancel out: nothing is left to look for.", remedy="Change a part or its weight."
            )
        return (total / length).astype(np.float32)

    def _vector(self, part: Part, source: Source, channel: Channel) -> NDArray[np.float32]:
        match part:
            case TextPart():
                return self._encode_text(part.text)
            case VectorPart():
                return _unit(part, self.stored.dimension(channel))
            case SeriesPart():
                return self.stored.vector(part.series_id, Channel.CARD if source is Source.CARD else Channel.IMAGE)
            case ScanPart():
                return (
                    self._encode_text(self._scan_card(part.path)) if source is Source.CARD else self._image(part.path)
                )

    def _encode_text(self, text: str) -> NDArray[np.float32]:
        if text not in self._words:
            self._words[text] = self.towers.text.encode([text])[0]
        return self._words[text]

    def _image(self, path: Path) -> NDArray[np.float32]:
        tower = self.towers.image
        _, volumes = self._scan(path)
        vector: NDArray[np.float32] = tower.encode(tower.prepare(volumes.chosen)[np.newaxis])[0]
        return vector

    def _scan_card(self, path: Path) -> str:
        scan, volumes = self._scan(path)
        return scan.card(volumes)

    def _scan(self, path: Path) -> tuple[Scan, SeriesVolumes]:
        if path not in self._scans:
            scan = find_scan(path)
            self._scans[path] = scan, scan.load()
        return self._scans[path]


def _unit(part: VectorPart, dimension: int) -> NDArray[np.float32]:
    vector = np.asarray(part.vector, dtype=np.float64)
    length = float(np.linalg.norm(vector)) if vector.ndim == 1 else 0.0
    if vector.shape != (dimension,) or not np.isfinite(length) or length == 0:
        raise UsageError(
            f"A vector of shape {vector.shape} and length {length:g} came; "
            f"expected shape ({dimension},), finite and not zero.",
            remedy=f"Take one of the {part.channel.value} channel's own vectors as a model.",
        )
    return (vector / length).astype(np.float32)
