"""The loop: the same curve twice, killed and resumed, accumulated, shared by two processes."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from common.errors import IntegrityError, MrseekError, NotFoundError, UsageError
from encoders.checkpoint import load_model
from encoders.dual import DualModel
from encoders.open import open_encoder
from tests.encoder_cases import make_volume
from tests.training_cases import CONTRASTIVE, make_pool, write_config
from training.config import read_train_config
from training.contrastive import ContrastiveStage
from training.contrastive_model import _keep_to_the_texts_space
from training.curves import curves_of
from training.export import export_run
from training.run import run_training, status_of
from training.run_folder import RunFolder
from training.text_tower import FreshBert, TextChoice, open_text_start, save_text
from training.workers import Alone

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("training")
    make_pool(place / "pool", 18)
    write_config(place)
    return place


@pytest.fixture(scope="module")
def whole(place: Path) -> Path:
    """An undisturbed run."""
    torch.set_num_threads(1)
    run_training(place / "train.toml", place / "whole")
    return place / "whole"


def exact(run: Path) -> list[dict[str, object]]:
    """The log without what depends on the clock."""
    return [{n: v for n, v in line.items() if n != "per_second"} for line in RunFolder(run).lines()]


def run_python(script: Path, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", **environment}
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.Popen(command, env=env, cwd=PROJECT, text=True, stderr=subprocess.PIPE)


def test_the_same_seed_gives_the_same_curve(place: Path, whole: Path) -> None:
    run_training(place / "train.toml", place / "again")
    assert exact(place / "again") == exact(whole)
    assert [line["step"] for line in exact(whole) if "loss" in line] == list(range(1, 9))
    assert [line["step"] for line in exact(whole) if "validation" in line] == [4, 8]
    other = write_config(place / "pool", seed="4", train='["."]')
    run_training(other, place / "other", steps=1)
    assert exact(place / "other")[0]["loss"] != exact(whole)[0]["loss"]


def test_a_run_that_was_killed_joins_the_undisturbed_curve(place: Path, whole: Path, tmp_path: Path) -> None:
    """SIGKILL after the line of step 5; the newest checkpoint is of step 4."""
    script = tmp_path / "die.py"
    script.write_text(
        "import os, signal, sys, torch; from pathlib import Path; from training.run import run_training\n"
        "torch.set_num_threads(1)\n"
        "def die(line):\n    line['step'] == 5 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "run_training(Path(sys.argv[1]), Path(sys.argv[2]), listener=die)\n"
    )
    killed = run_python(script, place / "train.toml", tmp_path / "run")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    run = RunFolder(tmp_path / "run")
    assert [path.stem for path in run.checkpoints()] == ["step-000000002", "step-000000004"]
    with run.log.open("a") as stream:
        stream.write('{"step": 6, "los')  # as a kill in the middle of a line leaves it
    assert status_of(tmp_path / "run").step == 4
    summary = run_training(place / "train.toml", tmp_path / "run", resume=True)
    assert summary.step == 8
    assert exact(tmp_path / "run") == exact(whole)
    finished, undisturbed = run.load(), RunFolder(whole).load()
    for part in ("module", "average"):
        assert all(torch.equal(value, undisturbed[part][name]) for name, value in finished[part].items())


def test_mixed_precision_is_near_and_its_weights_stay_float32(place: Path, whole: Path, tmp_path: Path) -> None:
    config = write_config(tmp_path, train=f'["{place}/pool"]', precision='"bfloat16"')
    run_training(config, tmp_path / "run", steps=4)
    mixed, full = (RunFolder(run).lines() for run in (tmp_path / "run", whole))
    losses = [[line["loss"] for line in lines if "loss" in line][:4] for lines in (mixed, full)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02) and losses[0] != losses[1]
    state = RunFolder(tmp_path / "run").load()["module"]
    assert {value.dtype for value in state.values() if value.is_floating_point()} == {torch.float32}


def test_a_run_in_slices_is_the_same_run(place: Path, whole: Path) -> None:
    for steps in (3, 5, 100):
        run_training(place / "train.toml", place / "slices", resume=True, steps=steps)
    assert exact(place / "slices") == exact(whole)


def test_a_frozen_text_tower_and_accumulated_steps_resume_exactly_too(place: Path, tmp_path: Path) -> None:
    start = open_text_start(TextChoice(fresh=FreshBert(16, 1, 2), tuned_layers=-1))
    torch.manual_seed(0)
    save_text(BertModel(BertConfig(**start.config), add_pooling_layer=False), start, tmp_path / "bert")
    text = CONTRASTIVE.replace("[text.fresh]\nhidden = 16\nlayers = 1\nheads = 2\n", "").replace(
        "max_tokens = 48", 'max_tokens = 48\nweights = "bert"'
    )
    changed = {"train": f'["{place}/pool"]', "tuned_layers": "0", "steps": "4", "save_every": "1"}
    config = write_config(tmp_path, text.replace("[run]", "[run]\naccumulate = 2"), **changed)
    run_training(config, tmp_path / "whole")
    for steps in (1, 4):
        run_training(config, tmp_path / "slices", resume=True, steps=steps)
    assert exact(tmp_path / "slices") == exact(tmp_path / "whole")
    assert [line["step"] for line in exact(tmp_path / "whole") if "loss" in line] == [1, 2, 3, 4]


def test_an_accumulated_step_is_the_mean_of_its_parts(place: Path) -> None:
    """Without noise, a step of two parts has the mean of the gradients of the two."""
    config = read_train_config(write_config(place, drop_path="0.0", accumulate="2"))
    write_config(place)
    gradients = []
    for parts in ((0,), (1,), (0, 1)):
        stage = ContrastiveStage(config, Alone("cpu"))
        stage.module.eval()  # no dropout
        for part in parts:
            (stage.module(stage.batch(0, part)).loss / len(parts)).backward()
        gradients.append(stage.module.dual.image.projection.weight.grad)
    torch.testing.assert_close(gradients[2], (gradients[0] + gradients[1]) / 2)


def test_only_the_newest_two_checkpoints_are_kept_and_a_damaged_one_is_named(whole: Path, tmp_path: Path) -> None:
    assert [path.stem for path in RunFolder(whole).checkpoints()] == ["step-000000006", "step-000000008"]
    run = RunFolder(tmp_path)
    with pytest.raises(NotFoundError, match="no checkpoint"):
        run.load()
    run.save(1, {})
    run.checkpoints()[0].write_bytes(b"half a file")
    with pytest.raises(IntegrityError, match="cannot be read"):
        run.load()


def test_a_run_goes_on_only_with_its_own_configuration(place: Path, whole: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--resume"):
        run_training(place / "train.toml", whole)
    changed = write_config(tmp_path, train=f'["{place}/pool"]', rate="2e-3", log_every="2")
    with pytest.raises(UsageError, match=r"run\.rate differ"):
        run_training(changed, whole, resume=True)
    with pytest.raises(NotFoundError, match="mrseek train run"):
        status_of(tmp_path)


def test_a_loss_that_is_not_finite_ends_the_run(place: Path, tmp_path: Path) -> None:
    config = write_config(tmp_path, train=f'["{place}/pool"]', rate="1e30", warmup="0", clip="1e30")
    with pytest.raises(MrseekError, match=r"run\.rate"):
        run_training(config, tmp_path / "run")


def test_a_run_is_exported_as_an_encoder_that_opens(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exported weights are the averaged ones; both towers answer in one space."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = export_run(whole, tmp_path / "encoder")
    encoder = open_encoder(str(tmp_path / "encoder"))
    assert encoder.aligned and encoder.image.spec.fingerprint == made.fingerprint
    prepared = encoder.image.prepare(make_volume())[None]
    assert encoder.image.encode(prepared).shape == encoder.text.encode(["brain MRI"]).shape == (1, 16)
    exported = load_model(tmp_path / "encoder").image.projection.weight
    state = RunFolder(whole).load()
    name = "dual.image.projection.weight"
    assert torch.equal(exported, state["average"][name])
    assert not torch.equal(exported, state["module"][name])


def test_a_run_may_start_from_an_exported_encoder(place: Path, whole: Path, tmp_path: Path) -> None:
    export_run(whole, tmp_path / "encoder")
    text = CONTRASTIVE.replace("[text.fresh]\nhidden = 16\nlayers = 1\nheads = 2\n", "")
    text = text.replace("dimension = 16", 'dimension = 16\nstart = "encoder"')
    config = read_train_config(write_config(tmp_path, text, train=f'["{place}/pool"]'))
    started = ContrastiveStage(config, Alone("cpu"))  # type: ignore[arg-type]
    exported = load_model(tmp_path / "encoder").state_dict()
    for name, value in started.module.dual.state_dict().items():
        assert torch.equal(value, exported[name])
    with pytest.raises(UsageError, match="another dimension"):
        ContrastiveStage(replace(config, dimension=8), Alone("cpu"))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="one place"):
        read_train_config(write_config(tmp_path, CONTRASTIVE.replace("dimension", 'start = "encoder"\ndimension')))


def test_another_text_tower_may_take_the_place_of_a_checkpoints(place: Path, whole: Path, tmp_path: Path) -> None:
    """The image branch, both projections and the temperature go on; words are read by the tower that is named."""
    export_run(whole, tmp_path / "encoder")
    begun = open_text_start(TextChoice(fresh=FreshBert(16, 2, 2), tuned_layers=-1))
    torch.manual_seed(9)
    bert = BertModel(BertConfig(**begun.config), add_pooling_layer=False)
    save_text(bert, begun, tmp_path / "bert")
    text = CONTRASTIVE.replace("[text.fresh]\nhidden = 16\nlayers = 1\nheads = 2\n", 'weights = "bert"\n')
    text = text.replace("dimension = 16", 'dimension = 16\nstart = "encoder"')
    config = read_train_config(write_config(tmp_path, text, train=f'["{place}/pool"]'))
    dual = ContrastiveStage(config, Alone("cpu")).module.dual.state_dict()  # type: ignore[arg-type]
    exported = load_model(tmp_path / "encoder").state_dict()
    for name, value in dual.items():
        if name.startswith("text.bert."):
            torch.testing.assert_close(value, bert.state_dict()[name.removeprefix("text.bert.")], rtol=0, atol=0)
        else:
            assert torch.equal(value, exported[name])


def test_in_the_texts_own_space_scores_before_unit_length_are_kept(place: Path, whole: Path, tmp_path: Path) -> None:
    export_run(whole, tmp_path / "encoder")
    text = CONTRASTIVE.replace("[text.fresh]\nhidden = 16\nlayers = 1\nheads = 2\n", "own_space = true\n")
    text = text.replace("dimension = 16", 'dimension = 16\nstart = "encoder"')
    path = write_config(tmp_path, text, train=f'["{place}/pool"]', steps="2")
    begun = load_model(tmp_path / "encoder")
    dual = ContrastiveStage(read_train_config(path), Alone("cpu")).module.dual  # type: ignore[arg-type]
    images, texts = torch.randn(5, 24), torch.randn(4, 16)
    before = begun.image.projection(images) @ begun.text.projection(texts).T
    torch.testing.assert_close(dual.image.projection(images) @ texts.T, before, rtol=1e-4, atol=1e-5)
    run_training(path, tmp_path / "run")
    state = RunFolder(tmp_path / "run").load()["module"]
    assert torch.equal(state["dual.text.projection.weight"], torch.eye(16))
    assert not torch.equal(state["dual.image.projection.weight"], dual.image.projection.weight)
    with pytest.raises(UsageError, match="dimension = 16"):
        _keep_to_the_texts_space(DualModel(replace(begun.settings, dimension=8)))


def test_the_log_has_everything_that_the_curves_show(whole: Path) -> None:
    curves = curves_of(RunFolder(whole).lines())
    assert {"loss", "contrastive", "region", "sequence", "temperature", "rate", "per_second"} <= curves.keys()
    assert {"mrr", "mrr_chance", "recall@5", "sequence_top1", "sequence_top1_chance"} <= curves.keys()
    assert (whole / "curves.png").read_bytes()[1:4] == b"PNG"
