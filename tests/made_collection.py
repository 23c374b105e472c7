"""A collection that nobody indexed: made rows and vectors in the real files, at any size, all known in advance."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.atomic import sha256_of_file, write_json, write_text
from encoders.contract import TextTower, TowerSpec
from encoders.hashed_text import HashedTextTower
from encoders.statistics import StatisticsTower
from encoders.text_folder import save_text_tower
from indexer.layout import MANIFEST_FILE, REPORTS_FILE, SCHEMA_VERSION, SERIES_FILE, Layout, index_file
from indexer.manifest import ChannelEntry, Counts, EncoderEntry, FileEntry, Manifest, SourceEntry
from indexer.records import Channel
from indexer.schema import REPORT_COLUMNS, SERIES_COLUMNS, row_id_of
from indexer.tables import table_columns, write_reports, write_series

SEQUENCES = ("T1", "T2", "FLAIR", "DWI")
REGIONS = ("brain", "spine", "prostate")
PLANES = ("axial", "sagittal", "coronal")
FINDINGS = ("no abnormality", "white matter lesions", "disc herniation", "a suspicious lesion", "oedema")
SERIES_A_STUDY = 4
STUDIES_A_PATIENT = 2


class MadeCollection:
    """Where it is, and all that is in it. No dataclass: Hypothesis would print every row of it."""

    def __init__(self, path: Path, series: list[dict[str, Any]], passages: list[dict[str, Any]]) -> None:
        self.path = path
        self.series = series
        self.passages = passages
        self.vectors: dict[Channel, dict[int, NDArray[np.float32]]] = {}

    def __repr__(self) -> str:
        return f"MadeCollection({len(self.series)} series)"


def make_collection(
    path: Path,
    *,
    series: int = 60,
    seed: int = 0,
    text: TextTower | None = None,
    aligned: bool = False,
    encoded: bool = True,
    channels: Sequence[Channel] = tuple(Channel),
    sources: Sequence[SourceEntry] = (),
    extra: dict[str, list[Any]] | None = None,
) -> MadeCollection:
    """Writes a collection of `series` series in studies of 4 and patients of 8.

    Every third study has no report, one report has no study, every fifth series no age, and the first no image vector.
    Cards repeat, so that ties are the rule.

    Args:
        text: the text tower that it carries; hashed words by default.
        aligned: whether image vectors live in the text tower's space.
        encoded: encode cards and passages; otherwise their vectors are random (fast, for large collections).
        extra: columns of a user's table.
    """
    rng = np.random.default_rng(seed)
    text = text or HashedTextTower(64)
    rows, passages = _series_rows(series, rng), _passage_rows(series, rng)
    made = MadeCollection(path, rows, passages)
    snapshot = Layout(path).snapshot(1)
    snapshot.mkdir(parents=True)
    save_text_tower(text, Layout(path).tower(text.spec.fingerprint))
    extras = [{name: values[place] for name, values in (extra or {}).items()} for place in range(series)]
    write_series(snapshot / SERIES_FILE, zip(rows, extras, strict=True), table_columns(extras))
    write_reports(snapshot / REPORTS_FILE, passages)
    image = StatisticsTower().spec
    if aligned:
        image = TowerSpec("made", "f" * 64, text.spec.dimension, text.spec.space)
    entries = {}
    for channel in channels:
        spec = image if channel is Channel.IMAGE else text.spec
        owners = passages if channel is Channel.REPORT else rows[1 if channel is Channel.IMAGE else 0 :]
        if channel is Channel.IMAGE or not encoded:
            vectors = _random_vectors(len(owners), spec.dimension, rng)
        else:
            column = "text" if channel is Channel.REPORT else "card"
            vectors = text.encode([row[column] for row in owners])
        made.vectors[channel] = dict(zip((row["row_id"] for row in owners), vectors, strict=True))
        _write_index(snapshot / index_file(channel), made.vectors[channel], spec.dimension)
        entries[channel.value] = ChannelEntry(
            index_file(channel), len(owners), spec.dimension, spec.name, spec.fingerprint, spec.space
        )
    _write_manifest(path, snapshot, entries, text.spec, image, sources, made)
    return made


def seal(path: Path) -> None:
    """Writes the manifest's hashes anew, after a test has changed a file of the snapshot on purpose."""
    import json

    snapshot = Layout(path).snapshot(1)
    raw = json.loads((snapshot / MANIFEST_FILE).read_text())
    for name, entry in raw["files"].items():
        file = snapshot / name
        entry |= {"sha256": sha256_of_file(file), "size_bytes": file.stat().st_size}
    write_json(snapshot / MANIFEST_FILE, raw)


