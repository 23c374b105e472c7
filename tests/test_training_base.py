"""The configuration of the paper's size: it trains, is checkpointed and goes on, on what hardware there is."""

from pathlib import Path

import pytest
import torch

from encoders.framing import Framing
from encoders.image_kinds import build_image_module
from tests.training_cases import MadeSource, write_config
from training.config import read_train_config
from training.pool_write import write_pool
from training.run import run_training
from training.run_folder import RunFolder

CONFIGS = Path(__file__).resolve().parent.parent / "configs"


@pytest.mark.parametrize("name", ["train-contrastive-base", "train-selfsup-base"])
def test_the_tower_is_of_the_papers_size(name: str) -> None:
    settings = read_train_config(CONFIGS / f"{name}.toml").image.settings  # type: ignore[union-attr]
    with torch.device("meta"):
        size = sum(one.numel() for one in build_image_module(settings).parameters())
    assert 85e6 < size < 92e6


@pytest.mark.slow
def test_vit_base_trains_and_resumes(tmp_path: Path) -> None:
    """The configuration itself, all 86 M parameters of the tower and gradient checkpointing, on a grid of 32 and two
    series a step, so that two cores do.
    """
    write_pool(tmp_path / "pool", MadeSource(3), Framing((32, 32, 32)))
    text = (CONFIGS / "train-contrastive-base.toml").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("weights"))
    changed = {"train": '["pool"]', "shape": "[32, 32, 32]", "series": "2", "texts": "8", "held_out": "0.0"}
    changed |= {"average": "0.0", "log_every": "1", "save_every": "2", "steps": "3", "precision": '"float32"'}
    config = write_config(tmp_path, text.replace("[run]", '[run]\nprecision = ""'), **changed)
    config.write_text("\n".join(line.split(" # ")[0] for line in config.read_text().splitlines()))
    summary = run_training(config, tmp_path / "run", steps=2)
    summary = run_training(config, tmp_path / "run", resume=True)
    lines = RunFolder(tmp_path / "run").lines()
    assert summary.step == 3 and [line["step"] for line in lines] == [1, 2, 3]
    assert all(line["gradient_norm"] > 0 for line in lines)
    state = RunFolder(tmp_path / "run").load()["module"]
    assert sum(value.numel() for name, value in state.items() if ".image.tower." in name) > 85e6
