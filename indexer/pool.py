"""A small pool of decoding processes in which a series that kills its process, or takes too long, costs only itself."""

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import StorageError, UsageError
from indexer.decode import DecodeTask, FailedSeries, Result
from indexer.records import Stage
from indexer.worker import READY

if TYPE_CHECKING:
    from encoders.contract import Preparer

_AHEAD = 2  # tasks a worker holds: one in hand and one waiting, so that it never waits for us
_START_SECONDS = 120.0
_UNWIND_SECONDS = 2.0
_PACKAGES = Path(__file__).resolve().parent.parent  # so that a worker finds them wherever we were started
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(slots=True, eq=False)
class _Worker:
    """One process and the tasks that it has; only the first of them is being worked on."""

    process: subprocess.Popen[bytes]
    connection: "Connection[Any, Any]"
    tasks: deque[DecodeTask] = field(default_factory=deque)
    ready: bool = False
    since: float = field(default_factory=time.monotonic)


class WorkerPool:
    """Decodes series in `workers` processes. A context manager: leaving it ends them.

    Args:
        prepare: the image tower's preparer.
        workers: number of processes.
        task_seconds: a series that takes longer is given up.
    """

    def __init__(self, prepare: "Preparer", *, workers: int, task_seconds: float = 900.0) -> None:
        self._first_words = (list(sys.path), _pickled(prepare))
        self._task_seconds = task_seconds
        self._size = max(1, workers)
        self._workers: list[_Worker] = []
        self._failed: deque[Result] = deque()

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        busy = [worker for worker in self._workers if worker.tasks]
        for worker in busy:  # stopped midway: let their decoders end and their scratch folders be removed
            worker.process.terminate()
        deadline = time.monotonic() + _UNWIND_SECONDS
        for worker in busy:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, deadline - time.monotonic()))
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    @property
    def pending(self) -> int:
        """Tasks given and not yet answered."""
        return sum(len(worker.tasks) for worker in self._workers) + len(self._failed)

    @property
    def room(self) -> int:
        """How many more tasks it takes at present."""
        return self._size * _AHEAD - sum(len(worker.tasks) for worker in self._workers)

    def give(self, task: DecodeTask) -> None:
        """Hands a task to the least busy worker, starting one where there are fewer than wanted."""
        if len(self._workers) < self._size:
            self._workers.append(self._start())
        self._send(min(self._workers, key=lambda worker: len(worker.tasks)), task)

    def results(self, *, seconds: float) -> Iterator[Result]:
        """The results that arrive within that time; returns as soon as there is one."""
        if not self._failed:
            wait([worker.connection for worker in self._workers], seconds)
        for worker in list(self._workers):
            yield from self._receive(worker)
        while self._failed:
            yield self._failed.popleft()

    def _receive(self, worker: _Worker) -> Iterator[Result]:
        try:
            while worker.connection.poll():
                answer = worker.connection.recv()
                worker.since = time.monotonic()
                if worker.ready:
                    worker.tasks.popleft()
                    yield answer
                elif answer == READY:
                    worker.ready = True
                else:
                    raise UsageError(
                        f"The encoder's preparation cannot be loaded in another process ({answer}).",
                        remedy="Define it in a module that can be imported, not in a notebook or in the main script.",
                    )
        except (EOFError, ConnectionResetError):
            self._replace(worker, "died")
            return
        allowed = self._task_seconds if worker.ready else _START_SECONDS
        if worker.tasks and time.monotonic() - worker.since > allowed:
            self._replace(worker, "timeout")

    def _replace(self, worker: _Worker, why: str) -> None:
        """Ends a worker, gives up the series that it was working on, and hands its other tasks to a new one."""
        _end(worker)
        self._workers.remove(worker)
        if not worker.ready:
            raise StorageError(
                f"A decoding process could not start (exit status {worker.process.returncode}).",
                remedy=f"Run `{sys.executable} -m indexer.worker 0` to see why.",
            )
        if worker.tasks:
            self._failed.append(_given_up(worker.tasks.popleft(), why, worker.process.returncode, self._task_seconds))
        for task in worker.tasks:
            self.give(task)

    def _send(self, worker: _Worker, task: DecodeTask) -> None:
        if not worker.tasks and worker.ready:
            worker.since = time.monotonic()
        worker.tasks.append(task)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its death is noticed on receiving
            worker.connection.send(task)

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH"))))
        environment = os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": path}
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "indexer.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # decoders print header text there
                env=environment,
                start_new_session=True,  # so that a decoder's own child processes end with it
            )
        connection: Connection[Any, Any] = Connection(ours.detach())
        connection.send(self._first_words)
        return _Worker(process, connection)


def _pickled(prepare: "Preparer") -> bytes:
    try:
        return pickle.dumps(prepare)
    except Exception as error:
        raise UsageError(
            f"The encoder's preparation cannot be handed to another process ({type(error).__name__}).",
            remedy="Define it at the top of a module that can be imported.",
        ) from error


def _end(worker: _Worker) -> None:
    worker.connection.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()


def _given_up(task: DecodeTask, why: str, status: int | None, seconds: float) -> FailedSeries:
    if why == "timeout":
        reason, remedy = f"Decoding took longer than {seconds:.0f} s.", "Run `mrseek retry` when the disk is less busy."
        return FailedSeries(task.ticket, Stage.DECODE, "TimeoutError", reason, remedy)
    reason = f"The decoding process died on it (exit status {status}); often the memory did not suffice."
    remedy = "Run `mrseek retry --workers 1`, or on a machine with more memory."
    return FailedSeries(task.ticket, Stage.DECODE, "ProcessDied", reason, remedy)
