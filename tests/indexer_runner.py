"""A process that indexes on request and can be killed: it imports everything once, then forks for each run.

Reads lines of JSON {"archive", "collection", "reports", "kill_after"} and answers each with the exit status of the run,
-9 where it was killed. Forking spares every run the second that importing takes, so that thirty kills fit into a test.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

from encoders.open import open_encoder
from indexer import describe, texts  # noqa: F401 - imported before the fork
from indexer.run import IndexOptions, index_archive
from indexer.sources import inventory  # noqa: F401


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        child = os.fork()
        if child == 0:
            run(task)
        timer = threading.Timer(task["kill_after"], os.kill, (child, signal.SIGKILL)) if task["kill_after"] else None
        if timer:
            timer.start()
        _, status = os.waitpid(child, 0)
        if timer:
            timer.cancel()
            timer.join()
        print(os.waitstatus_to_exitcode(status), flush=True)


def run(task: dict[str, str]) -> None:
    status = 1
    try:
        index_archive(
            [Path(task["archive"])],
            Path(task["collection"]),
            reports=Path(task["reports"]),
            encoder=open_encoder("tiny"),
            options=IndexOptions(workers=2, batch=2),
        )
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
