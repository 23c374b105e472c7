"""How fast an image tower encodes, and how much of the machine that is.

    python -m benchmarks.encoding_speed CHECKPOINT [--seconds 10] [--json]

Series a second from prepared arrays in memory (the tower as mrseek uses it, whose class is named; and its torch module
one by one and in batches of 32, in float32 and bfloat16) and from volumes of 192 x 192 x 40 in memory (prepared, then
encoded): on one thread, on one process of two threads, and on two processes of one thread, together. Beside them the
operations of a forward pass by torch's counter (a multiplication and an addition are two), and the peak of matrix
products measured in the same process: their ratio is the share of the machine that an encoder uses. The peak is the
best of many short runs, so other jobs hardly lower it, while they do lower series a second: on a busy machine read the
share by CPU time (of one thread or two processes; two threads of one process spin while they wait). Reading files is
not in it; see `indexing_throughput.py`. Where the checkpoint holds an
ONNX image tower (image.onnx), it is measured beside torch.

Each measurement has a process of its own, with its threads set from the start.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.arithmetic_peak import matrix_peak
from benchmarks.markdown_table import markdown_table

ONNX_FILE = "image.onnx"
_BATCH = 32
_SHAPE, _SPACING_MM = (192, 192, 40), (1.2, 1.2, 4.0, 1.0)
_WAYS: dict[str, tuple[int, int]] = {"1 thread": (1, 1), "1 process, 2 threads": (1, 2), "2 processes": (2, 1)}


def measure(checkpoint: Path, threads: int, seconds: float) -> dict[str, Any]:
    """All that one process measures."""
    import torch

    from encoders.checkpoint import load_checkpoint, load_image_branch

    torch.set_num_threads(threads)
    tower, branch = load_checkpoint(checkpoint, threads=threads).image, load_image_branch(checkpoint).eval()
    tower_name = f"as mrseek uses it ({type(tower).__name__})"
    volumes = [_volume(number) for number in range(4)]
    prepared = np.stack([tower.prepare(volume) for volume in volumes])
    batch = torch.from_numpy(np.resize(prepared, (_BATCH, prepared.shape[1])))
    rates = {
        f"{tower_name}, prepared": rate(lambda: tower.encode(prepared), len(prepared), seconds),
        f"{tower_name}, volumes": rate(
            lambda: tower.encode(np.stack([tower.prepare(one) for one in volumes])), len(volumes), seconds
        ),
    }
    with torch.inference_mode():
        flops = forward_flops(branch, batch[:1])
        for kind in (torch.float32, torch.bfloat16):
            module, seen, name = branch.to(kind), batch.to(kind), str(kind).removeprefix("torch.")
            rates[f"torch, one by one, {name}"] = rate(partial(module, seen[:1]), 1, seconds)
            rates[f"torch, batches of {_BATCH}, {name}"] = rate(partial(module, seen), _BATCH, seconds)
    rates |= _onnx_rates(checkpoint, prepared, threads, seconds)
    peaks = {kind: matrix_peak(kind) for kind in ("bfloat16", "float32")}
    return {"rates": {name: asdict(one) for name, one in rates.items()}, "flops": flops, "peaks": peaks}


@dataclass(frozen=True, slots=True)
class Rate:
    """Items a second: by the clock, and by the processor time of all threads, which other jobs do not take away."""

    wall: float
    cpu: float


def rate(work: Callable[[], object], items: int, seconds: float) -> Rate:
    """Items a second of work that does `items` a call, after one call that warms up."""
    work()
    done, began, spent = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds or not done:
        work()
        done += items
    return Rate(done / (time.perf_counter() - began), done / (time.process_time() - spent))


def forward_flops(module: Any, prepared: Any) -> int:
    """Operations of a forward pass; what the counter does not know (activations, pooling) is left out."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        module(prepared)
    return int(counter.get_total_flops())


