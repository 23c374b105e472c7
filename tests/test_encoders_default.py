"""The encoder that mrseek brings: how it is found, carried and found again, with a small model in its place; and the
model itself, as soon as it lies in the package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from common.errors import EncoderMismatchError, NotFoundError
from encoders import open as opening
from encoders.checkpoint import CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE, load_checkpoint
from encoders.open import DEFAULT_FOLDER, default_reference, open_again, open_encoder
from encoders.stored_weights import Stored, read_weights
from indexer.layout import Layout
from indexer.records import Channel
from indexer.run import index_archive
from indexer.session import EncoderOnDemand
from indexer.settings import find_settings
from retrieval.collection import Collection
from retrieval.query import Query, ScanPart, TextPart
from tests.encoder_cases import make_volume
from tests.encoder_conformance import PROJECT, assert_vectors, printed_by
from tests.planes_checkpoint import save_planes

LIMIT_BYTES = 45 << 20
MODEL = pytest.mark.skipif(
    not (DEFAULT_FOLDER / CONFIG_FILE).exists(), reason=f"the default model is not at {DEFAULT_FOLDER} yet"
)


@pytest.fixture
def default_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model where the default one lies, and a cache of its own."""
    folder = tmp_path / "package" / "default_model"
    save_planes(folder, stored=Stored.HALF)
    monkeypatch.setattr(opening, "DEFAULT_FOLDER", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def write_scans(folder: Path, count: int = 4) -> Path:
    import nibabel as nib

    folder.mkdir(exist_ok=True)
    for seed in range(count):
        volume = make_volume(seed)
        nib.save(nib.Nifti1Image(volume.voxels, volume.affine), folder / f"sub{seed}_T1w.nii.gz")  # type: ignore[attr-defined]
    return folder


def test_default_is_named_by_name_and_is_aligned(default_model: Path) -> None:
    encoder = open_encoder("default")
    assert default_reference() == encoder.reference == "default"
    assert encoder.aligned
    assert encoder.fingerprint == load_checkpoint(default_model).fingerprint


def test_without_the_model_baseline_stands_in_and_default_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "DEFAULT_FOLDER", tmp_path / "nothing")
    assert default_reference() == "baseline"
    with pytest.raises(NotFoundError, match=r'"default" is not at .*nothing.*"baseline"'):
        open_encoder("default")


