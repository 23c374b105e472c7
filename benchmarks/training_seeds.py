"""Which simulated patients an encoder was trained on, so that none of them judges it."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from common.errors import UsageError
from training.pool import read_info
from training.pool_format import POOL_FILE


def seeds_of(places: Iterable[Path]) -> frozenset[int]:
    """The seeds of pools (folders with pool.json), and of the pools that training runs name (folders with config.json).

    Raises:
        NotFoundError: a folder is neither, or a pool of a run is gone.
    """
    seeds = set()
    for place in places:
        for pool in [place] if (place / POOL_FILE).exists() else pools_of_run(place):
            seed = read_info(pool).source.get("seed")
            seeds |= {int(seed)} if seed is not None else set()
    return frozenset(seeds)


def pools_of_run(run: Path) -> list[Path]:
    """The pools that a run trains on.

    Raises:
        UsageError: it is no run of training.
    """
    try:
        described = json.loads((run / "config.json").read_text())
        trained = tomllib.loads(described["toml"])["data"]["train"]
        return [Path(described["toml_folder"]) / pool for pool in trained]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{run} is neither a pool nor a run of training.", remedy="Name one of them.") from error


def check_seed(seed: int, trained: frozenset[int]) -> None:
    """Refuses a seed that was trained on.

    Raises:
        UsageError: it was.
    """
    if seed in trained:
        raise UsageError(
            f"The pool has seed {seed}, and so has one that was trained on (seeds {sorted(trained)}).",
            remedy="Prepare a pool with another seed.",
        )
