"""The worked examples in the benchmarks' docstrings hold: pytest collects those of the packages only."""

import doctest
from importlib import import_module

import pytest

_MODULES = (
    "class_names",
    "class_prompts",
    "encoding_speed",
    "interval_coverage",
    "markdown_table",
    "measured",
    "naming",
    "phantom_ladder",
    "phantom_questions",
    "short_queries",
)


@pytest.mark.parametrize("name", _MODULES)
def test_worked_examples_hold(name: str) -> None:
    found = doctest.testmod(import_module(f"benchmarks.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
