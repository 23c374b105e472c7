"""A confusion matrix as a picture."""

from pathlib import Path

from benchmarks.naming import Naming


def save_confusion(naming: Naming, title: str, path: Path) -> None:
    """Writes a PNG: shares of each row as grey, counts as digits."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = 1.6 + 0.55 * len(naming.names)
    figure = Figure(figsize=(size, size), layout="constrained")
    axes = FigureCanvasAgg(figure).figure.subplots()
    shares = naming.confusion / naming.confusion.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    places = range(len(naming.names))
    axes.set_xticks(places, naming.names, rotation=45, ha="right")
    axes.set_yticks(places, naming.names)
    axes.set(xlabel="guess", ylabel="truth", title=title)
    for row in places:
        for column in places:
            if count := int(naming.confusion[row, column]):
                colour = "white" if shares[row, column] > 0.5 else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=colour)
    figure.savefig(path, dpi=110)
