"""The tower over planes: its views against NumPy, any number of planes, its preparer against the composition."""

import numpy as np
import pytest
import torch

from common.errors import UsageError
from encoders.framing import Framing, FramingKind, PlanePreparer, preparer_of, scale_features
from encoders.image_kinds import build_image_module, plain_settings, typed_settings
from encoders.image_module import TrainingSwitches
from encoders.plane_net import PlaneNet, PlaneSettings, two_views, which_way
from volumes.planes import compose, plane_places, planes_of
from volumes.volume import Volume

SMALL = PlaneSettings(side=32, widths=(8, 16), blocks=(0, 1), width=24)


def some_planes(batch: int, side: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    random = np.random.default_rng(3)
    grid = (random.integers(0, 256, (batch, 7, side, side)) / np.float32(255)).astype(np.float32)
    scale = np.stack([scale_features((1.0, 1.0, 4.0), [200.0, 200.0, 100.0], 2.0)] * batch)
    return torch.from_numpy(grid), torch.from_numpy(scale)


def test_views_against_numpy() -> None:
    grid, _ = some_planes(2, 8)
    seen = two_views(grid).reshape(2, 7, 2, 8, 8).numpy()
    np.testing.assert_allclose(seen[:, :, 0], grid.numpy() * 2 - 1, atol=1e-6)
    for item in range(2):
        levels = np.rint(grid[item].numpy() * 255).astype(int)
        above = np.sort(levels[levels > 0])
        below = np.searchsorted(above, levels, side="left")
        rank = (below + (np.searchsorted(above, levels, side="right") - below) / 2) / len(above)
        np.testing.assert_allclose(seen[item, :, 1], np.where(levels > 0, rank, 0) * 2 - 1, atol=1e-5)


def test_ranks_do_not_see_how_grey_levels_are_spaced() -> None:
    coarse = torch.from_numpy(np.random.default_rng(3).integers(0, 8, (1, 7, 8, 8)).astype(np.float32))
    bright, dark = two_views(coarse * 36 / 255), two_views(coarse * 5 / 255)
    torch.testing.assert_close(bright[:, 1], dark[:, 1])
    assert (bright[:, 0] - dark[:, 0]).abs().max() > 0.5


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_planes_are_told_which_way_they_lie(axis: int) -> None:
    spacing = [1.0, 1.0, 1.0]
    spacing[axis] = 5.0
    scale = torch.from_numpy(scale_features((spacing[0], spacing[1], spacing[2]), [200.0] * 3, 2.0))[None]
    expected = [place.axis for place in plane_places((20, 20, 20), axis)]
    lie = which_way(scale)[0]
    assert lie[:, :3].argmax(dim=1).tolist() == expected
    assert lie[:, 3].tolist() == [1.0] * 5 + [0.0] * 2


def test_half_of_the_planes_in_training_and_all_of_them_afterwards() -> None:
    torch.manual_seed(0)
    tower = PlaneNet(SMALL)
    tower.switches = TrainingSwitches(keep_patches=4 / 7)
    assert len(tower._places()) == 4
    assert tower._places()[-1] >= 5
    tower.eval()
    assert tower._places() == list(range(7))
    grid, scale = some_planes(3)
    whole = tower(grid, scale)
    assert whole.shape == (3, 24)
    torch.testing.assert_close(tower(grid[1:2], scale[1:2]), whole[1:2], atol=1e-5, rtol=1e-4)  # whatever stands beside


def test_checkpointing_changes_no_number() -> None:
    grid, scale = some_planes(2)
    gradients = []
    for checkpointing in (False, True):
        torch.manual_seed(1)
        tower = PlaneNet(SMALL)
        tower.switches = TrainingSwitches(checkpointing=checkpointing)
        tower(grid, scale).square().sum().backward()
        gradients.append(tower.stages[0].down[0].weight.grad)  # type: ignore[union-attr, index]
    torch.testing.assert_close(gradients[0], gradients[1])


def test_settings_survive_json() -> None:
    assert typed_settings(plain_settings(SMALL)) == SMALL
    assert isinstance(build_image_module(SMALL), PlaneNet)


def test_the_preparer_is_the_composition_and_exact_in_bytes() -> None:
    voxels = np.random.default_rng(0).random((30, 24, 9), dtype=np.float32)
    volume = Volume(voxels, np.diag([2.0, 2.0, 6.0, 1.0]))
    framing = Framing((7, 32, 32), kind=FramingKind.PLANES)
    prepared = preparer_of(framing)(volume)
    expected = compose(planes_of(voxels, 2), (2.0, 2.0, 6.0), (60.0, 48.0, 54.0), 32)
    np.testing.assert_array_equal(np.rint(prepared[9:] * 255).astype(np.uint8).reshape(7, 32, 32), expected)
    np.testing.assert_array_equal(prepared[:9], scale_features((2.0, 2.0, 6.0), [60.0, 48.0, 54.0], 60 / 32))
    assert isinstance(preparer_of(framing), PlanePreparer)


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(UsageError, match="expected"):
        Framing((5, 32, 32), kind=FramingKind.PLANES)
    with pytest.raises(UsageError, match="multiple"):
        PlaneSettings(side=40, widths=(8, 16, 32, 64), blocks=(1, 1, 1, 1))
