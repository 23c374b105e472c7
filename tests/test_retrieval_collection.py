"""Collections: what is there, what is damaged, what another encoder made; asking with scans; what gets imported."""

import gc
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import EncoderMismatchError, IntegrityError, NotFoundError, UsageError, VolumeError
from encoders.open import open_encoder
from encoders.statistics import StatisticsTower
from indexer.layout import Layout
from indexer.manifest import SourceEntry
from indexer.records import Channel
from indexer.schema import row_id_of
from retrieval.collection import Collection
from retrieval.evidence import orthogonal_slices
from retrieval.query import Query, ScanPart, Target, TextPart, VectorPart
from tests.dicom_series import noise, truth, write_stack
from tests.made_collection import MadeCollection, make_collection, seal
from volumes.load import load_path

PROJECT = Path(__file__).resolve().parent.parent


def write_scan(path: Path, seed: int = 0) -> Path:
    nibabel = pytest.importorskip("nibabel")
    voxels = np.random.default_rng(seed).integers(0, 500, (24, 28, 20)).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([2.0, 2.0, 4.0, 1.0])), path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    root = tmp_path_factory.mktemp("collection")
    for place in (0, 1):
        write_scan(root / f"archive/study-0/series-{place}.nii.gz", seed=place)
    source = SourceEntry("made", str(root / "archive"), "nifti")
    return make_collection(root / "made", series=24, sources=(source,))


def test_vectors_are_those_of_the_file_and_cannot_be_changed(made: MadeCollection) -> None:
    with Collection.open(made.path) as collection:
        for channel, wanted in made.vectors.items():
            found = collection.vectors(channel)
            assert len(found) == len(wanted) and found.vectors.dtype == np.float32
            for row_id, vector in zip(found.row_ids.tolist(), found.vectors, strict=True):
                assert vector.tobytes() == wanted[row_id].tobytes()
            with pytest.raises(ValueError, match="read-only"):
                found.vectors[0, 0] = 1


def test_vectors_outlive_the_collection(made: MadeCollection) -> None:
    with Collection.open(made.path) as collection:
        row_id = int(collection.vectors(Channel.CARD).row_ids[3])
        vectors = collection.vectors(Channel.CARD).vectors
    gc.collect()
    assert vectors[3].tobytes() == made.vectors[Channel.CARD][row_id].tobytes()


def test_series_table(made: MadeCollection) -> None:
    with Collection.open(made.path) as collection:
        table = collection.series_table(["series_id", "age_years"])
        assert table["series_id"].tolist() == [row["series_id"] for row in made.series]
        ages = table["age_years"]
        assert [None if masked else age for age, masked in zip(ages.data, ages.mask, strict=True)] == [
            row["age_years"] for row in made.series
        ]
        assert "evidence" not in collection.series_table()
        with pytest.raises(NotFoundError, match='"sequnce"'):
            collection.series_table(["sequnce"])


def test_a_snapshot_is_kept_while_another_is_published(made: MadeCollection, tmp_path: Path) -> None:
    other = make_collection(tmp_path / "made", series=8)
    with Collection.open(other.path) as collection:
        Layout(other.path).current.write_text("2\n")
        assert len(collection.search(Query((TextPart("T1"),), k=3)).hits) == 3
    with pytest.raises(IntegrityError):
        Collection.open(other.path)


def test_no_collection_and_no_channel(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no collection"):
        Collection.open(tmp_path / "nowhere")
    without = make_collection(tmp_path / "made", series=4, channels=(Channel.CARD,))
    with Collection.open(without.path) as collection, pytest.raises(NotFoundError, match="it has: card"):
        collection.vectors(Channel.IMAGE)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "another index", "fewer rows", "unknown row"])
