"""Anatomy, warps, findings in voxels, and all of rendering, on anatomy from shapes (a stranger has no atlases)."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.anatomy_maps import shape_map
from phantoms.deform import draw_warp
from phantoms.findings import HABITS, STAGES, Finding, FindingKind, Side
from phantoms.label_names import tissue_of
from phantoms.patient_anatomy import local_labels, prepare
from phantoms.random_acquisition import Contrast, draw_geometry, with_contrast
from phantoms.render import render, sample, visible_table
from phantoms.sampling import SampleGrid, average_signal, gather_labels, lattice_of
from phantoms.scanner import draw_imperfections, receive
from phantoms.scene import Acquisition, ScanPlane, SequenceKind, Subject
from phantoms.tissues import Tissue

T2 = Acquisition(SequenceKind.SPIN_ECHO, ScanPlane.AXIAL, (64, 56), 12, 3.5, 5.0, 1.0, 1.5, tr_ms=4200, te_ms=98)


def every_finding() -> list[tuple[Region, Finding]]:
    found = []
    for region, habits in HABITS.items():
        if region not in set(Region):
            continue
        for kind, habit in habits.items():
            stages = STAGES.get(kind, ("",))
            for number, (place, sides) in enumerate(habit.places.items()):
                size = float(round(np.mean(habit.size_mm)))
                side, stage = sides[number % len(sides)], stages[number % len(stages)]
                found.append((Region(region), Finding(kind, side, place, size, habit.count[1], stage)))
    return found


@pytest.mark.parametrize("region", Region)
def test_warps_neither_fold_nor_lose_their_inverse(region: Region) -> None:
    for seed in range(5):
        random = seeds.generator(seed, "warp")
        warp = draw_warp(random, region, mirrored=False)
        points = random.uniform(-80, 80, (200, 3))
        step = 0.01
        columns = [(warp.to_map(points + step * axis) - warp.to_map(points)) / step for axis in np.eye(3)]
        assert (np.linalg.det(np.stack(columns, axis=-1)) > 0.05).all()
        assert np.abs(warp.to_map(warp.from_map(points)) - points).max() < 0.5
        assert np.median(np.abs(warp.to_map(warp.from_map(points)) - points)) < 0.01


@pytest.mark.parametrize("region", [Region.BRAIN, Region.KNEE, Region.LUMBAR_SPINE])
def test_deformation_moves_labels_and_invents_none(region: Region) -> None:
    anatomy = prepare(Subject(region, 3))
    labels, points = local_labels(anatomy.tissue_map, anatomy.warp, anatomy.warp.position_mm, np.full(3, 40.0), 2.0)
    at = anatomy.warp.to_map(points.reshape(-1, 3))
    index = np.rint((at - np.array(anatomy.tissue_map.origin_mm)) / anatomy.tissue_map.spacing_mm).astype(int)
    index = np.clip(index, 0, np.array(anatomy.tissue_map.labels.shape) - 1)
    exact = anatomy.tissue_map.labels[tuple(index.T)].reshape(labels.shape)
    assert set(np.unique(labels)) <= set(np.unique(anatomy.tissue_map.labels))
    assert (labels == exact).mean() > 0.95  # the lattice's interpolation moves borders by less than a voxel


def test_gathering_without_a_warp_is_indexing() -> None:
    tissue_map = shape_map(Region.WRIST)
    affine = np.diag([0.7, 0.7, 0.7, 1.0])
    affine[:3, 3] = tissue_map.origin_mm
    x, y, z = (np.arange(size, dtype=float) for size in tissue_map.labels.shape)
    lattice = lattice_of(SampleGrid(affine, (x, y, z), (1, 1, 1)))
    assert (gather_labels(tissue_map, lattice.nodes_mm, lattice).numpy() == tissue_map.labels).mean() > 0.999


def test_partial_volume_is_the_mean_of_samples() -> None:
    labels = torch.from_numpy(np.random.default_rng(0).integers(0, 5, (8, 6, 9)).astype(np.uint8))
    table = torch.tensor([0.0, 1.0, 4.0, 9.0, 16.0])
    mean = average_signal(labels, table, (2, 2, 3))
    brute = table.numpy()[labels.numpy()].reshape(4, 2, 3, 2, 3, 3).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(mean.numpy(), brute, rtol=1e-6)


@pytest.mark.parametrize(("region", "finding"), every_finding(), ids=lambda value: getattr(value, "place", str(value)))
def test_findings_change_the_voxels_where_the_truth_says(region: Region, finding: Finding) -> None:
    well = Subject(region, 11, 50, left=finding.side is Side.LEFT)
    ill = replace(well, findings=(finding,))
    anatomy = prepare(ill)
    (measured,) = anatomy.measured
    centre = np.array(measured.centre_mm)
    assert measured.lesions >= 1
    assert measured.volume_ml > 0.005
    assert measured.size_mm == pytest.approx(finding.size_mm, rel=0.3, abs=1.5)
    on_map = anatomy.warp.to_map(centre[None])[0]
    if (finding.side in (Side.LEFT, Side.RIGHT) and "spine" in region) or region in (Region.BRAIN, Region.PROSTATE):
        sign = {Side.LEFT: -1, Side.RIGHT: 1}.get(finding.side, 0)
        assert sign * on_map[0] >= 0
    middle = centre - anatomy.warp.position_mm
    looked_at = replace(
        T2, slices=3, thickness_mm=2.0, gap_mm=0.0, matrix=(96, 96), in_plane_mm=1.0,
        centre_mm=(float(middle[0]), float(middle[1]), float(middle[2])),
    )  # fmt: skip
    changed = _labels(well, looked_at) != _labels(ill, looked_at)
    assert changed.any()
    if finding.kind is not FindingKind.HYDROCEPHALUS and not anatomy.warp.swellings:
        where = np.argwhere(changed) - (np.array(changed.shape) - 1) / 2
        assert np.abs(where).max() < 96  # within the field of view
        assert changed.mean() < 0.5


def _labels(subject: Subject, acquisition: Acquisition) -> np.ndarray:
    scan = replace(draw_imperfections(seeds.generator(1), acquisition), wrap=0.0, distortion_mm=0.0)
    return sample(prepare(subject), acquisition, scan)[0].numpy()


def test_a_mirrored_knee_has_its_outer_side_on_the_other() -> None:
    fibula = {}
    for left in (False, True):
        anatomy = prepare(Subject(Region.KNEE, 2, left=left))
        inner = anatomy.warp.from_map(np.array([[-42.0, -2.0, 2.0]]))[0]  # the medial collateral ligament
        fibula[left] = inner[0] - anatomy.warp.position_mm[0]
    assert fibula[True] > 30 and fibula[False] < -30


def test_tissue_contrast_survives_until_the_noise() -> None:
    """Pure voxels of a rendered brain hold the ratios of the signal equations."""
    subject, thin = Subject(Region.BRAIN, 5), replace(T2, thickness_mm=1.5, gap_mm=0.0)
    scan = replace(draw_imperfections(seeds.generator(1), thin), wrap=0.0)
    labels, grid, _ = sample(prepare(subject), thin, scan)
    table = visible_table(thin)
    signal = average_signal(labels, torch.from_numpy(table.astype(np.float32)), grid.samples)
    sx, sy, sz = grid.samples
    blocks = labels.numpy().reshape(signal.shape[0], sx, signal.shape[1], sy, signal.shape[2], sz)
    for tissue in (Tissue.WHITE_MATTER, Tissue.GREY_MATTER, Tissue.CSF, Tissue.FAT):
        pure = (blocks == tissue).all(axis=(1, 3, 5))
        assert pure.sum() > 20
        np.testing.assert_allclose(signal.numpy()[pure], table[tissue], rtol=1e-5)


def test_background_noise_is_rayleigh() -> None:
    quiet = {"noise": 0.02, "noise_blur": 0.0, "ghost": 0.0, "texture": 0.0, "blur": 0.0}
    scan = replace(draw_imperfections(seeds.generator(3), T2), **quiet)  # type: ignore[arg-type]
    signal = torch.zeros(64, 64, 20)
    signal[:8] = 1.0
    background = receive(signal, T2, replace(scan, shading=0.0), 5).numpy()[10:]
    assert background.mean() == pytest.approx(700 * 0.02 * np.sqrt(np.pi / 2), rel=0.01)


_PRINT_DIGEST = """
import hashlib, torch, sys
torch.set_num_threads(int(sys.argv[1]))
from tests.test_phantoms_render import digests
print(digests())
"""


def digests() -> str:
    digest = hashlib.sha256()
    for region, kind in ((Region.BRAIN, FindingKind.GLIOMA), (Region.KNEE, FindingKind.EFFUSION)):
        habit = HABITS[region][kind]
        place, sides = next(iter(habit.places.items()))
        subject = Subject(region, 4, 61, True, (Finding(kind, sides[0], place, 30.0),))
        random = seeds.generator(9, region)
        acquisition = with_contrast(random, draw_geometry(random, region), Contrast.T2, region)
        rendering = render(subject, acquisition, scan_seed=8)
        digest.update(rendering.voxels.tobytes() + rendering.affine.tobytes() + repr(rendering.measured).encode())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    runs = [
        subprocess.run([sys.executable, "-c", _PRINT_DIGEST, threads], capture_output=True, text=True, check=True)
        for threads in ("1", "2")
    ]
    assert [run.stdout.strip() for run in runs] == [digests()] * 2


@pytest.mark.parametrize("region", Region)
def test_random_acquisitions_render(region: Region) -> None:
    random = seeds.generator(1, "any", region)
    geometry = draw_geometry(random, region, pixels=(32, 40))
    for contrast in Contrast:
        acquisition = with_contrast(random, geometry, contrast, region)
        rendering = render(Subject(region, 1), acquisition, scan_seed=2)
        assert rendering.voxels.dtype == np.float32
        assert np.isfinite(rendering.voxels).all()
        assert rendering.voxels.shape[rendering.slice_axis] == acquisition.slices


def test_names_of_structures_give_tissues() -> None:
    for name, tissue in (
        ("left_lateral_ventricle", Tissue.CSF),
        ("right_ventral_lateral_thalamic_nucleus", Tissue.DEEP_GREY_MATTER),
        ("white_matter_of_left_hemisphere_of_cerebellum", Tissue.WHITE_MATTER),
        ("left_VIIA_crusI_l1", Tissue.GREY_MATTER),
        ("L5-L4-IntervertebralDisc", Tissue.DISC),
        ("superior_mesenteric_artery", Tissue.BLOOD_VESSEL),
        ("medial_meniscus", Tissue.MENISCUS),
        ("popliteus_tendon", Tissue.LIGAMENT),
        ("popliteus_muscle", Tissue.MUSCLE),
        ("Thoracic12", Tissue.MARROW),
        ("?", None),
        ("background", None),
    ):
        assert tissue_of(name) is tissue
