"""Pools of an indexed collection: the user's own series with their cards and reports."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from common.errors import MrseekError, UsageError
from retrieval.collection import Collection
from retrieval.tables import Table
from training.draws import generator
from training.pool_format import SampleLabels, SampleRow
from training.pool_write import PoolItem
from training.scan_variants import scan_variant
from training.texts import texts_of
from volumes.volume import Volume

_SERIES_A_SHARD = 128
_COLUMNS = ("series_id", "patient_id", "study_id", "region", "sequence", "plane", "contrast", "card")
_SIDES = re.compile(r"\b(left|right|links|rechts)\b")
_NO_PICTURE = frozenset({"localizer", "spectroscopy"})


@dataclass(frozen=True)
class CollectionSource:
    """The series of a collection, as far as they can be read from their archive.

    A series whose files are gone or damaged is left out of its shard: indexing has it in its ledger already.

    Attributes:
        path: the collection's folder.
        variants: how often each series comes: first as it is, then as `scan_variants.py` shows it.
        seed: of the variants.
    """

    path: Path
    variants: int = 1
    seed: int = 0

    @property
    def shards(self) -> int:
        """So many series a shard, in the order of patients."""
        return -(-len(self._series) // self._series_a_shard)

    @property
    def _series_a_shard(self) -> int:
        return max(1, _SERIES_A_SHARD // self.variants)

    @property
    def recipe(self) -> dict[str, Any]:
        """The collection and its snapshot."""
        with Collection.open(self.path) as collection:
            made = {"snapshot": collection.manifest.snapshot, "created_at": collection.manifest.created_at}
            more = {"variants": self.variants, "seed": self.seed} if self.variants > 1 else {}
            return {"kind": "collection", **made, "series": len(self._series), **more}

    def read(self, shard: int) -> Iterator[PoolItem]:
        """The series of a shard."""
        with Collection.open(self.path) as collection:
            for row in self._series[shard * self._series_a_shard : (shard + 1) * self._series_a_shard]:
                try:
                    volume = collection.load_volume(row["series_id"])
                except MrseekError:
                    continue
                yield from self._items(row, volume)

    def _items(self, row: dict[str, Any], volume: Volume) -> Iterator[PoolItem]:
        """The variants of a series, each a sample of its own of the same patient and study."""
        report = self._reports.get(row["study_id"], "")
        region, sequence = row["region"] or "", row["sequence"] or ""
        texts = texts_of(row["card"], report, region=region, sequence=sequence)
        may_mirror = not _SIDES.search(" ".join(texts.all).lower())
        for number in range(self.variants):
            sample = row["series_id"] if number == 0 else f"{row['series_id']}-{number}"
            labels = SampleLabels(
                sample=sample,
                patient=row["patient_id"],
                study=row["study_id"],
                region=region,
                sequence=sequence,
                plane=row["plane"] or "",
                contrast=bool(row["contrast"]),
            )
            random = generator(self.seed, "variant", row["series_id"], number)
            seen = volume if number == 0 else scan_variant(random, volume, may_mirror=may_mirror)
            yield PoolItem(seen, SampleRow(labels, texts))

    @cached_property
    def _series(self) -> list[dict[str, Any]]:
        with Collection.open(self.path) as collection:
            names = ", ".join(_COLUMNS)
            found = collection.tables.rows(f"SELECT {names} FROM series ORDER BY patient_id, study_id, series_id")
        rows = [dict(zip(_COLUMNS, values, strict=True)) for values in found]
        rows = [row for row in rows if row["sequence"] not in _NO_PICTURE]
        if not rows:
            raise UsageError(
                f"The collection {self.path} holds no series to train on.", remedy="Run `mrseek index` first."
            )
        return rows

    @cached_property
    def _reports(self) -> dict[str, str]:
        """By study, its reports' passages under their headers, as `texts.texts_of` reads them."""
        reports: dict[str, list[str]] = {}
        with Collection.open(self.path) as collection:
            if not collection.tables.columns(Table.REPORTS):
                return {}
            found = collection.tables.rows(
                "SELECT study_id, section, text FROM reports WHERE study_id <> '' ORDER BY report_id, ordinal"
            )
        for study, section, text in found:
            headed = text if section in {"text", "preamble"} else f"{section.upper()}:\n{text}"
            reports.setdefault(study, []).append(headed)
        return {study: "\n\n".join(parts) for study, parts in reports.items()}
