"""A decoding process: `python -m indexer.worker <descriptor>`. It answers each task from a socket with a result.

A process of our own rather than one of `multiprocessing`: it never imports the caller's main module, gets its own
environment (one thread for each numerical library), and its death costs one series.
"""

import os
import pickle
import signal
import sys
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread, main_thread
from typing import Any

from indexer.decode import DecodeTask, decode

READY = "ready"


def main(descriptor: int) -> None:
    """Answers tasks until the other end closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then stops us
    signal.signal(signal.SIGTERM, _leave)
    connection: Connection[Any, Any] = Connection(descriptor)
    try:
        paths, pickled = connection.recv()
        sys.path.extend(path for path in paths if path not in sys.path)
        prepare = _preparer(pickled)
        connection.send(READY if callable(prepare) else prepare)
        tasks: SimpleQueue[DecodeTask | None] = SimpleQueue()
        Thread(target=_take_in, args=(connection, tasks), daemon=True).start()
        while (task := tasks.get()) is not None:
            connection.send(decode(task, prepare))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the main process is gone, or has nothing more for us


def _take_in(connection: "Connection[Any, Any]", tasks: "SimpleQueue[DecodeTask | None]") -> None:
    """Takes tasks off the socket at once, so that the parent never waits to send one while we wait to send a result."""
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        tasks.put(None)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGTERM)  # nobody waits for the task in hand


def _leave(_number: int, _frame: object) -> None:
    """Unwinds the main thread, so that a decoder's child process ends and its scratch folder is removed."""
    raise SystemExit


def _preparer(pickled: bytes) -> Any:
    """The tower's preparer, or in words why it cannot be had."""
    try:
        return pickle.loads(pickled)  # written by our own parent process
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent tells the user
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    main(int(sys.argv[1]))