def _onnx_rates(checkpoint: Path, prepared: NDArray[np.float32], threads: int, seconds: float) -> dict[str, Rate]:
    """Of ONNX Runtime, one by one and in batches where the graph takes them; none where there is no graph."""
    if not (checkpoint / ONNX_FILE).exists():
        return {}
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(checkpoint / ONNX_FILE, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    single = rate(lambda: session.run(None, {name: prepared[:1]}), 1, seconds)
    rates = {"ONNX Runtime, one by one": single}
    if not isinstance(session.get_inputs()[0].shape[0], int):
        batch = np.resize(prepared, (_BATCH, prepared.shape[1]))
        rates[f"ONNX Runtime, batches of {_BATCH}"] = rate(lambda: session.run(None, {name: batch}), _BATCH, seconds)
    return rates


def _volume(number: int) -> Any:
    from volumes.volume import Volume

    axes = [np.linspace(-1.0, 1.0, size, dtype=np.float32) for size in _SHAPE]
    body = np.clip(1.1 - sum(axis**2 for axis in np.meshgrid(*axes, indexing="ij")), 0.0, 1.0)
    noise = np.random.default_rng(number).standard_normal(_SHAPE, dtype=np.float32)
    return Volume((800 * body + 10 * noise * (body > 0)).astype(np.float32), np.diag(_SPACING_MM))


def run_beside(checkpoint: Path, processes: int, threads: int, seconds: float) -> list[dict[str, Any]]:
    """The same measurement in so many processes at the same time."""
    environment = os.environ | {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    command = [sys.executable, "-m", "benchmarks.encoding_speed", str(checkpoint)]
    command += ["--seconds", str(seconds), "--threads", str(threads)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(processes)]
    outputs = [child.communicate()[0] for child in children]
    if any(child.returncode for child in children):
        raise SystemExit("A measurement failed; its message stands above.")
    return [json.loads(output) for output in outputs]


def together(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What processes do together: rates and peaks add up; a series takes the mean of their processor time.

    >>> one = {"rates": {"a": {"wall": 2.0, "cpu": 4.0}}, "flops": 10, "peaks": {"bfloat16": 100.0}}
    >>> together([one, one])["rates"]
    {'a': {'wall': 4.0, 'cpu': 4.0, 'share': 0.2, 'share_cpu': 0.4}}
    """
    flops, peaks = found[0]["flops"], {kind: sum(one["peaks"][kind] for one in found) for kind in found[0]["peaks"]}
    rates = {}
    for name in found[0]["rates"]:
        wall = sum(one["rates"][name]["wall"] for one in found)
        cpu = len(found) / sum(1 / one["rates"][name]["cpu"] for one in found)
        peak = peaks["bfloat16"]
        rates[name] = {
            "wall": wall,
            "cpu": cpu,
            "share": wall * flops / peak,
            "share_cpu": cpu * len(found) * flops / peak,
        }
    return {"rates": rates, "flops": flops, "peaks": peaks}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--threads", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.threads:
        print(json.dumps(measure(asked.checkpoint, asked.threads, asked.seconds)))
        return
    found = {way: together(run_beside(asked.checkpoint, *each, asked.seconds)) for way, each in _WAYS.items()}
    if not (asked.checkpoint / ONNX_FILE).exists():
        words = (
            f"No separate ONNX graph: {asked.checkpoint} holds no {ONNX_FILE}. The rows say what mrseek itself uses."
        )
        print(words, file=sys.stderr)
    if asked.json:
        print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg(), "found": found}, indent=1))
        return
    flops = next(iter(found.values()))["flops"]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; a forward pass: {flops / 1e9:.3f} GFLOP\n")
    head = [
        "way",
        "what",
        "series/s",
        "share of bf16 peak",
        "series/CPU s",
        "share by CPU time",
        "bf16 peak",
        "fp32 peak",
    ]
    rows = [
        [way, name, f"{it['wall']:.1f}", f"{it['share']:.1%}", f"{it['cpu']:.1f}", f"{it['share_cpu']:.1%}"]
        + [f"{one['peaks'][kind] / 1e9:.0f} GFLOP/s" for kind in ("bfloat16", "float32")]
        for way, one in found.items()
        for name, it in one["rates"].items()
    ]
    print(markdown_table(head, rows))


if __name__ == "__main__":
    main()
