"""A run on disk.

    config.json    the resolved configuration, versions, commit, device and why
    log.jsonl      one line a logged step: loss, measures, rate, speed; validation lines beside them
    curves.png     the log as pictures
    checkpoints/   step-000000200.pt: the newest two

A run that was killed goes on from its newest checkpoint; log lines after it are dropped, since they will come again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from common.atomic import atomic_path, write_json, write_text
from common.errors import IntegrityError, NotFoundError, UsageError

CONFIG_FILE, LOG_FILE, CURVES_FILE = "config.json", "log.jsonl", "curves.png"
_KEPT = 2
_VERSION = 1


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where the parts of a run are, and how they are written."""

    path: Path

    @property
    def log(self) -> Path:
        """The log."""
        return self.path / LOG_FILE

    @property
    def curves(self) -> Path:
        """The pictures."""
        return self.path / CURVES_FILE

    @property
    def exists(self) -> bool:
        """Whether a run was begun here."""
        return (self.path / CONFIG_FILE).exists()

    def begin(self, described: Mapping[str, Any]) -> None:
        """Makes the folder of a new run.

        Raises:
            UsageError: there is a run already.
        """
        if self.exists:
            raise UsageError(
                f"{self.path} holds a run already.", remedy="Go on with it: --resume; or name a new folder with --out."
            )
        write_json(self.path / CONFIG_FILE, described)

    def described(self) -> dict[str, Any]:
        """config.json.

        Raises:
            NotFoundError: there is no run.
            IntegrityError: it cannot be read.
        """
        path = self.path / CONFIG_FILE
        if not path.exists():
            raise NotFoundError(f"There is no run in {self.path}.", remedy="Start one: mrseek train run CONFIG")
        try:
            found: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise IntegrityError(f"{path} cannot be read.", remedy="Restore it from a backup.") from error
        return found

    def check_same(self, config: Mapping[str, Any]) -> None:
        """Refuses to go on with another configuration; only the device, and how often something is written, may differ.

        Raises:
            UsageError: it is another one.
        """
        before = self.described()["config"]
        changed = sorted(_differences(before, json.loads(json.dumps(config))))
        if changed:
            raise UsageError(
                f"The run in {self.path} was started with another configuration: {', '.join(changed)} differ.",
                remedy="Start a new run with --out, or go on with the configuration that it was started with.",
            )

    def lines(self) -> list[dict[str, Any]]:
        """The log; a last line that a kill cut short is left out."""
        if not self.log.exists():
            return []
        found = []
        for line in self.log.read_text().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                break
        return found

    def keep_log_until(self, step: int) -> None:
        """Drops the lines after a step, which will come again."""
        kept = [line for line in self.lines() if line["step"] <= step]
        write_text(self.log, "".join(json.dumps(line) + "\n" for line in kept))

    def write_line(self, line: Mapping[str, object]) -> None:
        """Adds a line to the log."""
        with self.log.open("a") as stream:
            stream.write(json.dumps(line) + "\n")

    def checkpoints(self) -> list[Path]:
        """The checkpoints that are there, oldest first."""
        return sorted((self.path / "checkpoints").glob("step-*.pt"))

    def save(self, step: int, state: Mapping[str, Any]) -> Path:
        """Writes a checkpoint whole, and then removes all but the newest two."""
        path = self.path / "checkpoints" / f"step-{step:09d}.pt"
        with atomic_path(path) as temporary:
            torch.save({"version": _VERSION, "step": step, **state}, temporary)
        for old in self.checkpoints()[:-_KEPT]:
            old.unlink()
        return path

    def load(self) -> dict[str, Any]:
        """The newest checkpoint, on the CPU.

        Raises:
            NotFoundError: there is none yet.
            IntegrityError: it cannot be read.
        """
        there = self.checkpoints()
        if not there:
            raise NotFoundError(f"The run in {self.path} has no checkpoint yet.", remedy="Run it without --resume.")
        try:
            state: dict[str, Any] = torch.load(there[-1], map_location="cpu", weights_only=True)
        except Exception as error:  # torch's errors share no base class
            raise IntegrityError(
                f"{there[-1]} cannot be read.", remedy="Remove it to go on from the one before."
            ) from error
        if state.get("version") != _VERSION:
            raise IntegrityError(f"{there[-1]} is of version {state.get('version')}; expected {_VERSION}.")
        return state


_FREE = frozenset({"run.log_every", "run.validate_every", "run.save_every", "run.ahead", "run.device"})


def _differences(before: Any, after: Any, where: str = "") -> set[str]:
    """The keys whose values differ, but for those that change nothing in what is computed."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = before.keys() | after.keys()
        parts = (_differences(before.get(n), after.get(n), f"{where}.{n}".lstrip(".")) for n in names)
        return set().union(*parts)
    return set() if before == after or where in _FREE else {where}
