"""Running a configuration: from a TOML file to a run folder, and from a run folder to what it says and gives."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from training.config import Config, plain_config, read_train_config
from training.contrastive_config import ContrastiveConfig
from training.curves import find_curves
from training.distil_config import DistilConfig
from training.language_config import LanguageConfig
from training.loop import Listener, Training
from training.run_folder import RunFolder
from training.selfsup_config import SelfSupervisedConfig
from training.stage import Stage
from training.workers import Workers, open_workers


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a call has reached.

    Attributes:
        run: the folder.
        step, steps: reached, and of the whole schedule.
        loss: of the last logged step; None before the first.
        validation: the last one's measures; empty before the first.
        curves: the picture; None where matplotlib is missing.
    """

    run: Path
    stage: str
    name: str
    step: int
    steps: int
    loss: float | None
    validation: Mapping[str, float]
    curves: Path | None


def run_training(
    config_file: Path,
    folder: Path,
    *,
    resume: bool = False,
    steps: int | None = None,
    processes: int = 1,
    listener: Listener = lambda line: None,
) -> RunSummary:
    """Trains what a configuration says, or goes on with it.

    Args:
        config_file: TOML, as `training/config.py` reads it.
        folder: of the run.
        resume: goes on from the newest checkpoint; a run without one begins anew.
        steps: stop when so many steps of the schedule are done; None for all.
        processes: how many a launcher has started.
        listener: is told every line of the log.

    Raises:
        UsageError: the configuration is wrong, or the folder holds another run.
        MrseekError: the loss is not finite.
    """
    config = read_train_config(config_file)
    workers = open_workers(processes, config.run.device)
    run = RunFolder(folder)
    going_on = resume and bool(run.checkpoints())
    if workers.rank == 0:
        _begin(run, config_file, config, workers, resume=resume)
    stage = open_stage(config, workers)
    training = Training(stage, config.run, config.seed, folder=run, workers=workers, listener=listener)
    if going_on:
        training.resume()
    training.go(config.run.steps if steps is None else steps)
    curves = find_curves(run) if workers.rank == 0 else None
    return _summary(run, training.step, curves)


def status_of(folder: Path) -> RunSummary:
    """What a run has reached, from its log and checkpoints.

    Raises:
        NotFoundError: there is none.
    """
    run = RunFolder(folder)
    run.described()
    there = run.checkpoints()
    step = int(there[-1].stem.removeprefix("step-")) if there else 0
    return _summary(run, step, run.curves if run.curves.exists() else None)


def open_stage(config: Config, workers: Workers) -> Stage:
    """The stage of a configuration, its data open."""
    match config:
        case SelfSupervisedConfig():
            from training.selfsup import SelfSupervisedStage

            return SelfSupervisedStage(config, workers)
        case LanguageConfig():
            from training.language import LanguageStage

            return LanguageStage(config, workers)
        case ContrastiveConfig():
            from training.contrastive import ContrastiveStage

            return ContrastiveStage(config, workers)
        case DistilConfig():
            from training.distil import DistilStage

            return DistilStage(config, workers)


def _begin(run: RunFolder, config_file: Path, config: Config, workers: Workers, *, resume: bool) -> None:
    if resume and run.exists:
        run.check_same(plain_config(config))
        return
    toml = {"toml": config_file.read_text(), "toml_folder": str(config_file.parent.resolve())}
    run.begin({"config": plain_config(config), **toml, **_circumstances(workers)})


def _circumstances(workers: Workers) -> dict[str, Any]:
    """Where and with what a run was made."""
    packages = {}
    for name in ("mrseek", "torch", "transformers", "accelerate", "numpy"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = ""
    return {
        "packages": packages,
        "commit": _commit(),
        "device": str(workers.device),
        "reason": workers.reason,
        "processes": workers.count,
        "threads": torch.get_num_threads(),
    }


def _commit() -> str:
    """The commit of this code, where it lies in a git repository; "" elsewhere."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _summary(run: RunFolder, step: int, curves: Path | None) -> RunSummary:
    config = run.described()["config"]
    lines = run.lines()
    losses = [line["loss"] for line in lines if "loss" in line]
    validations = [line["validation"] for line in lines if "validation" in line]
    return RunSummary(
        run=run.path,
        stage=config["stage"],
        name=config["name"],
        step=step,
        steps=config["run"]["steps"],
        loss=losses[-1] if losses else None,
        validation=validations[-1] if validations else {},
        curves=curves,
    )
