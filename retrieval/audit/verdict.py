"""How bad a finding is."""

from enum import StrEnum


class Severity(StrEnum):
    """What a reader does with a finding."""

    GOOD = "good"
    LOOK = "look"  # an effect that the numbers of a benchmark should be read with
    BAD = "bad"  # numbers mean something else than they seem to
    UNKNOWN = "too little to tell"
