"""Several processes: the gradients of two are those of one on the joined batch, in every stage."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from common.errors import UsageError
from tests.training_cases import CONTRASTIVE, make_pool, write_config
from training.config import read_train_config
from training.run import open_stage
from training.run_folder import RunFolder
from training.workers import Alone, share_of, share_of_mean, share_of_texts

PROJECT = Path(__file__).resolve().parent.parent
CONFIGS = PROJECT / "configs"
SCRIPT = """
import sys, torch
from pathlib import Path
from training.config import read_train_config
from training.run import open_stage, run_training
from training.workers import Several

torch.set_num_threads(1)
workers, place = Several("cpu"), Path(sys.argv[1])
for name in ("contrastive", "language", "selfsup", "distil"):
    stage = open_stage(read_train_config(place / name / "train.toml"), workers)
    module = workers.wrapped(stage.module).eval()
    result = module(stage.batch(0, 0))
    result.loss.backward()
    if workers.rank == 0:
        named = {n: p.grad for n, p in stage.module.named_parameters() if p.grad is not None}
        torch.save({"items": result.items, **named}, place / name / "gradients.pt")
run_training(place / "contrastive" / "train.toml", place / "run", steps=2, processes=2)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration a stage, and what two processes have computed of each."""
    place = tmp_path_factory.mktemp("workers")
    make_pool(place / "pool", 18)
    selfsup = (CONFIGS / "train-selfsup-smoke.toml").read_text().replace("[32, 32, 32]", "[16, 16, 16]")
    selfsup = selfsup.replace("local_shape = [16, 16, 16]", "local_shape = [8, 8, 8]")
    texts = {
        "contrastive": (CONTRASTIVE, {"train": '["../pool"]', "drop_path": "0.0"}),
        "language": ((CONFIGS / "train-language-smoke.toml").read_text(), {}),
        "selfsup": (selfsup, {"train": '["../pool"]'}),
        "distil": ((CONFIGS / "train-distil-smoke.toml").read_text(), {"teacher_vectors": '"vectors"'}),
    }
    for name, (text, replaced) in texts.items():
        (place / name).mkdir()
        write_config(place / name, text, **replaced)
    (place / "share.py").write_text(SCRIPT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    both = [
        subprocess.Popen(
            [sys.executable, str(place / "share.py"), str(place)],
            env={
                **os.environ,
                **shared,
                "PYTHONPATH": str(PROJECT),
                "OMP_NUM_THREADS": "1",
                "RANK": r,
                "LOCAL_RANK": r,
            },
            cwd=PROJECT,
            text=True,
            stderr=subprocess.PIPE,
        )
        for r in "01"
    ]
    for process in both:
        _, said = process.communicate(timeout=200)
        assert process.returncode == 0, said
    return place


@pytest.mark.parametrize("name", ["contrastive", "language", "selfsup", "distil"])
def test_two_processes_compute_the_gradient_of_the_joined_batch(place: Path, name: str) -> None:
    found = torch.load(place / name / "gradients.pt", weights_only=True)
    stage = open_stage(read_train_config(place / name / "train.toml"), Alone("cpu"))
    stage.module.eval()
    result = stage.module(stage.batch(0, 0))
    result.loss.backward()
    assert found.pop("items") * 2 == result.items
    alone = {name: one.grad for name, one in stage.module.named_parameters() if one.grad is not None}
    assert found.keys() == alone.keys() and any(gradient.abs().max() > 1e-3 for gradient in alone.values())
    for parameter, gradient in alone.items():
        torch.testing.assert_close(found[parameter], gradient, rtol=1e-3, atol=1e-6)


def test_two_processes_write_one_run(place: Path) -> None:
    lines = RunFolder(place / "run").lines()
    assert [line["step"] for line in lines] == [1, 2]
    assert json.loads((place / "run" / "config.json").read_text())["processes"] == 2
    assert len(RunFolder(place / "run").load()["random"]) == 2


def test_a_batch_is_shared_evenly_or_not_at_all() -> None:
    assert share_of(_Part(2, 4), 12) == slice(6, 9)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="multiple"):
        share_of(_Part(2, 4), 10)  # type: ignore[arg-type]


def test_texts_are_shared_in_order_and_the_last_shares_are_filled_up() -> None:
    shares = [share_of_texts(_Part(rank, 3), ["a", "b", "c", "d"]) for rank in range(3)]  # type: ignore[arg-type]
    assert shares == [["a", "b"], ["c", "d"], ["", ""]]


def test_the_average_of_the_shares_is_the_mean_over_all() -> None:
    totals, known = (6.0, 1.0), (torch.tensor([True, True, False]), torch.tensor([[True]]))
    everywhere = torch.tensor(3.0)  # of 2 and 1 known items
    shares = [
        share_of_mean(_Part(rank, 2, everywhere), torch.tensor(total), here)  # type: ignore[arg-type]
        for rank, (total, here) in enumerate(zip(totals, known, strict=True))
    ]
    assert float(sum(shares) / 2) == pytest.approx(7 / 3)
    assert float(share_of_mean(Alone("cpu"), torch.tensor(0.0), torch.tensor([False]))) == 0.0


class _Part:
    """One of several processes; `everywhere` is what a sum over them gives."""

    def __init__(self, rank: int, count: int, everywhere: torch.Tensor | None = None) -> None:
        self.rank, self.count, self._everywhere = rank, count, everywhere

    def summed(self, values: torch.Tensor) -> torch.Tensor:
        assert self._everywhere is not None
        return self._everywhere
