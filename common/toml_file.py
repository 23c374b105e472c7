"""A user's TOML file as its tables, or an error that says what is wrong with it."""

import tomllib
from pathlib import Path
from typing import Any

from common.errors import UsageError


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a configuration.

    Raises:
        UsageError: it is not there, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise UsageError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"The configuration {path} is no TOML: {error}.") from error
