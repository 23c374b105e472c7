"""The same retrieval task scored by mrseek, torchmetrics, ranx and ir_measures: seconds, memory, values.

The rivals are no dependencies of mrseek. They live in an environment of their own:

    python -m venv /tmp/rivals-venv
    /tmp/rivals-venv/bin/pip install torch==2.13.0
    /tmp/rivals-venv/bin/pip install torchmetrics ranx ir_measures numpy
    OMP_NUM_THREADS=1 /tmp/rivals-venv/bin/python -m benchmarks.evaluation_rivals \
        --queries 500 --gallery 20000 --rounds 3 --out benchmarks/results/evaluation_rivals.json

Everybody starts from the same vectors and ends with the same six means. Each run is a process of its own, the tools
take turns, and medians are told; imports and ranx's compilation (numba) are not in the seconds, and stated apart.
torchmetrics gets all scores in one piece, which is how it works; ranx and ir_measures get the first --depth of each
query, since a Python object for each of queries x gallery does not fit. mrseek's seconds hold what the others do not
compute: exact chance and ceiling of every measure.
"""

import argparse
import importlib.metadata
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.environment import environment

DIMENSION = 128
_RELEVANT = 4
_NOISE = 3.0
NAMES = ("hit@10", "recall@10", "precision@10", "ndcg@10", "mrr", "map")
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A task.

    Attributes:
        queries: float32, shape (queries, DIMENSION), unit rows.
        gallery: float32, shape (items, DIMENSION), unit rows.
        relevant: int64, shape (queries, 4): gallery positions.
    """

    queries: NDArray[np.float32]
    gallery: NDArray[np.float32]
    relevant: NDArray[np.int64]


def made_task(queries: int, gallery: int, *, copied: bool, seed: int = 0) -> Made:
    """Queries that lean towards four items each; `copied`: every vector of the gallery stands there twice, so that half
    of what ties with a relevant item is not relevant.
    """
    generator = np.random.default_rng(seed)
    asking = generator.standard_normal((queries, DIMENSION))
    items = generator.standard_normal((gallery, DIMENSION))
    distinct = gallery // 2 if copied else gallery
    relevant = np.sort(generator.permutation(distinct)[: queries * _RELEVANT].reshape(queries, _RELEVANT), axis=1)
    items[relevant] = asking[:, None] + _NOISE * items[relevant]
    if copied:
        items[distinct : 2 * distinct] = items[:distinct]
    return Made(_unit(asking), _unit(items), relevant)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def by_mrseek(made: Made, depth: int) -> Callable[[], Values]:
    from retrieval.evaluation.item_vectors import ItemVectors
    from retrieval.evaluation.metrics import parse_measure
    from retrieval.evaluation.ranking_task import RankingTask, score_task
    from retrieval.evaluation.relevance import Judgments, Relevant, SharedKeys
    from retrieval.evaluation.score_sources import VectorScores

    del depth  # ranks are counted over the whole gallery
    measures = tuple(map(parse_measure, NAMES))

    def single(vectors: NDArray[np.float32]) -> ItemVectors:
        return ItemVectors(vectors, np.arange(len(vectors) + 1))

    def run() -> Values:
        task = RankingTask(
            scores=VectorScores(single(made.queries), single(made.gallery)),
            relevant=Judgments([Relevant(items, np.ones(len(items))) for items in made.relevant]),
            excluded=SharedKeys([frozenset()] * len(made.queries), {}),
            clusters=np.arange(len(made.queries)),
        )
        means = score_task(task, measures, block_bytes=128 << 20).reached.values.mean(axis=0)
        return dict(zip(NAMES, means.tolist(), strict=True))

    return run


def by_torchmetrics(made: Made, depth: int) -> Callable[[], Values]:
    import torch
    from torchmetrics import MetricCollection, retrieval

    del depth
    torch.set_num_threads(1)

    def run() -> Values:
        scores = torch.from_numpy(made.queries) @ torch.from_numpy(made.gallery).T
        target = torch.zeros(scores.shape, dtype=torch.bool)
        target.scatter_(1, torch.from_numpy(made.relevant), value=True)
        indexes = torch.arange(len(scores))[:, None].expand_as(scores)
        metrics = MetricCollection(
            {
                "hit@10": retrieval.RetrievalHitRate(top_k=10),
                "recall@10": retrieval.RetrievalRecall(top_k=10),
                "precision@10": retrieval.RetrievalPrecision(top_k=10),
                "ndcg@10": retrieval.RetrievalNormalizedDCG(top_k=10),
                "mrr": retrieval.RetrievalMRR(),
                "map": retrieval.RetrievalMAP(),
            }
        )
        metrics.update(scores.flatten(), target.flatten(), indexes=indexes.flatten())
        return {name: float(value) for name, value in metrics.compute().items()}

    return run


def by_ranx(made: Made, depth: int) -> Callable[[], Values]:
    from ranx import Qrels, Run, evaluate

    names = {"hit@10": "hit_rate@10"}
    asked = [names.get(name, name) for name in NAMES]

    def run() -> Values:
        qrels = Qrels({f"q{q}": {f"d{i}": 1 for i in items} for q, items in enumerate(made.relevant.tolist())})
        found = {f"q{q}": dict(hits) for q, hits in enumerate(_first(made, depth))}
        means = evaluate(qrels, Run(found), asked, make_comparable=True)
        return {name: float(means[one]) for name, one in zip(NAMES, asked, strict=True)}

    return run


def by_ir_measures(made: Made, depth: int) -> Callable[[], Values]:
    import ir_measures

    asked = {
        "hit@10": ir_measures.Success @ 10,
        "recall@10": ir_measures.R @ 10,
        "precision@10": ir_measures.P @ 10,
        "ndcg@10": ir_measures.nDCG @ 10,
        "mrr": ir_measures.RR,
        "map": ir_measures.AP,
    }

    def run() -> Values:
        qrels = {f"q{q}": {f"d{i}": 1 for i in items} for q, items in enumerate(made.relevant.tolist())}
        found = {f"q{q}": dict(hits) for q, hits in enumerate(_first(made, depth))}
        means = ir_measures.calc_aggregate(asked.values(), qrels, found)
        return {name: float(means[one]) for name, one in asked.items()}

    return run


def _first(made: Made, depth: int) -> Iterator[list[tuple[str, float]]]:
    """The first `depth` hits of each query, with names: what these tools take."""
    for query in made.queries:
        scores = made.gallery @ query
        first = np.argpartition(-scores, depth - 1)[:depth] if depth < len(scores) else np.arange(len(scores))
        yield [(f"d{item}", float(scores[item])) for item in first.tolist()]


TOOLS: Mapping[str, Callable[[Made, int], Callable[[], Values]]] = {
    "mrseek": by_mrseek,
    "torchmetrics": by_torchmetrics,
    "ranx": by_ranx,
    "ir_measures": by_ir_measures,
}
PACKAGES = ("numpy", "torch", "torchmetrics", "ranx", "numba", "ir_measures", "pytrec-eval-terrier")


def run_here(tool: str, queries: int, gallery: int, depth: int, *, copied: bool) -> dict[str, Any]:
    """One tool in this process: compiled and imported on a small task first, then timed."""
    started = time.perf_counter()
    TOOLS[tool](made_task(8, 64, copied=False), 32)()
    warm = time.perf_counter() - started
    run = TOOLS[tool](made_task(queries, gallery, copied=copied), depth)
    before, used, started = _peak_mib(), time.process_time(), time.perf_counter()
    values = run()
    return {
        "wall_seconds": time.perf_counter() - started,
        "processor_seconds": time.process_time() - used,
        "warm_up_seconds": warm,
        "added_mib": _peak_mib() - before,
        "values": dict(values),
    }


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_apart(tool: str, asked: argparse.Namespace, *, copied: bool) -> dict[str, Any]:
    """One tool in a process of its own."""
    size = [f"--{name}={getattr(asked, name)}" for name in ("queries", "gallery", "depth")]
    command = [sys.executable, "-m", "benchmarks.evaluation_rivals", "--tool", tool, *size]
    done = subprocess.run([*command, *(["--copied"] if copied else [])], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compared(asked: argparse.Namespace) -> dict[str, Any]:
    """All tools in turns; medians, ratios to mrseek, and by how much the values differ from mrseek's."""
    rounds = [{tool: run_apart(tool, asked, copied=False) for tool in TOOLS} for _ in range(asked.rounds)]
    with_copies = {tool: run_apart(tool, asked, copied=True)["values"] for tool in TOOLS}
    measured = ("wall_seconds", "processor_seconds", "warm_up_seconds", "added_mib")
    tools = {}
    for tool in TOOLS:
        medians = {name: round(statistics.median(one[tool][name] for one in rounds), 3) for name in measured}
        tools[tool] = medians | {"values": rounds[0][tool]["values"], "values_with_copies": with_copies[tool]}
    for found in tools.values():
        ours = tools["mrseek"]
        found["times_as_long"] = round(found["processor_seconds"] / ours["processor_seconds"], 2)
        found["times_the_memory"] = round(found["added_mib"] / max(ours["added_mib"], 1.0), 2)
        for values, off in (("values", "largest_difference"), ("values_with_copies", "largest_difference_with_copies")):
            found[off] = max(abs(found[values][name] - ours[values][name]) for name in NAMES)
    return {
        "task": {name: getattr(asked, name) for name in ("queries", "gallery", "depth", "rounds")},
        "dimension": DIMENSION,
        "relevant": _RELEVANT,
        "tools": tools,
        "command": "python -m benchmarks.evaluation_rivals " + " ".join(sys.argv[1:]),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "environment": environment(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("queries", 500), ("gallery", 20_000), ("depth", 1000), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--tool", choices=list(TOOLS), help="this one only, in this process")
    parser.add_argument("--copied", action="store_true", help="every gallery vector twice; with --tool")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.tool:
        print(json.dumps(run_here(asked.tool, asked.queries, asked.gallery, asked.depth, copied=asked.copied)))
        return
    text = json.dumps(compared(asked), indent=1)
    print(text)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
