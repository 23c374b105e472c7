"""Short lines made from labels, shares of pools in a batch, and variants of real series."""

from pathlib import Path

import numpy as np
import pytest

from tests.training_cases import make_pool
from training.contrastive_batch import BatchPlanner, BatchSettings
from training.pool import open_pools
from training.pool_format import SampleLabels
from training.queries import queries_of
from training.scan_variants import scan_variant
from volumes.planes import stack_axis
from volumes.volume import Volume


def labelled(region: str, sequence: str, plane: str = "axial", *, contrast: bool = False) -> SampleLabels:
    return SampleLabels("s", "p", "t", region, sequence, plane, contrast)


def test_a_line_is_true_of_a_series_or_not_said_of_it() -> None:
    kidney, liver = set(queries_of(labelled("kidney", "T2"))), set(queries_of(labelled("liver", "T1", contrast=True)))
    assert {"kidney MRI", "renal MRI", "abdomen MRI", "T2w", "axial T2 kidney"} <= kidney
    assert {"abdomen MRI", "hepatic scan", "T1 of the liver", "contrast-enhanced T1"} <= liver
    both = kidney & liver
    assert "abdomen MRI" in both and not any("T1" in line or "T2" in line or "kidney" in line for line in both)


def test_what_is_not_known_is_not_said() -> None:
    assert queries_of(labelled("", "", "")) == ()
    assert all("axial" not in line for line in queries_of(labelled("brain", "T1", "3d")))
    assert all("brain" not in line and "head" not in line for line in queries_of(labelled("", "T1")))


def test_queries_are_positives_of_all_series_that_they_describe(tmp_path: Path) -> None:
    pool = open_pools([make_pool(tmp_path / "pool", 6)])
    plan = BatchPlanner(
        pool, BatchSettings(series=12, captions=0, cards=0, sections=0, sentences=0, queries=4), 1
    ).plan(0)
    assert len(plan.texts) > 12
    for row, sample in enumerate(plan.samples):
        true = set(queries_of(pool.labels[sample]))
        assert [text in true for text in plan.texts] == plan.positives[row].tolist()


def test_shares_decide_how_much_of_a_batch_a_pool_brings(tmp_path: Path) -> None:
    """A pool of 12 studies is to bring half of batches beside one of 48: as often as studies are drawn, it does."""
    pool = open_pools([make_pool(tmp_path / "many", 48), make_pool(tmp_path / "few", 12, seed=1)])
    settings = BatchSettings(series=8, of_a_study=2, one_region=0.0)
    for shares, low, high in (((1.0, 1.0), 0.40, 0.56), ((9.0, 1.0), 0.05, 0.16)):
        planner = BatchPlanner(pool, settings, 3, shares)
        drawn = [pool.pools[sample] for step in range(60) for sample in planner.plan(step).samples]
        assert low < np.mean(drawn) < high


@pytest.mark.parametrize("spacing", [(0.5, 0.5, 5.0), (4.0, 1.0, 1.0), (1.0, 1.0, 1.0)])
def test_a_variant_is_a_part_of_the_scan_in_the_same_plane(spacing: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(0)
    voxels = np.zeros((64, 48, 30), np.float32)
    voxels[8:56, 8:40, 4:26] = rng.uniform(100, 200, (48, 32, 22))
    volume = Volume(voxels, np.diag([*spacing, 1.0]))
    shapes = set()
    for number in range(30):
        seen = scan_variant(np.random.default_rng(number), volume, may_mirror=True)
        shapes.add(seen.voxels.shape)
        assert stack_axis(seen.spacing_mm) == stack_axis(spacing)
        extent = np.array(seen.voxels.shape) * seen.spacing_mm
        assert (extent < 1.35 * np.array(voxels.shape) * spacing).all() and np.isfinite(seen.voxels).all()
        assert (extent > 0.35 * np.array(voxels.shape) * spacing).all()
    assert len(shapes) > 10
    again = scan_variant(np.random.default_rng(3), volume, may_mirror=True)
    np.testing.assert_array_equal(again.voxels, scan_variant(np.random.default_rng(3), volume, may_mirror=True).voxels)


def test_left_stays_left_where_a_side_is_named() -> None:
    voxels = np.zeros((64, 64, 30), np.float32)
    voxels[:20, 16:48] = 100.0
    volume = Volume(voxels, np.diag([1.0, 1.0, 4.0, 1.0]))
    mirrored = 0
    for number in range(40):
        kept, free = (scan_variant(np.random.default_rng(number), volume, may_mirror=may) for may in (False, True))
        half = kept.voxels.shape[0] // 2
        assert kept.voxels[:half].mean() >= kept.voxels[half:].mean()
        half = free.voxels.shape[0] // 2
        mirrored += bool(free.voxels[:half].mean() < free.voxels[half:].mean())
    assert 8 < mirrored < 32