def test_default_needs_no_package_of_texts(default_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("encoders.minilm.find_package", lambda: None)
    assert_vectors(open_encoder("default").text.encode(["axial T2", ""]), 2, 20)


def test_a_folder_that_is_gone_is_found_again_by_its_fingerprint(default_model: Path, tmp_path: Path) -> None:
    same = open_encoder("default").fingerprint
    gone = str(tmp_path / "old-environment" / "encoders" / "default_model")
    assert open_again(gone, same).reference == "default"
    with pytest.raises(NotFoundError, match="old-environment"):
        open_again(gone, "0" * 32)


def test_a_new_collection_takes_the_default_and_words_meet_voxels(default_model: Path, tmp_path: Path) -> None:
    archive, collection = write_scans(tmp_path / "scans"), tmp_path / "collection"
    index_archive([archive], collection)
    settings = find_settings(Layout(collection))
    assert settings is not None
    assert (settings.encoder, settings.aligned) == ("default", True)
    encoder = open_encoder("default")
    words = encoder.text.encode(["axial T1 brain"])[0]
    with Collection.open(collection) as opened:
        answer = opened.search(Query((TextPart("axial T1 brain"),), channels=(Channel.IMAGE,), k=4))
        assert answer.plan.channels == {"image": "answered, words against voxels"}
        for hit in answer.hits:  # each score is the cosine of the words and of the scan's own vector
            volume = opened.load_volume(hit.series)
            vector = encoder.image.encode(encoder.image.prepare(volume)[np.newaxis])[0]
            assert hit.score == pytest.approx(float(words @ vector), abs=1e-5)
        scores = [hit.score for hit in answer.hits]
        assert len(scores) == 4
        assert scores == sorted(scores, reverse=True)
        both = opened.search(Query((TextPart("axial T1 brain"),)))
    assert set(both.plan.channels) >= {"image", "card"}
    assert both.plan.fusion.startswith("the mean of standard scores, weighted (card 1, image 0.5)")
    assert both.hits[0].channel_scores.keys() == {"image", "card"}


def test_another_default_is_refused_with_a_way_out(default_model: Path, tmp_path: Path) -> None:
    """An update of mrseek brought another model; texts are still answered, by the tower that the collection carries."""
    archive, collection = write_scans(tmp_path / "scans"), tmp_path / "collection"
    index_archive([archive], collection)
    save_planes(default_model, stored=Stored.HALF, seed=1)
    for encoder in (None, "default"):
        with pytest.raises(EncoderMismatchError, match='"default" has') as caught:
            index_archive([archive], collection, encoder=encoder)
        assert "--collection" in caught.value.remedy
    scan = next(archive.iterdir())
    with Collection.open(collection) as opened:
        assert opened.search(Query((TextPart("T1"),), channels=(Channel.IMAGE,))).hits
        with pytest.raises(EncoderMismatchError, match="cannot be compared") as caught:
            opened.search(Query((ScanPart(scan),)))
        assert "--collection NEW" in caught.value.remedy


def test_a_collection_of_another_encoder_goes_on_with_it_and_refuses_default(
    default_model: Path, tmp_path: Path
) -> None:
    archive, collection = write_scans(tmp_path / "scans", 2), tmp_path / "collection"
    index_archive([archive], collection, encoder="tiny")
    write_scans(archive, 3)
    assert index_archive([archive], collection).indexed == 3
    with pytest.raises(EncoderMismatchError) as caught:
        index_archive([archive], collection, encoder="default")
    assert 'name "tiny", or index into a new collection' in caught.value.remedy


def test_the_encoder_of_a_collection_is_opened_again_wherever_mrseek_is(default_model: Path, tmp_path: Path) -> None:
    archive, collection = write_scans(tmp_path / "scans", 2), tmp_path / "collection"
    index_archive([archive], collection, encoder=str(default_model))  # by its folder, which is about to go
    settings = find_settings(Layout(collection))
    assert settings is not None
    moved = default_model.rename(default_model.parent / "moved")
    opening.DEFAULT_FOLDER = moved  # the fixture's monkeypatch puts the real one back
    assert EncoderOnDemand(None, settings).open().reference == "default"
    scan = next(archive.iterdir())
    with Collection.open(collection) as opened:
        assert opened.search(Query((ScanPart(scan),))).hits[0].score == pytest.approx(1.0, abs=1e-5)


def test_a_question_by_a_scan_does_not_import_torch(default_model: Path, tmp_path: Path) -> None:
    archive, collection = write_scans(tmp_path / "scans", 2), tmp_path / "collection"
    index_archive([archive], collection)
    code = (
        "import sys; from pathlib import Path; from encoders import open as opening;"
        "opening.DEFAULT_FOLDER = Path(sys.argv[1]);"
        "from retrieval.collection import Collection; from retrieval.query import Query, ScanPart, TextPart;"
        "opened = Collection.open(Path(sys.argv[2]));"
        "print(len(opened.search(Query((TextPart('T1'),))).hits));"
        "print(len(opened.search(Query((ScanPart(Path(sys.argv[3])),))).hits));"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    scan = next(archive.iterdir())
    assert printed_by(code, default_model, collection, scan).split() == ["2", "2", "[]"]


@MODEL
def test_the_model_is_small_whole_and_stored_once() -> None:
    files = {path.name: path.stat().st_size for path in DEFAULT_FOLDER.rglob("*") if path.is_file()}
    assert (
        {WEIGHTS_FILE, TOKENIZER_FILE, CONFIG_FILE}
        <= files.keys()
        <= {
            WEIGHTS_FILE,
            TOKENIZER_FILE,
            CONFIG_FILE,
            "README.md",
        }
    )
    assert sum(files.values()) <= LIMIT_BYTES, files
    for name, tensor in read_weights(DEFAULT_FOLDER / WEIGHTS_FILE, "", "np").items():
        assert np.isfinite(tensor).all(), name
        assert tensor.dtype == (np.float16 if tensor.ndim > 1 else np.float32), name


@MODEL
def test_the_model_keeps_the_contract() -> None:
    encoder = open_encoder("default")
    assert encoder.aligned
    prepared = np.stack([encoder.image.prepare(make_volume(seed)) for seed in range(2)])
    assert_vectors(encoder.image.encode(prepared), 2, encoder.image.spec.dimension)
    texts = encoder.text.encode(["axial FLAIR brain MRI", "sagittal T2 lumbar spine MRI", "knee MRI"])
    assert_vectors(texts, 3, encoder.text.spec.dimension)
    assert (texts @ texts.T)[np.triu_indices(3, 1)].max() < 0.9  # it tells them apart


@pytest.mark.slow
def test_a_wheel_holds_the_folder_of_the_default_model(tmp_path: Path) -> None:
    """Built from a copy of the tracked tree; until the model is there, with a stand-in for it."""
    import shutil

    pytest.importorskip("setuptools", minversion="77")
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", ".*_cache", "demo-output", "pools", "runs", "build", "*.egg-info")
    shutil.copytree(PROJECT, source, ignore=ignored)
    if not DEFAULT_FOLDER.exists():
        save_planes(source / "encoders" / "default_model", stored=Stored.HALF)
        (source / "encoders" / "words.json").unlink()
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir"]
    subprocess.run([*command, str(tmp_path / "wheel"), str(source)], check=True, capture_output=True)
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        found = {name.rpartition("/")[2] for name in packed.namelist() if name.startswith("encoders/default_model/")}
    expected = {path.name for path in (source / "encoders" / "default_model").iterdir()}
    assert found == expected >= {WEIGHTS_FILE, TOKENIZER_FILE, CONFIG_FILE}
