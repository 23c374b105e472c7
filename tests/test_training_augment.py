import numpy as np
import pytest
import torch

from training.augment import AugmentSettings, Window, draw_look, render, whole
from training.axis_maps import apply_maps, thick_map, window_map
from training.draws import generator

SHAPE = (6, 8, 10)
NOTHING = AugmentSettings(gamma=0, gain=0, shading=0, noise=0, thick=0)


def some_grids(items: int = 2) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (items, *SHAPE)).astype(np.uint8))


def test_nothing_changes_nothing() -> None:
    grids = some_grids()
    looks = [draw_look(generator(0, row), NOTHING, SHAPE) for row in range(2)]
    torch.testing.assert_close(render(grids, looks), grids.float() / 255)
    looks = [draw_look(generator(0, row), NOTHING, SHAPE, whole(SHAPE)) for row in range(2)]
    torch.testing.assert_close(render(grids, looks), grids.float() / 255)


def test_a_look_is_that_of_its_place_whoever_stands_beside_it() -> None:
    grids = some_grids(3)
    looks = [draw_look(generator(7, "look", row), AugmentSettings(thick=1.0, flip_z=0.5), SHAPE) for row in range(3)]
    together = render(grids, looks)
    for row in range(3):
        torch.testing.assert_close(render(grids[row : row + 1], looks[row : row + 1])[0], together[row])
    assert not torch.allclose(together, grids.float() / 255, atol=0.01)


def test_a_window_is_cut_out_exactly_where_voxels_meet_places() -> None:
    grids = some_grids(1)
    window = Window((1.0, 2.0, 3.0), (4.0, 3.0, 5.0), (4, 3, 5))
    look = draw_look(generator(0), NOTHING, SHAPE, window)
    torch.testing.assert_close(render(grids, [look]), grids[:, 1:5, 2:5, 3:8].float() / 255)


def test_maps_against_interpolation() -> None:
    """Finer places: the same as torch's linear interpolation of the window; coarser: means."""
    values = torch.rand(1, 1, 8)
    fine = torch.from_numpy(window_map(8, 0, 8, 24)) @ values[0, 0]
    torch.testing.assert_close(fine, torch.nn.functional.interpolate(values, size=24, mode="linear")[0, 0])
    for size, target in ((8, 4), (96, 48), (10, 7), (5, 1)):
        weights = window_map(size, 0, size, target)
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
        assert weights.min() >= 0


def test_three_matrices_are_one_resampling() -> None:
    rng = np.random.default_rng(1)
    volumes = rng.random((2, 5, 6, 7)).astype(np.float32)
    maps = [rng.random((2, 3, size)).astype(np.float32) for size in (5, 6, 7)]
    expected = np.einsum("bax,bcy,bez,bxyz->bace", *maps, volumes)
    found = apply_maps(torch.from_numpy(volumes), tuple(torch.from_numpy(one) for one in maps))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4)


def test_thick_slices_lose_detail_along_their_axis_alone() -> None:
    stripes = np.tile([1.0, 0.0], 4)
    assert np.abs(thick_map(8, 2) @ stripes - 0.5).max() < 0.11
    np.testing.assert_allclose(thick_map(8, 8) @ stripes, stripes)


def test_flips_never_swap_left_and_right() -> None:
    """A bright left half stays on the left in every look; front and back change places in half of them."""
    grids = torch.zeros(1, *SHAPE, dtype=torch.uint8)
    grids[:, :3] = 200
    grids[:, :, :4] += 50
    settings = AugmentSettings(gamma=0, gain=0, shading=0, noise=0, thick=0.5, flip_y=0.5, flip_z=0.5)
    swapped = 0
    for row in range(40):
        seen = render(grids, [draw_look(generator(1, row), settings, SHAPE)])[0]
        assert seen[:3].mean() > seen[3:].mean() + 0.3
        swapped += bool(seen[:, :4].mean() < seen[:, 4:].mean())
    assert 10 <= swapped <= 30


def test_tables_keep_black_black_and_the_order_of_intensities() -> None:
    for row in range(20):
        table = draw_look(generator(2, row), AugmentSettings(gamma=0.5, gain=0.5), SHAPE).table
        assert table[0] == 0 and table.max() <= 1 and (np.diff(table) >= 0).all()


def test_noise_is_as_strong_as_drawn() -> None:
    grids = torch.full((1, 40, 40, 40), 128, dtype=torch.uint8)
    settings = AugmentSettings(gamma=0, gain=0, shading=0, noise=0.1, thick=0)
    look = draw_look(generator(3), settings, (40, 40, 40))
    assert 0 < look.noise <= 0.1
    assert render(grids, [look]).std().item() == pytest.approx(look.noise, rel=0.02)


def test_a_mixed_forward_pass_does_not_round_what_is_seen() -> None:
    grids = some_grids(8)
    looks = [draw_look(generator(4, row), AugmentSettings(thick=0.5), SHAPE) for row in range(8)]
    assert 0 < sum(look.maps is not None for look in looks) < 8
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = render(grids, looks)
    torch.testing.assert_close(found, render(grids, looks), rtol=0, atol=0)
