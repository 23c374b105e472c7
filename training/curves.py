"""The log of a run as pictures: the loss, and every measure of validation with its chance."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from common.atomic import atomic_path
from common.errors import MissingExtraError
from training.run_folder import RunFolder

CHANCE = "_chance"  # "mrr" and "mrr_chance" are drawn together
_COLUMNS = 3


def draw_curves(lines: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Writes curves.png: one panel for the loss, one for each other measure.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("Curves need matplotlib.", remedy="Type: pip install mrseek[train]") from error
    panels = {name: curve for name, curve in curves_of(lines).items() if not name.endswith(CHANCE)}
    chances = {name.removesuffix(CHANCE): curve for name, curve in curves_of(lines).items() if name.endswith(CHANCE)}
    rows = max(1, ceil(len(panels) / _COLUMNS))
    figure = Figure(figsize=(4.2 * _COLUMNS, 2.8 * rows))
    figure.subplots_adjust(0.05, 0.1 / rows, 0.98, 1 - 0.12 / rows, wspace=0.25, hspace=0.35)
    for place, (name, curve) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(rows, _COLUMNS, place)
        axes.plot([step for step, _ in curve], [value for _, value in curve], linewidth=1)
        if name in chances:
            chance = chances[name]
            axes.plot([step for step, _ in chance], [value for _, value in chance], "--", color="grey", linewidth=1)
        axes.set_title(name, fontsize=9)
        axes.tick_params(labelsize=7)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)


def find_curves(run: RunFolder) -> Path | None:
    """The picture of a run's log, drawn anew; None where matplotlib is missing: the log has everything."""
    try:
        draw_curves(run.lines(), run.curves)
    except MissingExtraError:
        return None
    return run.curves


def curves_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    """Name -> (step, value) of everything that the log has, validation included.

    >>> curves_of([{"step": 1, "loss": 2.0}, {"step": 1, "validation": {"mrr": 0.1}}])
    {'loss': [(1, 2.0)], 'mrr': [(1, 0.1)]}
    """
    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in lines:
        values = line.get("validation", line)
        for name, value in values.items():
            if name != "step" and isinstance(value, int | float):
                curves[name].append((line["step"], float(value)))
    return dict(curves)
