"""Do phantoms look real? A small CNN learns region and sequence from phantoms alone and is asked about real series.

    python benchmarks/realism.py --atlases ../shared/atlases --data ../shared/data --minutes 8 --out realism.json

Input: three orthogonal middle slices of 80 x 80 pixels, and the extent and spacing of the grid. No real series is
trained on, and none chooses the checkpoint: the last one is taken. Intervals: bootstrap over series.
"""

import argparse
import csv
import itertools
import json
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.findings import draw_finding, kinds_in
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.random_acquisition import Contrast, contrasts_of, draw_geometry, with_contrast
from phantoms.render import affine_of, sample, visible_table, wrapped_around
from phantoms.sampling import average_signal
from phantoms.scanner import draw_imperfections, receive
from phantoms.scene import Subject

PIXELS = 80
REGIONS = {
    Region.BRAIN: "brain", Region.CERVICAL_SPINE: "spine", Region.THORACIC_SPINE: "spine", Region.LUMBAR_SPINE: "spine",
    Region.KNEE: "knee", Region.SHOULDER: "shoulder", Region.WRIST: "wrist", Region.UPPER_LEG: "leg",
    Region.LOWER_LEG: "leg", Region.HEART: "heart", Region.ABDOMEN: "abdomen", Region.PROSTATE: "pelvis",
    Region.FETAL: "fetal",
}  # fmt: skip
REAL_REGIONS = {
    "brain": "brain", "head": "brain", "spinal cord": "spine", "spine": "spine", "lumbar spine": "spine",
    "cervical spine": "spine", "abdomen (liver)": "abdomen", "abdomen (liver/spleen)": "abdomen", "kidney": "abdomen",
    "prostate": "pelvis", "knee": "knee", "upper leg": "leg", "lower leg": "leg", "heart": "heart",
    "fetal brain": "fetal", "shoulder": "shoulder", "wrist": "wrist",
}  # fmt: skip
REAL_SEQUENCES = {
    "T1": "T1", "T1 SE": "T1", "T1 GRE (10 deg)": "T1", "T1 GRE (5 deg)": "PD", "T1-EPI": "T1",
    "T1 post-contrast": "T1c", "T1 GRE post-contrast": "T1c", "T1 VIBE fat-sat dynamic (MPR)": "T1c",
    "DCE dynamic T1": "T1c", "T2": "T2", "T2 TSE": "T2", "T2*": "T2*", "GRE magnitude for SWI": "T2*",
    "multi-echo GRE magnitude": "T2*", "PD": "PD", "PD (VIBE)": "PD", "multi-echo SE (T2 map), echo 1": "PD",
    "multi-echo SE (T2 map), echo 6": "T2", "FLAIR": "FLAIR", "DWI": "DWI", "DTI": "DWI", "DWI/DTI": "DWI",
    "DWI (trace)": "DWI", "DWI (calculated high b)": "DWI", "DWI b1400": "DWI", "ADC": "ADC", "BOLD fMRI": "BOLD",
    "BOLD fMRI (EPI)": "BOLD", "BOLD reference": "BOLD", "ASL perfusion-weighted": "perfusion",
    "rCBF (ASL)": "perfusion",
}  # fmt: skip
REGION_NAMES = tuple(sorted(set(REGIONS.values())))
SEQUENCE_NAMES = tuple(contrast.value for contrast in Contrast)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run varies; each switch off is an ablation."""

    deform: bool = True
    artefacts: bool = True
    findings: float = 0.1
    sequences_per_geometry: int = 3


def three_slices(voxels: np.ndarray, spacing_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (3, PIXELS, PIXELS), each slice fitted by its longer side; and six numbers of the grid."""
    extent = np.array(voxels.shape) * spacing_mm
    slices = np.zeros((3, PIXELS, PIXELS), dtype=np.float32)
    for axis in range(3):
        image = torch.from_numpy(np.ascontiguousarray(np.take(voxels, voxels.shape[axis] // 2, axis)))[
            None, None
        ].float()
        sides = np.delete(extent, axis)
        size = np.maximum(1, np.rint(PIXELS * sides / sides.max())).astype(int)
        fitted = torch.nn.functional.interpolate(image, size=tuple(size.tolist()), mode="area")[0, 0].numpy()
        start = (PIXELS - size) // 2
        slices[axis, start[0] : start[0] + size[0], start[1] : start[1] + size[1]] = _normalised(fitted)
    return (slices * 255).astype(np.uint8), np.log(np.concatenate([extent, spacing_mm]) + 0.1).astype(np.float32)


def _normalised(image: np.ndarray) -> np.ndarray:
    low, high = np.percentile(image, [1, 99])
    return np.clip((image - low) / (high - low + 1e-9), 0, 1)


def phantoms(seed: int, library: AtlasLibrary | None, settings: Settings):
    """Endless (slices, grid, region, sequence), regions balanced, several sequences of one geometry in a row."""
    classes = defaultdict(list)
    for region, name in REGIONS.items():
        classes[name].append(region)
    number = 0
    while True:
        number += 1
        random = seeds.generator(seed, "realism", number)
        name = REGION_NAMES[random.integers(len(REGION_NAMES))] if random.random() < 0.6 else "brain"
        region = classes[name][random.integers(len(classes[name]))]
        yield from _series(random, region, library, settings)


def _series(random: np.random.Generator, region: Region, library: AtlasLibrary | None, settings: Settings):
    left = bool(random.random() < 0.5)
    findings = ()
    if kinds_in(region) and random.random() < settings.findings:
        kinds = kinds_in(region)
        findings = (draw_finding(random, region, kinds[random.integers(len(kinds))], left=left),)
    subject = Subject(region, int(random.integers(2**31)), int(random.integers(20, 90)), left, findings)
    patient = prepare(subject, library)
    if not settings.deform:
        still = patient.warp
        patient = replace(patient, warp=replace(still, amplitudes_mm=still.amplitudes_mm * 0, bend=still.bend * 0))
    geometry = draw_geometry(random, region, pixels=(48, 80))
    scan = draw_imperfections(random, geometry)
    labels, grid, folded = sample(patient, geometry, scan)
    spacing = np.linalg.norm(affine_of(patient, geometry)[:3, :3], axis=0)
    offered = contrasts_of(region)
    for choice in random.permutation(len(offered))[: settings.sequences_per_geometry]:
        acquisition = with_contrast(random, geometry, offered[choice], region)
        table = torch.from_numpy(visible_table(acquisition).astype(np.float32))
        signal = wrapped_around(average_signal(labels, table, grid.samples), scan.phase_axis, folded)
        imperfect = draw_imperfections(random, acquisition)
        if not settings.artefacts:
            imperfect = replace(imperfect, noise=0.004, shading=0.0, texture=0.0, ghost=0.0, blur=0.0)
        voxels = receive(signal, acquisition, imperfect, int(random.integers(2**31))).numpy()
        slices, numbers = three_slices(voxels, spacing)
        yield slices, numbers, REGION_NAMES.index(REGIONS[region]), SEQUENCE_NAMES.index(offered[choice].value)


class SliceNet(torch.nn.Module):
    """One small convolutional network over each of three slices; two heads over all of them and the grid."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[torch.nn.Module] = []
        sizes = (1, 16, 32, 64, 96)  # small: 5 million multiplications a slice, or a CPU sees each phantom once
        for inward, outward in itertools.pairwise(sizes):
            layers += [torch.nn.Conv2d(inward, outward, 3, stride=2, padding=1), torch.nn.BatchNorm2d(outward)]
            layers += [torch.nn.ReLU()]
        self.trunk = torch.nn.Sequential(*layers)
        self.grid = torch.nn.Sequential(torch.nn.Linear(6, 24), torch.nn.ReLU())
        width = 3 * 2 * 96 + 24
        self.heads = torch.nn.ModuleList(
            torch.nn.Sequential(
                torch.nn.Dropout(0.2), torch.nn.Linear(width, 128), torch.nn.ReLU(), torch.nn.Linear(128, count)
            )
            for count in (len(REGION_NAMES), len(SEQUENCE_NAMES))
        )

    def forward(self, slices: torch.Tensor, grid: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.trunk(slices.reshape(-1, 1, PIXELS, PIXELS).float() / 127.5 - 1)
        pooled = torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1).reshape(len(slices), -1)
        features = torch.cat([pooled, self.grid(grid - 4.0)], dim=1)
        region, sequence = (head(features) for head in self.heads)
        return region, sequence


def train(pool, seconds: float, seed: int) -> SliceNet:
    """Trains on what is in the pool with small shifts, flips never: sides mean something."""
    torch.manual_seed(seed)
    network = SliceNet()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    slices, grid, region, sequence = pool
    start, batch = time.monotonic(), 64
    generator = torch.Generator().manual_seed(seed)
    weights = [_balance(region, len(REGION_NAMES)), _balance(sequence, len(SEQUENCE_NAMES))]
    while (passed := time.monotonic() - start) < seconds:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * passed / seconds)) + 1e-5
        rows = torch.randint(len(slices), (batch,), generator=generator)
        shift = torch.randint(-5, 6, (2,), generator=generator).tolist()
        images = slices[rows].roll(shift, (2, 3))
        guesses = network(images, grid[rows] + 0.05 * torch.randn(batch, 6, generator=generator))
        loss = sum(
            torch.nn.functional.cross_entropy(guess, truth[rows], weight=weight, label_smoothing=0.05)
            for guess, truth, weight in zip(guesses, (region, sequence), weights, strict=True)
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


def _balance(labels: torch.Tensor, classes: int) -> torch.Tensor:
    counts = torch.bincount(labels, minlength=classes).float()
    return (counts.sum() / classes / counts.clamp(min=1)).sqrt()


def make_pool(seed: int, seconds: float, library: AtlasLibrary | None, settings: Settings):
    """As many phantoms as fit into the time."""
    rows, start = [], time.monotonic()
    for item in phantoms(seed, library, settings):
        rows.append(item)
        if time.monotonic() - start > seconds:
            break
    slices, grid, region, sequence = zip(*rows, strict=True)
    return (
        torch.from_numpy(np.stack(slices)), torch.from_numpy(np.stack(grid)),
        torch.tensor(region), torch.tensor(sequence),
    )  # fmt: skip


def real_series(data: Path, cache: Path):
    """Slices, grid, region and sequence names ("" where not asked) of every real series with a label."""
    if cache.exists():
        kept = np.load(cache)
        return kept["slices"], kept["grid"], kept["region"], kept["sequence"]
    from volumes.load import load_path

    rows = []
    with (data / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            region, sequence = REAL_REGIONS.get(row["anatomy"], ""), REAL_SEQUENCES.get(row["sequence"], "")
            if region or sequence:
                volume = load_path(data / row["path"]).chosen
                rows.append((*three_slices(volume.voxels, np.array(volume.spacing_mm)), region, sequence))
    slices, grid, region, sequence = (np.array(column) for column in zip(*rows, strict=True))
    np.savez_compressed(cache, slices=slices, grid=grid, region=region, sequence=sequence)
    return slices, grid, region, sequence


def score(scores: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> dict[str, object]:
    """Top-1, top-3 and balanced accuracy with 95 % bootstrap intervals, and the confusion table (rows: truth)."""
    known = np.isin(truth, names)
    scores, index = scores[known], np.array([names.index(name) for name in truth[known]])
    order = np.argsort(-scores, axis=1)
    first, third = order[:, 0] == index, (order[:, :3] == index[:, None]).any(axis=1)

    def balanced(rows: np.ndarray) -> float:
        return float(np.mean([first[rows][index[rows] == one].mean() for one in np.unique(index[rows])]))

    random = np.random.default_rng(0)
    draws = [random.integers(len(index), size=len(index)) for _ in range(1000)]
    every = np.arange(len(index))
    confusion = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(confusion, (index, order[:, 0]), 1)
    measures = {"top1": lambda rows: first[rows].mean(), "top3": lambda rows: third[rows].mean(), "balanced": balanced}
    result: dict[str, object] = {"n": len(index), "names": names, "confusion": confusion.tolist()}
    for name, measure in measures.items():
        spread = np.quantile([measure(rows) for rows in draws], [0.025, 0.975])
        result[name] = [round(float(value), 3) for value in (measure(every), *spread)]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlases", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--minutes", type=float, default=8.0, help="half makes phantoms, half trains")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path("realism-cache"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pool", type=Path, help="keeps the phantoms here, or takes them from here")
    parser.add_argument("--without", choices=["deform", "artefacts", "sequences"], help="an ablation")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.cache.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    if arguments.without:
        off = {
            "deform": {"deform": False},
            "artefacts": {"artefacts": False},
            "sequences": {"sequences_per_geometry": 1},
        }
        settings = replace(settings, **off[arguments.without])
    library = AtlasLibrary(arguments.atlases, arguments.cache) if arguments.atlases else None
    slices, grid, region, sequence = real_series(arguments.data, arguments.cache / "real.npz")
    if arguments.pool and arguments.pool.exists():
        pool = torch.load(arguments.pool)
    else:
        pool = make_pool(arguments.seed, arguments.minutes * 30, library, settings)
        if arguments.pool:
            torch.save(pool, arguments.pool)
    held = make_pool(arguments.seed + 1, 10, library, settings)
    network = train(pool, arguments.minutes * 30, arguments.seed)
    report: dict[str, object] = {"phantoms": len(pool[0]), "minutes": arguments.minutes, "without": arguments.without}
    with torch.no_grad():
        guesses = network(torch.from_numpy(slices), torch.from_numpy(grid))
        own = network(held[0], held[1])
    tasks = (("region", 0, region, REGION_NAMES), ("sequence", 1, sequence, SEQUENCE_NAMES))
    for name, head, truth, names in tasks:
        report[name] = score(guesses[head].numpy(), truth, names)
        report[f"{name} of unseen phantoms"] = float((own[head].argmax(1) == held[head + 2]).float().mean())
    short = {k: ({m: v[m] for m in v if m != "confusion"} if isinstance(v, dict) else v) for k, v in report.items()}
    print(json.dumps(short))
    for task in ("region", "sequence"):
        table = report[task]
        print(task, "rows: truth, columns: guess", *table["names"], sep=" | ")
        for label, line in zip(table["names"], table["confusion"], strict=True):
            if sum(line):
                print(label.rjust(10), *(str(count or ".").rjust(3) for count in line))
    if arguments.out:
        arguments.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
