"""Do phantoms look real? A small network learns region and sequence from phantoms alone and is asked about real series.

    python -m benchmarks.realism --atlases ../shared/atlases --data ../shared/data --out realism.json

Input: seven planes of 96 x 96 pixels, and extent and spacing. No real series is trained on, and none chooses the
checkpoint: the running mean of the weights at the last step is taken. Intervals: 95 %, bootstrap over patients.

    --without deform|artefacts|tissues|thickness|coverage     an ablation: phantoms without that variety
    --on-real                                                 the control: learns real series, halves by repository
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.realism_data import REGION_NAMES, SEQUENCE_NAMES, Pool, Recipe, make_pool, real_series
from benchmarks.realism_network import Training, predict, train
from phantoms.random_series import Variety

_DRAWS = 2000


def measured(scores: np.ndarray, truth: np.ndarray, names: tuple[str, ...], patients: np.ndarray) -> dict[str, object]:
    """Top-1, top-3 and balanced accuracy with intervals, chance of the commonest class, the confusion table.

    Args:
        scores: logits (n, classes).
        truth: class indices (n,), -1 where not asked.
        names: of the classes.
        patients: whose series each is (n,); drawn together.
    """
    known = truth >= 0
    scores, truth, patients = scores[known], truth[known], patients[known]
    order = np.argsort(-scores, axis=1)
    first, third = order[:, 0] == truth, (order[:, :3] == truth[:, None]).any(axis=1)

    def balanced(rows: np.ndarray) -> float:
        return float(np.mean([first[rows][truth[rows] == one].mean() for one in np.unique(truth[rows])]))

    random = np.random.default_rng(0)
    of_patient = [np.flatnonzero(patients == one) for one in np.unique(patients)]
    draws = [
        np.concatenate([of_patient[pick] for pick in random.integers(len(of_patient), size=len(of_patient))])
        for _ in range(_DRAWS)
    ]
    confusion = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(confusion, (truth, order[:, 0]), 1)
    result: dict[str, object] = {
        "series": len(truth),
        "patients": len(of_patient),
        "commonest": round(float(np.bincount(truth).max() / len(truth)), 3),
        "names": names,
        "confusion": confusion.tolist(),
    }
    for name, measure in (
        ("top1", lambda rows: first[rows].mean()),
        ("top3", lambda rows: third[rows].mean()),
        ("balanced", balanced),
    ):
        low, high = np.quantile([measure(rows) for rows in draws], [0.025, 0.975])
        result[name] = [round(float(value), 3) for value in (measure(np.arange(len(truth))), low, high)]
    return result


def on_real(real: Pool, training: Training) -> tuple[np.ndarray, np.ndarray]:
    """Logits of every real series from a network that learnt the other half, the halves parted by repository."""
    sources = sorted(set(real.source), key=real.source.count, reverse=True)
    side = {source: number % 2 for number, source in enumerate(sources)}
    sides = torch.tensor([side[source] for source in real.source])
    region = np.zeros((len(real), len(REGION_NAMES)), dtype=np.float32)
    sequence = np.zeros((len(real), len(SEQUENCE_NAMES)), dtype=np.float32)
    for half in (0, 1):
        network = train(real.only(torch.nonzero(sides != half)[:, 0]), training)
        rows = torch.nonzero(sides == half)[:, 0]
        region[rows.numpy()], sequence[rows.numpy()] = predict(network, real.only(rows))
    return region, sequence


def show(task: str, result: dict[str, object]) -> None:
    names, confusion = result["names"], result["confusion"]
    short = {name: value for name, value in result.items() if name not in {"names", "confusion"}}
    print(f"\n{task}: {json.dumps(short)}\nrows: truth, columns: guess")
    print(" " * 10, *(name[:6].rjust(6) for name in names))
    for name, line in zip(names, confusion, strict=True):
        if sum(line):
            print(name.rjust(10), *(str(count or ".").rjust(6) for count in line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlases", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--subjects", type=int, default=3000, help="phantoms, each with six contrasts")
    parser.add_argument("--steps", type=int, default=1500, help="of 64 series")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path("realism-cache"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--weights", type=Path, help="keeps the network's weights here")
    parser.add_argument("--without", choices=["deform", "artefacts", "tissues", "thickness", "coverage"], default="")
    parser.add_argument("--on-real", action="store_true", help="the control")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    variety = replace(Variety(), **{arguments.without: False}) if arguments.without else Variety()
    training = Training(steps=arguments.steps, seed=arguments.seed)
    real = real_series(arguments.data)
    report: dict[str, object] = {"without": arguments.without, "on_real": arguments.on_real, **asdict(training)}
    if arguments.on_real:
        guesses = on_real(real, training)
    else:
        recipe = Recipe(arguments.seed, arguments.subjects, variety, arguments.atlases, arguments.cache)
        pool = make_pool(recipe)
        held = make_pool(replace(recipe, seed=arguments.seed + 1000, subjects=100, variety=Variety()))
        network = train(pool, training)
        guesses = predict(network, real)
        own = predict(network, held)
        report |= {"phantoms": len(pool)}
        for task, scores, truth in zip(("region", "sequence"), own, (held.region, held.sequence), strict=True):
            report[f"{task} of unseen phantoms"] = round(float((scores.argmax(1) == truth.numpy()).mean()), 3)
        if arguments.weights:
            torch.save(network.state_dict(), arguments.weights)
    print(json.dumps(report))
    patients = np.array(real.patient)
    for task, scores, truth, names in zip(
        ("region", "sequence"), guesses, (real.region, real.sequence), (REGION_NAMES, SEQUENCE_NAMES), strict=True
    ):
        result = measured(scores, truth.numpy(), names, patients)
        show(task, result)
        report[task] = result
    if arguments.out:
        arguments.out.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