def test_a_damaged_index_is_refused(tmp_path: Path, damage: str) -> None:
    """Even where the manifest's hash agrees: `verify` and `open` look at bytes, this looks at what they mean."""
    faiss = pytest.importorskip("faiss")
    made = make_collection(tmp_path / "made", series=12)
    file = Layout(made.path).snapshot(1) / "card.faiss"
    vectors = made.vectors[Channel.CARD]
    rows = np.fromiter(vectors, np.int64)
    stacked = np.stack(list(vectors.values()))
    match damage:
        case "truncated":
            file.write_bytes(file.read_bytes()[:200])
        case "garbage":
            file.write_bytes(b"\0" * 5000)
        case "another index":
            faiss.write_index(faiss.IndexFlatIP(64), str(file))
        case "fewer rows" | "unknown row":
            index = faiss.IndexIDMap2(faiss.IndexFlatIP(64))
            rows[0] = row_id_of("series", "another")
            kept = slice(1 if damage == "fewer rows" else 0, None)
            index.add_with_ids(stacked[kept], rows[kept])
            faiss.write_index(index, str(file))
    with pytest.raises(IntegrityError):
        Collection.open(made.path)
    seal(made.path)
    with Collection.open(made.path) as collection, pytest.raises(IntegrityError):
        collection.search(Query((TextPart("T1"),), channels=(Channel.CARD,)))


@pytest.mark.parametrize("channel", ["card", "image"])
def test_a_collection_of_another_encoder_is_refused(made: MadeCollection, tmp_path: Path, channel: str) -> None:
    other = make_collection(tmp_path / "made", series=8)
    manifest = Layout(other.path).snapshot(1) / "manifest.json"
    raw = json.loads(manifest.read_text())
    raw["channels"][channel]["fingerprint"] = "0" * 64
    manifest.write_text(json.dumps(raw))
    scan = Path(made.path.parent / "archive/study-0/series-0.nii.gz")
    part = TextPart("T1") if channel == "card" else ScanPart(scan)
    with Collection.open(other.path) as collection, pytest.raises(EncoderMismatchError, match="two encoders"):
        collection.search(Query((part,), channels=(Channel(channel),)))


def test_a_scan_is_asked_with_by_its_voxels(made: MadeCollection) -> None:
    scan = made.path.parent / "archive/study-0/series-1.nii.gz"
    tower = StatisticsTower()
    vector = tower.encode(tower.prepare(load_path(scan).chosen)[np.newaxis])[0]
    with Collection.open(made.path) as collection:
        by_scan = collection.search(Query((ScanPart(scan),), k=5))
        by_vector = collection.search(Query((VectorPart(vector, Channel.IMAGE),), k=5))
    assert by_scan.hits == by_vector.hits
    assert by_scan.plan.channels["image"] == "answered"


def test_an_encoder_that_was_moved_is_named_or_given(made: MadeCollection, tmp_path: Path) -> None:
    other = make_collection(tmp_path / "made", series=8)
    manifest = Layout(other.path).snapshot(1) / "manifest.json"
    raw = json.loads(manifest.read_text())
    raw["encoder"]["reference"] = "moved"
    manifest.write_text(json.dumps(raw))
    query = Query((ScanPart(made.path.parent / "archive/study-0/series-0.nii.gz"),), channels=(Channel.IMAGE,))
    with Collection.open(other.path) as collection, pytest.raises(NotFoundError, match="--encoder"):
        collection.search(query)
    answers = []
    for encoder in ("tiny", open_encoder("tiny")):
        with Collection.open(other.path, encoder=encoder) as collection:
            answers.append(collection.search(query).hits)
    assert answers[0] and answers[0] == answers[1]


def test_a_scan_is_asked_with_by_its_card(made: MadeCollection, tmp_path: Path) -> None:
    from retrieval.scan import find_scan

    scan = write_scan(tmp_path / "sub-01_T2w.nii.gz")
    found = find_scan(scan)
    card = found.card(found.load())
    assert "T2" in card
    with Collection.open(made.path) as collection:
        for query in (Query((ScanPart(scan),), Target.REPORT), Query((ScanPart(scan),), channels=(Channel.CARD,))):
            by_text = Query((TextPart(card),), query.target, query.channels)
            assert collection.search(query).hits == collection.search(by_text).hits


