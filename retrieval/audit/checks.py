"""What can be audited. Names only: the command line reads them before anything heavy is imported."""

from enum import StrEnum


class Check(StrEnum):
    """A part of an audit."""

    LEAKS = "leaks"
    CONFOUNDING = "confounding"
    HEALTH = "health"
