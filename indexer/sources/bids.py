"""BIDS data sets: our own walk, entity parser and inheritance of sidecars.

A data set is a folder with a dataset_description.json, at the source's root or below it. Its raw scans are series;
derivatives/ and sourcedata/ are left out and said so: they hold processed copies and originals of the same scans. To
have them, index that folder as a source of its own. Masks, label maps and other modalities are left out one by one.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from indexer.records import FileStat, FoundSeries, SkippedFile, SourceKind
from indexer.sources.bids_entities import BidsName, parse_name
from indexer.sources.bids_tables import BidsTables
from indexer.sources.found import Found
from indexer.sources.nifti import find_nifti_series, is_mask
from indexer.sources.reasons import SkipReason
from indexer.sources.sidecar import b_values, read_sidecar, sidecar_tags

DESCRIPTION = "dataset_description.json"
_OTHER_MODALITIES = frozenset({"pet", "eeg", "meg", "ieeg", "micr", "nirs", "motion", "mrs", "beh", "ct"})
_MASKS = frozenset({"mask", "dseg", "probseg", "defacemask", "labels"})
_LEFT_OUT = {"derivatives": SkipReason.DERIVATIVES, "sourcedata": SkipReason.SOURCEDATA}


def roots_of(stats: Iterable[FileStat]) -> frozenset[str]:
    """Folders that are BIDS data sets, "" for the source; not those in derivatives/ or sourcedata/ of another."""
    folders = frozenset(stat.path.rpartition("/")[0] for stat in stats if PurePosixPath(stat.path).name == DESCRIPTION)
    return frozenset(folder for folder in folders if _outer_left_out(folder, folders) is None)


def root_of(path: str, roots: frozenset[str]) -> str | None:
    """The deepest data set that holds a file, None where none does."""
    folder = path.rpartition("/")[0]
    while folder not in roots:
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
    return folder


def left_out(path: str, root: str) -> SkippedFile | None:
    """The folder that a file of derivatives/ or sourcedata/ is left out with: derivatives pipeline by pipeline."""
    below = path.removeprefix(f"{root}/") if root else path
    first, *rest = below.split("/")
    if first not in _LEFT_OUT or not rest:
        return None
    folder = f"{first}/{rest[0]}" if first == "derivatives" and len(rest) > 1 else first
    return SkippedFile(f"{root}/{folder}" if root else folder, _LEFT_OUT[first])


def _outer_left_out(folder: str, folders: frozenset[str]) -> SkippedFile | None:
    """How a data set is left out by another one that it lies in."""
    outer = root_of(folder, folders - {folder}) if folder else None
    return None if outer is None else left_out(f"{folder}/{DESCRIPTION}", outer)


def find_bids_series(base: Path, root: str, stats: Sequence[FileStat], texts: Sequence[FileStat]) -> Found:
    """The MRI series of one data set.

    Args:
        base: the folder that paths are relative to.
        root: the data set's folder relative to `base`, "" for `base` itself.
        stats: the NIfTI files below it that belong to no deeper data set and are not left out.
        texts: the JSON and .bval files that belong to it.
    """
    dataset = _Dataset(base, root, texts)
    series: list[FoundSeries] = []
    skipped: dict[str, SkippedFile] = {}
    not_bids: list[FileStat] = []
    for stat in stats:
        below = stat.path.removeprefix(f"{root}/") if root else stat.path
        name = parse_name(below)
        if name is None or "sub" not in name.entities:
            not_bids.append(stat)
        elif reason := _reason_to_skip(below, name):
            skipped[stat.path] = SkippedFile(stat.path, reason)
        else:
            series.append(dataset.series(stat, below, name))
    return Found(tuple(series), tuple(skipped.values())) + find_nifti_series(base, not_bids, texts)


def _reason_to_skip(below: str, name: BidsName) -> SkipReason | None:
    datatype = PurePosixPath(below).parent.name
    if datatype in _OTHER_MODALITIES or name.suffix in _OTHER_MODALITIES:
        return SkipReason.OTHER_DATATYPE
    if name.suffix in _MASKS or is_mask(name.entities.get("desc", "")) or "label" in name.entities:
        return SkipReason.MASK
    return None


class _Dataset:
    """One data set's tables and sidecars."""

    def __init__(self, base: Path, root: str, texts: Iterable[FileStat]) -> None:
        self._base, self._root = base, root
        self._tables = BidsTables(base / root)
        self._sidecars: dict[str, list[tuple[BidsName, str]]] = {}  # folder -> its JSON files
        self._b_values: set[str] = set()
        self._read = lru_cache(maxsize=256)(lambda path: sidecar_tags(read_sidecar(base / path)))
        for text in texts:
            if text.path.endswith(".bval"):
                self._b_values.add(text.path)
            elif text.path.endswith(".json") and (name := parse_name(text.path)):
                self._sidecars.setdefault(str(PurePosixPath(text.path).parent), []).append((name, text.path))

    def series(self, stat: FileStat, below: str, name: BidsName) -> FoundSeries:
        subject = f"sub-{name.entities['sub']}"
        session = f"ses-{name.entities['ses']}" if "ses" in name.entities else ""
        patient = f"{self._root}/{subject}" if self._root else subject
        facts = self._tables.facts(below, subject, session)
        entities = {entity: label for entity, label in name.entities.items() if entity != "sub"}
        return FoundSeries(
            kind=SourceKind.BIDS,
            key=stat.path,
            path=stat.path,
            files=(stat,),
            patient_key=patient,
            study_key=f"{patient}/{session}" if session else patient,
            tags={**facts.tags, **self._tags(stat.path, name)},
            entities={**entities, "datatype": PurePosixPath(below).parent.name, "suffix": name.suffix},
            extra=facts.extra,
        )

    def _tags(self, path: str, name: BidsName) -> dict[str, str]:
        """Header text from all sidecars that apply: the nearer to the scan wins, then the one with more entities."""
        tags: dict[str, str] = {}
        for folder in self._folders(path):
            applying = [(other, file) for other, file in self._sidecars.get(folder, ()) if other.applies_to(name)]
            for _, file in sorted(applying, key=lambda pair: (len(pair[0].entities), pair[1])):
                tags.update(self._read(file))
        beside = path.removesuffix(".gz").removesuffix(".nii") + ".bval"
        if "DiffusionBValue" not in tags and beside in self._b_values and (values := b_values(self._base / beside)):
            tags["DiffusionBValue"] = values
        return tags

    def _folders(self, path: str) -> list[str]:
        """From the data set's folder down to the scan's."""
        folders = [str(folder) for folder in PurePosixPath(path).parents]
        top = self._root or "."
        return list(reversed(folders[: folders.index(top) + 1]))