def test_a_scan_that_is_not_there_or_not_one(made: MadeCollection, tmp_path: Path) -> None:
    with Collection.open(made.path) as collection:
        with pytest.raises(NotFoundError):
            collection.search(Query((ScanPart(tmp_path / "missing.nii.gz"),)))
        (tmp_path / "brain").mkdir()
        with pytest.raises(UsageError, match=r"text:.*brain"):  # the word, where a folder happens to have its name
            collection.search(Query((ScanPart(tmp_path / "brain"),)))
        with pytest.raises(UsageError, match="holds 2 series"):
            collection.search(Query((ScanPart(made.path.parent / "archive"),)))


def test_a_truncated_scan_is_named(made: MadeCollection, tmp_path: Path) -> None:
    whole = write_scan(tmp_path / "whole.nii.gz").read_bytes()
    (tmp_path / "torn.nii.gz").write_bytes(whole[: len(whole) // 2])
    with Collection.open(made.path) as collection, pytest.raises(VolumeError, match=r"torn\.nii\.gz") as caught:
        collection.search(Query((ScanPart(tmp_path / "torn.nii.gz"),)))
    assert caught.value.remedy


def test_the_volume_and_slices_of_a_hit(made: MadeCollection) -> None:
    series_id = made.series[1]["series_id"]
    with Collection.open(made.path) as collection:
        volume = collection.load_volume(series_id)
        wanted = load_path(made.path.parent / "archive/study-0/series-1.nii.gz").chosen
        assert np.array_equal(volume.voxels, wanted.voxels) and np.array_equal(volume.affine, wanted.affine)
        query = Query((VectorPart(made.vectors[Channel.IMAGE][made.series[1]["row_id"]], Channel.IMAGE),), k=1)
        assert len(orthogonal_slices(collection, collection.search(query).hits[0])) == 3
        report = collection.search(Query((TextPart("lesion"),), Target.REPORT, k=1)).hits[0]
        with pytest.raises(UsageError, match="no slices"):
            orthogonal_slices(collection, report)
        with pytest.raises(NotFoundError, match="not where they were indexed"):
            collection.load_volume(made.series[10]["series_id"])


def test_dicom_series_that_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexed for real: the patient key says which of the folder's series a hit is."""
    from indexer.run import index_archive

    stacks = {}
    for number, series in enumerate(("1.2.3.10", "1.2.3.20")):
        stacks[series] = noise(4 + number, seed=number)
        write_stack(tmp_path / "archive", stacks[series], series=series, first_number=1 + 100 * number)
    index_archive([tmp_path / "archive"], tmp_path / "made", encoder="tiny")
    with Collection.open(tmp_path / "made") as collection:
        ids = collection.series_table(["series_id"])["series_id"].tolist()
        found = [collection.load_volume(series_id) for series_id in ids]
        wanted = [truth(voxels)[0] for voxels in stacks.values()]
        assert sorted(volume.voxels.shape for volume in found) == sorted(voxels.shape for voxels in wanted)
        assert all(any(np.array_equal(volume.voxels, voxels) for voxels in wanted) for volume in found)
        files = sorted((tmp_path / "archive").iterdir())
        assert collection.search(Query((TextPart("axial MRI"),), k=5)).plan.returned == 2
        assert len(files) == 9
        monkeypatch.setenv("MRSEEK_PATIENT_KEY", str(tmp_path / "another.key"))
        with pytest.raises(UsageError, match="no patient key"):
            collection.load_volume(ids[0])


def test_a_text_search_imports_nothing_heavy(made: MadeCollection) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from retrieval.collection import Collection\n"
        "from retrieval.query import Query, Target, TextPart\n"
        "with Collection.open(Path(sys.argv[1])) as collection:\n"
        "    for target in Target:\n"
        "        query = Query((TextPart('axial T1 brain'),), target, where='slices > 3', k=3)\n"
        "        assert collection.search(query).hits\n"
        "heavy = {'torch', 'transformers', 'sqlalchemy', 'pyarrow', 'pandas', 'nibabel', 'pydicom', 'onnx', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(made.path)],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.strip() == "[]"
