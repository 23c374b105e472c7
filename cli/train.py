"""`mrseek train`: prepare pools, run a stage, look at a run, export what it has trained."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import print_json
from cli.talk import say
from common.errors import UsageError
from training.acquisitions import Acquisitions

if TYPE_CHECKING:
    from training.pool_write import PoolSource
    from training.run import RunSummary

VERSION = 1

train = typer.Typer(
    name="train", help="Train an encoder: prepare pools, run a stage, export what it has trained.", no_args_is_help=True
)

ConfigArgument = Annotated[Path, typer.Argument(help="A TOML file, as configs/train-*.toml.")]
RunArgument = Annotated[Path, typer.Argument(help="The run's folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on stdout.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.add_typer(train)


@train.command()
def prepare(
    pool: Annotated[Path, typer.Argument(help="Folder to make; one that was begun is gone on with.")],
    patients: Annotated[int, typer.Option(min=0, help="How many simulated patients, as an archive has them.")] = 0,
    glimpses: Annotated[
        int, typer.Option(min=0, help="How many simulated subjects on planes, six contrasts each, drawn widely.")
    ] = 0,
    careful: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the glimpses' subjects that are scanned with care.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the simulated patients; another seed, other patients.")] = 7,
    atlases: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Label maps to take anatomy from.")
    ] = None,
    collection: Annotated[Path | None, typer.Option(help="An indexed collection, whose series are taken.")] = None,
    variants: Annotated[
        int, typer.Option(min=1, help="How often each series of a collection comes: as it is, then changed.")
    ] = 1,
    size: Annotated[int, typer.Option(min=16, help="Voxels along each side of the grid, or pixels of a plane.")] = 96,
    planes: Annotated[bool, typer.Option("--planes", help="Seven planes of a series; a grid unless given.")] = False,
    matrix: Annotated[int, typer.Option(min=32, help="Pixels along a side of a simulated image, about.")] = 96,
    acquisitions: Annotated[
        Acquisitions, typer.Option(help="How simulated patients are scanned: by protocols, or far more widely.")
    ] = Acquisitions.HOSPITAL,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the bytes do not depend on them.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Lay series onto a grid and write them with their texts into a pool to train on.

    \b
    Examples:
      mrseek train prepare pools/sample --patients 1 --seed 7 --size 32
      mrseek train prepare pools/wide --patients 1 --seed 8 --size 32 --acquisitions wide
      mrseek train prepare pools/own --collection mrseek-collection --size 32
      mrseek train prepare pools/planes --glimpses 1 --planes --size 32
    """
    from encoders.framing import Framing, FramingKind
    from training.pool_write import write_pool
    from volumes.planes import PLANES

    framing = Framing((PLANES, size, size), kind=FramingKind.PLANES) if planes else Framing((size,) * 3)
    source: PoolSource
    match bool(patients), bool(glimpses and planes), collection is not None:
        case True, False, False:
            source = _phantoms(patients, seed, atlases, matrix, acquisitions)
        case False, True, False:
            source = _glimpses(pool, glimpses, seed, size, atlases, careful)
        case False, False, True:
            source = _collection(collection, variants, seed)
        case _:
            raise UsageError(
                "Several or none of --patients, --collection, and --glimpses with --planes came; expected one of them.",
                remedy="Say --patients 24.",
            )
    written = write_pool(pool, source, framing, processes=workers, progress=_tell_shards)
    say(f"{written} of {source.shards} shards written, {source.shards} there")
    if as_json:
        print_json({"version": VERSION, "pool": str(pool), "shards": source.shards, "written": written})


@train.command()
def run(
    config: ConfigArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The run's folder; runs/<name of CONFIG>.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest checkpoint, if there is one.")
    ] = False,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Stop when so many steps are done; all unless given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train as a configuration says; killed at any moment, it goes on with --resume as if nothing had happened.

    Several GPUs: accelerate launch --num_processes 8 -m cli.main train run CONFIG

    \b
    Example:
      mrseek train run configs/train-contrastive-smoke.toml --out runs/sample --steps 2
    """
    from training.run import run_training

    folder = out or Path("runs") / config.stem
    processes = int(os.environ.get("WORLD_SIZE", "1"))  # set by the launcher
    summary = run_training(
        config, folder, resume=resume, steps=steps, processes=processes, listener=lambda line: say(describe(line))
    )
    _finish(summary, as_json)


@train.command()
def status(run_folder: RunArgument, as_json: JsonOption = False) -> None:
    """Say how far a run is, with its last loss and validation.

    \b
    Example:
      mrseek train status runs/smoke
    """
    from training.run import status_of

    _finish(status_of(run_folder), as_json)


@train.command()
def export(
    run_folder: RunArgument,
    out: Annotated[Path, typer.Argument(help="Folder to write into.")],
    half: Annotated[
        bool, typer.Option("--half", help="Store the weights of a dual encoder in float16: half of the bytes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write what a run has trained: of stage "contrastive" a checkpoint that --encoder opens.

    \b
    Examples:
      mrseek train export runs/smoke encoder
      mrseek train export runs/smoke encoder-half --half
    """
    from encoders.stored_weights import Stored
    from training.export import export_run

    made = export_run(run_folder, out, Stored.HALF if half else Stored.FLOAT32)
    say(f"{made.what} of step {made.step} is in {made.out}")
    if as_json:
        print_json({"version": VERSION} | asdict(made) | {"out": str(made.out)})


def _phantoms(patients: int, seed: int, atlases: Path | None, matrix: int, acquisitions: Acquisitions) -> "PoolSource":
    from training.pool_phantoms import PhantomSource

    return PhantomSource(patients, seed, atlases, matrix, acquisitions)


def _glimpses(pool: Path, subjects: int, seed: int, side: int, atlases: Path | None, careful: float) -> "PoolSource":
    from training.pool_format import ANATOMY_FOLDER
    from training.pool_glimpses import GlimpseSource

    return GlimpseSource(subjects, seed, side, atlases, careful=careful, cache=pool / ANATOMY_FOLDER)


def _collection(path: Path | None, variants: int, seed: int) -> "PoolSource":
    from training.pool_collection import CollectionSource

    return CollectionSource(path or Path(), variants, seed)


def _tell_shards(done: int, total: int) -> None:
    say(f"preparing: {done} of {total} shards")


def _finish(summary: "RunSummary", as_json: bool) -> None:
    say(f"{summary.name} ({summary.stage}): step {summary.step} of {summary.steps} in {summary.run}")
    if summary.validation:
        say(describe({"step": summary.step, "validation": summary.validation}))
    if summary.curves is None:
        say("no curves.png: pip install mrseek[train]")
    if as_json:
        plain = asdict(summary) | {"run": str(summary.run), "curves": summary.curves and str(summary.curves)}
        print_json({"version": VERSION} | plain)


def describe(line: dict[str, Any]) -> str:
    """A line of the log in words.

    >>> describe({"step": 20, "loss": 2.5, "rate": 1e-3, "per_second": 30.0})
    'step 20: loss 2.5000, rate 0.001, per_second 30'
    """
    values = line.get("validation", line)
    words = ", ".join(_worded(name, value) for name, value in values.items() if name != "step")
    return f"step {line['step']}: {'validation ' if 'validation' in line else ''}{words}"


def _worded(name: str, value: float) -> str:
    return f"{name} {value:.4f}" if name == "loss" else f"{name} {value:.3g}"
