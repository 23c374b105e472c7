"""Indexing against its own encoder: how much of the encoder's speed the whole pipeline reaches, and in how much memory.

    python -m benchmarks.indexing_throughput --series 128 --preset base

Three measurements, each in a process of its own, so that none warms up or fattens another:

- alone: the image tower on arrays that are prepared and in memory, batch by batch; before the others and after them,
  since the machine is not equally fast at all times;
- index at N series, and at 4 N: `index_archive` on a folder of NIfTI files, from gunzip to the published snapshot.

Prints one JSON object. `ratio` is the image phase of the pipeline, start-up of its processes included, to the encoder
alone. `ratio_added_...` is what the second run had more to do than the first by the time that it took longer, so that
start-up cancels: in the image phase, and in the whole run with inventory, cards and publishing. Memory is the sum of
the resident sizes of the process and all its children, sampled every 50 ms; pages that they share are counted in each.
N below three batches of 32 does not fill the pipeline's queues, and memory still grows there. The encoder is a
checkpoint with random weights: how fast it is does not depend on what it has learnt.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

_BATCH = 32
_SHAPE = (192, 192, 40)
_SPACING_MM = (1.2, 1.2, 4.0, 1.0)


def make_archive(folder: Path, series: int) -> Path:
    """Different volumes of one patient each, as .nii.gz: a smooth body with noise, so that gunzip has honest work."""
    import nibabel

    axes = [np.linspace(-1.0, 1.0, size, dtype=np.float32) for size in _SHAPE]
    body = np.clip(1.1 - sum(axis**2 for axis in np.meshgrid(*axes, indexing="ij")), 0.0, 1.0)
    for number in range(series):
        noise = np.random.default_rng(number).standard_normal(_SHAPE, dtype=np.float32)
        voxels = (800 * body * (1 + 0.1 * number / series) + 10 * noise * (body > 0)).astype(np.int16)
        path = folder / f"patient{number:05}" / "t2w.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(voxels, np.diag(_SPACING_MM)), path)
    return folder


def make_checkpoint(folder: Path, preset: str) -> Path:
    """A checkpoint with random weights: the named image tower, and a text tower too small to matter."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    from encoders.checkpoint import save_checkpoint
    from encoders.dual import DualModel, DualSettings
    from encoders.framing import Framing
    from encoders.vit3d import PRESETS

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list("0123456789")
    words = {word: place for place, word in enumerate([*marks, *letters, *(f"##{letter}" for letter in letters)])}
    tokenizer = Tokenizer(WordPiece(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    text = {"model_type": "bert", "vocab_size": len(words), "hidden_size": 64, "num_hidden_layers": 1}
    text |= {"num_attention_heads": 2, "intermediate_size": 128, "max_position_embeddings": 256}
    torch.manual_seed(0)
    image = PRESETS[preset]
    settings = DualSettings(f"random-{preset}", 256, image, Framing(image.shape), text, max_tokens=64)
    save_checkpoint(DualModel(settings), tokenizer.to_str().encode(), folder)
    return folder


def encode_alone(archive: Path, checkpoint: Path, seconds: float) -> dict[str, Any]:
    """Series a second of the image tower on prepared arrays in memory, for at least so many seconds."""
    from encoders.open import open_encoder
    from volumes.load import load_path

    tower = open_encoder(str(checkpoint)).image
    files = sorted(archive.rglob("*.nii.gz"))[:_BATCH]
    prepared = np.stack([tower.prepare(load_path(file).chosen) for file in files])
    tower.encode(prepared[:4])  # weights are read, threads started
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        done += len(tower.encode(prepared))
    return {"series_per_second": done / (time.perf_counter() - began)}


def index_everything(archive: Path, checkpoint: Path, collection: Path, workers: int) -> dict[str, Any]:
    """The whole pipeline: seconds from start to published snapshot, and of its image phase alone."""
    from indexer.run import IndexOptions, index_archive

    options = IndexOptions(workers=workers, batch=_BATCH)
    summary = index_archive([archive], collection, encoder=str(checkpoint), options=options)
    return {
        "series": summary.indexed,
        "failed": summary.failed,
        "seconds": summary.seconds,
        "seconds_images": summary.indexed / summary.series_per_second,
        "series_per_second": summary.series_per_second,
    }


def run_watched(*arguments: str) -> dict[str, Any]:
    """One measurement in a process of its own, with the peak of its memory and its children's."""
    import psutil  # type: ignore[import-untyped]

    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.indexing_throughput", *arguments], stdout=subprocess.PIPE, text=True
    )
    watched, peak, peak_main = psutil.Process(child.pid), 0, 0
    while child.poll() is None:
        sizes = []
        for process in _family(watched):
            try:
                sizes.append(process.memory_info().rss)
            except psutil.Error:  # it ended while we looked
                continue
        peak, peak_main = max(peak, sum(sizes)), max(peak_main, sizes[0] if sizes else 0)
        time.sleep(0.05)
    output = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise SystemExit(f"The measurement {arguments[0]} failed with exit status {child.returncode}.")
    found: dict[str, Any] = json.loads(output)
    return found | {"peak_mib": round(peak / 2**20), "peak_mib_main_process": round(peak_main / 2**20)}


def _family(process: Any) -> list[Any]:
    import psutil

    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def compare(series: int, preset: str, workers: int, seconds: float) -> dict[str, Any]:
    """All measurements, and what they say of each other."""
    with tempfile.TemporaryDirectory(prefix="mrseek-throughput-") as place:
        folder = Path(place)
        os.environ["MRSEEK_PATIENT_KEY"] = str(folder / "patient.key")
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        checkpoint = make_checkpoint(folder / "encoder", preset)
        archives = {size: make_archive(folder / f"archive-{size}", size) for size in (series, 4 * series)}
        ask_alone = ("--measure", "alone", str(archives[series]), str(checkpoint), "--seconds", str(seconds))
        alone = [run_watched(*ask_alone)]
        runs = [
            run_watched(
                *("--measure", "index", str(archive), str(checkpoint), str(folder / f"collection-{size}")),
                *("--workers", str(workers)),
            )
            for size, archive in archives.items()
        ]
        alone.append(run_watched(*ask_alone))
    rate = sum(one["series_per_second"] for one in alone) / len(alone)
    few, many = runs
    for run in runs:
        run["ratio"] = run["series_per_second"] / rate
    added = {name: 3 * series / (many[name] - few[name]) / rate for name in ("seconds", "seconds_images")}
    return {
        "preset": preset,
        "cores": os.cpu_count(),
        "alone": alone,
        "index": runs,
        "ratio_added_whole_run": added["seconds"],
        "ratio_added_images": added["seconds_images"],
        "memory_4n_to_n": many["peak_mib"] / few["peak_mib"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=128, help="N; the archives hold N and 4 N series")
    parser.add_argument("--preset", default="base", help='the image tower: "small" or "base"')
    parser.add_argument("--workers", type=int, default=0, help="decoding processes; 0 for one a core")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the encoder alone is measured")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    match asked.measure:
        case None:
            found = compare(asked.series, asked.preset, asked.workers, asked.seconds)
        case ["alone", archive, checkpoint]:
            found = encode_alone(Path(archive), Path(checkpoint), asked.seconds)
        case ["index", archive, checkpoint, collection]:
            found = index_everything(Path(archive), Path(checkpoint), Path(collection), asked.workers)
        case _:
            parser.error(f"unknown measurement: {asked.measure}")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
