"""The loop that every stage goes through.

A step is a function of the weights, the optimiser's state, the random states and the step's number; all of these are in
a checkpoint, so a run that was killed joins the curve of an undisturbed one, bit for bit on the same machine.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import torch
from torch import nn

from common.errors import MrseekError
from training.curves import find_curves
from training.devices import TrainingPrecision, mixed, resolved
from training.optimise import Average, build_optimiser, set_rate
from training.prefetch import prefetched
from training.random_state import random_states, restore_random, seed_everything
from training.run_folder import RunFolder
from training.schedule import learning_rate
from training.stage import RunSettings, Stage, StepResult
from training.workers import Workers, same_everywhere

Listener = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class _Tally:
    """What happened since the last line of the log."""

    losses: list[float] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    items: int = 0
    began: float = field(default_factory=time.monotonic)


class Training:
    """One run of a stage: begin or resume, then `go`."""

    def __init__(
        self, stage: Stage, settings: RunSettings, seed: int, *, folder: RunFolder, workers: Workers, listener: Listener
    ) -> None:
        self._stage, self._settings, self._folder = stage, settings, folder
        self._workers, self._tell = workers, listener
        seed_everything(seed, workers.rank)
        self._precision: TrainingPrecision = resolved(settings.precision, workers.device)
        self._module: nn.Module = workers.wrapped(stage.module)
        self._optimiser = build_optimiser(stage.groups(), settings)
        self._average = Average(stage.module, settings.average)
        self._tally = _Tally()
        self.step = 0

    def resume(self) -> None:
        """Goes on from the newest checkpoint."""
        state = self._folder.load()
        self._stage.module.load_state_dict(state["module"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._average.load(state["average"])
        if self._workers.rank < len(state["random"]):
            restore_random(state["random"][self._workers.rank])
        self._tally.losses = list(state["losses"])
        self.step = int(state["step"])
        if self._workers.rank == 0:
            self._folder.keep_log_until(self.step)

    def go(self, until: int) -> None:
        """Trains until `until` steps are done, or the last one of the schedule."""
        settings, parts = self._settings, self._settings.accumulate
        until = min(until, settings.steps)
        numbers = range(self.step * parts, until * parts)
        batches = prefetched(lambda n: self._stage.batch(n // parts, n % parts), numbers, settings.ahead)
        while self.step < until:
            self._stage.before_step(self.step)
            results = [self._forward_and_back(next(batches), part) for part in range(parts)]
            self._note(results)
            norm, rate = self._update()
            self.step += 1
            if self.step % settings.log_every == 0 or self.step == settings.steps:
                self._log(norm, rate)
            paused = time.monotonic()
            if self.step % settings.validate_every == 0 or self.step == settings.steps:
                self._validate()
            if self.step % settings.save_every == 0 or self.step == until:
                self._save()
            self._tally.began += time.monotonic() - paused  # speed is that of training

    def _forward_and_back(self, batch: Any, part: int) -> StepResult:
        """One part of a step's batch; gradients are averaged over processes with the last one."""
        self._module.train()
        parts = self._settings.accumulate
        if part < parts - 1:
            with self._workers.unsynced(self._module):
                return self._computed(batch, parts)
        return self._computed(batch, parts)

    def _computed(self, batch: Any, parts: int) -> StepResult:
        with mixed(self._precision, self._workers.device):
            result: StepResult = self._module(batch)
        (result.loss / parts).backward()  # type: ignore[no-untyped-call]
        return result

    def _update(self) -> tuple[float, float]:
        """Clips, steps, and gives the gradient's norm and the learning rate."""
        settings = self._settings
        rate = learning_rate(
            self.step, steps=settings.steps, warmup=settings.warmup, peak=settings.rate, final=settings.final_rate
        )
        set_rate(self._optimiser, rate)
        trained = [one for group in self._optimiser.param_groups for one in group["params"]]
        norm = float(torch.nn.utils.clip_grad_norm_(trained, settings.clip))
        self._check_finite("gradient's norm", norm)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._stage.after_step(self.step)
        self._average.update(self.step)
        return norm, rate

    def _note(self, results: list[StepResult]) -> None:
        tally = self._tally
        loss = sum(float(result.loss.detach()) for result in results) / len(results)
        self._check_finite("loss", loss)
        tally.losses.append(loss)
        tally.items += sum(result.items for result in results)
        tally.measures = {name: float(value) for name, value in results[-1].measures.items()}

    def _check_finite(self, what: str, value: float) -> None:
        """Ends the run before a number that is none reaches the weights."""
        if not isfinite(value):
            raise MrseekError(
                f"The {what} is {value} at step {self.step}.",
                remedy='Lower run.rate or lengthen run.warmup, or say precision = "float32", and start again.',
            )

    def _log(self, norm: float, rate: float) -> None:
        tally = self._tally
        names = sorted(tally.measures)
        loss, *measures = same_everywhere(
            self._workers, [sum(tally.losses) / len(tally.losses), *(tally.measures[name] for name in names)]
        )
        seconds = time.monotonic() - tally.began
        line = {"step": self.step, "loss": loss, **dict(zip(names, measures, strict=True)), "rate": rate}
        line |= {"gradient_norm": norm, "per_second": round(self._workers.count * tally.items / seconds, 2)}
        self._write(line)
        self._tally = _Tally()

    def _validate(self) -> None:
        """Measures of the averaged weights; draws nothing from the run's random states."""
        states = random_states()
        self._stage.module.eval()
        with torch.no_grad(), self._average.in_place(), mixed(self._precision, self._workers.device):
            found = self._stage.validate()
        restore_random(states)
        if found:
            self._write({"step": self.step, "validation": found})
        if self._workers.rank == 0 and self.step < self._settings.steps:  # the last picture is drawn after the run
            find_curves(self._folder)

    def _save(self) -> None:
        states = self._workers.everyone(random_states())
        if self._workers.rank == 0:
            self._folder.save(
                self.step,
                {
                    "module": self._stage.module.state_dict(),
                    "average": self._average.weights,
                    "optimiser": self._optimiser.state_dict(),
                    "random": states,
                    "losses": self._tally.losses,
                },
            )

    def _write(self, line: dict[str, Any]) -> None:
        if self._workers.rank == 0:
            self._folder.write_line(line)
            self._tell(line)
