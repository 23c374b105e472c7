from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from common.errors import UsageError
from encoders.convnet3d import ConvSettings
from encoders.vit3d import Stem, ViTSettings
from tests.training_cases import CONTRASTIVE, write_config
from training.config import plain_config, read_train_config
from training.contrastive_config import ContrastiveConfig
from training.devices import TrainingPrecision
from training.typed_toml import typed

PROJECT = Path(__file__).resolve().parent.parent


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    size: tuple[int, int]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner
    rate: float = 1.0
    colour: Colour = Colour.RED
    place: Path | None = None
    flag: bool = False


def test_tables_become_dataclasses() -> None:
    raw = {"inner": {"size": [1, 2], "names": ["a"]}, "rate": 3, "colour": "blue", "place": "here", "flag": True}
    assert typed(Outer, raw, "x", Path("/base")) == Outer(
        Inner((1, 2), ("a",)), 3.0, Colour.BLUE, Path("/base/here"), True
    )
    assert typed(Outer, {"inner": {"size": [1, 2]}}, "x") == Outer(Inner((1, 2)))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"inner": {"size": [1, 2]}, "rat": 1.0}, 'Did you mean "rate"?'),
        ({"inner": {"size": [1, 2], "nams": []}}, '"names"'),
        ({"inner": {"size": [1]}}, "expected 2"),
        ({"inner": {"size": [1, "2"]}}, r"size\[1\] is '2'; expected int"),
        ({}, "inner is missing"),
        ({"inner": 3}, "expected a table"),
        ({"inner": {"size": [1, 2]}, "colour": "bleu"}, '"blue"'),
        ({"inner": {"size": [1, 2]}, "flag": 1}, "expected bool"),
        ({"inner": {"size": [1, 2]}, "rate": True}, "expected float"),
        ({"inner": {"size": 3}}, "expected a list"),
    ],
)
def test_what_is_wrong_is_named(raw: dict, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        typed(Outer, raw, "x")


def test_a_configuration_of_stage_2(tmp_path: Path) -> None:
    config = read_train_config(write_config(tmp_path))
    assert isinstance(config, ContrastiveConfig)
    assert config.image.settings == ViTSettings((16, 16, 16), (8, 8, 8), width=24, depth=1, heads=2)
    assert config.data.train == (tmp_path / "pool",)
    assert config.run.precision is TrainingPrecision.FLOAT32
    assert plain_config(config)["image"]["settings"]["patch"] == [8, 8, 8]


def test_the_image_table_is_that_of_its_kind(tmp_path: Path) -> None:
    text = CONTRASTIVE.replace(
        "patch = [8, 8, 8]\nwidth = 24\ndepth = 1\nheads = 2",
        'kind = "convolutional"\nwidths = [8, 16]\nblocks = [1, 1]',
    )
    config = read_train_config(write_config(tmp_path, text))
    assert config.image.settings == ConvSettings((16, 16, 16), widths=(8, 16), blocks=(1, 1))
    stem = read_train_config(
        write_config(tmp_path, CONTRASTIVE.replace("depth = 1", 'depth = 1\nstem = "convolutional"'))
    )
    assert stem.image.settings.stem is Stem.CONVOLUTIONAL  # type: ignore[union-attr]
    with pytest.raises(UsageError, match='"depth"'):
        read_train_config(write_config(tmp_path, CONTRASTIVE.replace("depth = 1", "dept = 1")))
    with pytest.raises(UsageError, match='"vit"'):
        read_train_config(write_config(tmp_path, CONTRASTIVE.replace("[image]", '[image]\nkind = "vitt"')))


def test_an_unknown_stage_and_a_contradiction_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='"contrastive"'):
        read_train_config(write_config(tmp_path, stage='"contrastve"'))
    with pytest.raises(UsageError, match="tuned_layers = -1"):
        read_train_config(write_config(tmp_path, tuned_layers="0"))
    with pytest.raises(UsageError, match="no TOML"):
        read_train_config(write_config(tmp_path, "stage = "))
    with pytest.raises(UsageError, match="cannot be read"):
        read_train_config(tmp_path / "missing.toml")


@pytest.mark.parametrize("path", sorted((PROJECT / "configs").glob("train-*.toml")), ids=lambda path: path.stem)
def test_the_shipped_configurations_are_valid(path: Path) -> None:
    assert read_train_config(path).name
    twin = path.with_name(f"{path.stem.removesuffix('-base')}-smoke.toml")  # large ones share the small one's
    assert path.stem.endswith("-smoke") or twin.exists()