def _series_rows(count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    for place in range(count):
        study = place // SERIES_A_STUDY
        sequence, region, plane = (str(rng.choice(names)) for names in (SEQUENCES, REGIONS, PLANES))
        series_id = f"ser-{place:016x}"
        values = dict.fromkeys((column.name for column in SERIES_COLUMNS), None) | {
            "row_id": row_id_of("series", series_id),
            "series_id": series_id,
            "study_id": f"stu-{study:016x}",
            "patient_id": f"pat-{study // STUDIES_A_PATIENT:016x}",
            "patient_known": True,
            "source": "made",
            "path": f"study-{study}/series-{place}.nii.gz",
            "format": "nifti",
            "card": f"{plane} {sequence} {region}",
            "modality": "MR",
            "sequence": sequence,
            "region": region,
            "plane": plane,
            "contrast": bool(rng.random() < 0.3),
            "age_years": None if place % 5 == 0 else float(rng.integers(20, 90)),
            "sex": str(rng.choice(["F", "M"])),
            "study_date": f"20{study % 20:02d}-01-15",
            "field_strength_t": float(rng.choice([1.5, 3.0])),
            "tr_ms": float(rng.integers(300, 9000)),
            "slices": int(rng.integers(1, 200)),
            "series_description": f"{sequence.lower()}_{plane[:3]}",
        }
        rows.append(values)
    return rows


def _passage_rows(series: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    studies = -(-series // SERIES_A_STUDY)
    reports = [(f"stu-{study:016x}", f"pat-{study // STUDIES_A_PATIENT:016x}") for study in range(studies) if study % 3]
    rows = []
    for place, (study_id, patient_id) in enumerate([*reports, ("", "")]):
        report_id = f"rep-{place:016x}"
        for ordinal, section in enumerate(("findings", "impression")):
            rows.append(
                dict.fromkeys((column.name for column in REPORT_COLUMNS), None)
                | {
                    "row_id": row_id_of("passage", report_id, str(ordinal)),
                    "report_id": report_id,
                    "study_id": study_id,
                    "patient_id": patient_id,
                    "section": section,
                    "ordinal": ordinal,
                    "text": f"{section}: {rng.choice(FINDINGS)} of the {rng.choice(REGIONS)}",
                    "content_hash": f"{place:064x}",
                    "series": SERIES_A_STUDY if study_id else 0,
                }
            )
    return rows


def _random_vectors(count: int, dimension: int, rng: np.random.Generator) -> NDArray[np.float32]:
    vectors = rng.standard_normal((count, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _write_index(file: Path, vectors: dict[int, NDArray[np.float32]], dimension: int) -> None:
    import faiss

    row_ids = np.sort(np.fromiter(vectors, np.int64, len(vectors)))
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    index.add_with_ids(np.stack([vectors[row_id] for row_id in row_ids.tolist()]), row_ids)
    faiss.write_index(index, str(file))


def _write_manifest(
    path: Path,
    snapshot: Path,
    channels: dict[str, ChannelEntry],
    text: TowerSpec,
    image: TowerSpec,
    sources: Sequence[SourceEntry],
    made: MadeCollection,
) -> None:
    names = [SERIES_FILE, REPORTS_FILE, *(entry.file for entry in channels.values())]
    files = {name: FileEntry(sha256_of_file(snapshot / name), (snapshot / name).stat().st_size, 0) for name in names}
    tower = Layout(path).tower(text.fingerprint).relative_to(path).as_posix()
    aligned = image.space == text.space
    encoder = EncoderEntry("tiny", f"{image.name}+{text.name}", image.fingerprint[:16], aligned, tower)
    counts = Counts(len(made.series), 0, 0, 0, 0, 0, len(made.passages))
    manifest = Manifest(
        SCHEMA_VERSION, 1, "2026-01-01T00:00:00+00:00", "0", encoder, counts, tuple(sources), channels, files, "0" * 16
    )
    write_json(snapshot / MANIFEST_FILE, manifest.as_json())
    write_text(Layout(path).settings, 'made = "by hand"\n')
    write_text(Layout(path).current, "1\n")
