"""What the realism benchmark learns from and is asked about: pools of phantoms, and the real series."""

import csv
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from common.threads import use_one_thread
from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.labelmaps import AtlasLibrary
from phantoms.random_acquisition import Contrast
from phantoms.random_series import REGIONS_DRAWN, Variety, draw_contrasts, draw_seen, draw_shown
from training.plane_truth import CELLS, NOT_KNOWN, SIGNAL_TISSUES, plane_truth, tissue_cells
from volumes.load import load_path
from volumes.planes import compose, planes_of, stack_axis

SIDE = 96
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
NUMBERS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Series as a network sees them, and what they are.

    Attributes:
        pictures: uint8 (n, 7, SIDE, SIDE).
        numbers: float32 (n, 9): extent and spacing in octaves, and the axis of the stack.
        region, sequence: indices of names, -1 where not asked; int64 (n,).
        tissues: of phantoms, the group of tissue in every cell, uint8 (n, 7, CELLS, CELLS).
        signal: of phantoms, brightness of `SIGNAL_TISSUES` over their mean, NaN for those that are not on the planes;
            float32 (n, tissues).
        source, patient: for real series, the repository that each comes from, and whose it is; empty for phantoms.
    """

    pictures: torch.Tensor
    numbers: torch.Tensor
    region: torch.Tensor
    sequence: torch.Tensor
    tissues: torch.Tensor
    signal: torch.Tensor
    source: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pictures)

    def only(self, rows: torch.Tensor) -> "Pool":
        names = (
            tuple(column[row] for row in rows.tolist()) if column else () for column in (self.source, self.patient)
        )
        tensors = (self.pictures, self.numbers, self.region, self.sequence, self.tissues, self.signal)
        return Pool(*(tensor[rows] for tensor in tensors), *names)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a pool of phantoms."""

    seed: int
    subjects: int
    variety: Variety
    atlases: Path | None
    cache: Path
    contrasts: int = 6


def numbers_of(spacing_mm: tuple[float, ...], extent_mm: tuple[float, ...], axis: int) -> np.ndarray:
    scale = np.log2(np.concatenate([np.array(extent_mm) / 200, np.array(spacing_mm) / 2]) + 1e-3)
    return np.concatenate([scale, np.eye(3)[axis]]).astype(np.float32)


def make_pool(recipe: Recipe, processes: int = 2) -> Pool:
    """`contrasts` exposures of each of `subjects` subjects."""
    jobs = [(recipe, start, min(start + 50, recipe.subjects)) for start in range(0, recipe.subjects, 50)]
    with multiprocessing.get_context("spawn").Pool(processes) as workers:
        parts = workers.map(_make_part, jobs, chunksize=1)
    return Pool(*(torch.from_numpy(np.concatenate(column)) for column in zip(*parts, strict=True)))


def _make_part(job: tuple[Recipe, int, int]) -> tuple[np.ndarray, ...]:
    recipe, start, stop = job
    use_one_thread()
    library = AtlasLibrary(recipe.atlases, recipe.cache) if recipe.atlases else None
    pictures, numbers, region, sequence, tissues, signal = [], [], [], [], [], []
    for number in range(start, stop):
        shown = draw_shown(recipe.seed, number, REGIONS_DRAWN, library, recipe.variety)
        glimpse = shown.glimpse
        cells = tissue_cells(glimpse)
        random = seeds.generator(recipe.seed, "seen", number)
        for contrast in draw_contrasts(random, shown, recipe.contrasts):
            seen = draw_seen(random, shown, recipe.variety, side=SIDE, contrast=contrast)
            pictures.append(seen.pictures)
            numbers.append(numbers_of(seen.spacing_mm, glimpse.extent_mm, glimpse.axis))
            region.append(REGION_NAMES.index(REGIONS[shown.subject.region]))
            sequence.append(SEQUENCE_NAMES.index(contrast.value))
            truth = plane_truth(cells, seen.signal)
            tissues.append(truth.tissues)
            signal.append(truth.signal)
    columns = np.stack(pictures), np.stack(numbers), np.array(region), np.array(sequence)
    return (*columns, np.stack(tissues), np.stack(signal))


def real_series(data: Path) -> Pool:
    """Every real series whose region or sequence is one of the names."""
    pictures, numbers, region, sequence, source, patient = [], [], [], [], [], []
    with (data / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            names = REAL_REGIONS.get(row["anatomy"], ""), REAL_SEQUENCES.get(row["sequence"], "")
            if not any(names):
                continue
            volume = load_path(data / row["path"]).chosen
            spacing = volume.spacing_mm
            extent = tuple(size * step for size, step in zip(volume.voxels.shape, spacing, strict=True))
            axis = stack_axis(spacing)
            pictures.append(compose(planes_of(volume.voxels, axis), spacing, extent, SIDE))
            numbers.append(numbers_of(spacing, extent, axis))
            region.append(REGION_NAMES.index(names[0]) if names[0] else -1)
            sequence.append(SEQUENCE_NAMES.index(names[1]) if names[1] else -1)
            source.append(row["source_repo"])
            patient.append(f"{row['source_repo']} {row['subject_id'] or row['series_id']}")
    columns = np.stack(pictures), np.stack(numbers), np.array(region), np.array(sequence)
    nobody_knows = (
        torch.full((len(source), 7, CELLS, CELLS), NOT_KNOWN, dtype=torch.uint8),
        torch.full((len(source), len(SIGNAL_TISSUES)), torch.nan),
    )
    tensors = (*(torch.from_numpy(column) for column in columns), *nobody_knows)
    return Pool(*tensors, tuple(source), tuple(patient))
