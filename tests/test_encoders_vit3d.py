import pytest
import torch

from common.errors import UsageError
from encoders.device import choose_device
from encoders.image_module import TrainingSwitches
from encoders.vit3d import PRESETS, Stem, VisionTransformer3d, ViTSettings, _dropped, preset

TINY = ViTSettings((16, 16, 8), (8, 8, 4), width=24, depth=2, heads=3, registers=2)


def test_shapes_and_tokens() -> None:
    model = VisionTransformer3d(TINY).eval()
    grid, scale = torch.rand(3, 16, 16, 8), torch.rand(3, 9)
    tokens = model.tokens(grid, scale)
    assert tokens.shape == (3, 2 + 2 + 8, 24)
    torch.testing.assert_close(model(grid, scale), tokens[:, 0])


@pytest.mark.parametrize("stem", list(Stem))
def test_both_stems_see_every_patch(stem: Stem) -> None:
    settings = ViTSettings((16, 16, 8), (8, 8, 4), width=24, depth=1, heads=3, stem=stem)
    model = VisionTransformer3d(settings)
    assert model.stem(torch.rand(2, 1, 16, 16, 8)).shape == (2, 24, 2, 2, 2)


def test_every_parameter_and_the_scale_matter() -> None:
    torch.manual_seed(0)
    model = VisionTransformer3d(TINY)
    grid, scale = torch.rand(2, 16, 16, 8), torch.rand(2, 9)
    model(grid, scale).square().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    assert not torch.allclose(model(grid, scale), model(grid, scale + 1))


def test_patches_are_in_c_order() -> None:
    """A change in one patch changes that patch's token first: with no layers, that one alone."""
    model = VisionTransformer3d(ViTSettings((16, 16, 8), (8, 8, 4), width=24, depth=0, heads=3, registers=2))
    grid = torch.rand(1, 16, 16, 8)
    other = grid.clone()
    other[:, 8:, :8, 4:] += 1  # patch (1, 0, 1) of (2, 2, 2): number 5
    changed = (model.tokens(grid, torch.zeros(1, 9)) != model.tokens(other, torch.zeros(1, 9))).any(dim=2)[0]
    assert changed.nonzero().flatten().tolist() == [4 + 5]


def test_sizes_are_as_documented() -> None:
    with torch.device("meta"):
        counts = {name: sum(p.numel() for p in VisionTransformer3d(s).parameters()) for name, s in PRESETS.items()}
    assert 6e6 < counts["small"] < 16e6
    assert 85e6 < counts["base"] < 92e6


@pytest.mark.parametrize(
    "bad", [{"patch": (5, 8, 4)}, {"heads": 5}, {"patch": (8, 16, 8), "shape": (16, 16, 16), "stem": "odd"}]
)
def test_parts_that_do_not_fit_are_refused(bad: dict) -> None:
    base = {"shape": (16, 16, 8), "patch": (8, 8, 4), "width": 24, "depth": 1, "heads": 3}
    if bad.get("stem"):
        bad = {"shape": (12, 12, 12), "patch": (6, 6, 6), "stem": Stem.CONVOLUTIONAL}
    with pytest.raises(UsageError):
        VisionTransformer3d(ViTSettings(**(base | bad)))


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match='"small"'):
        preset("smal")


def test_device_choice_gives_its_reason() -> None:
    assert choose_device("cpu").reason == "asked for"
    choice = choose_device()
    assert choice.device in {"cpu", "cuda"}
    assert "CUDA" in choice.reason
    if not torch.cuda.is_available():
        with pytest.raises(UsageError, match="sees none"):
            choose_device("cuda")


def _trained(switches: TrainingSwitches) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    model = VisionTransformer3d(TINY).train()
    model.switches = switches
    out = model(torch.rand(2, 16, 16, 8), torch.rand(2, 9))
    out.square().sum().backward()
    return out.detach(), torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def test_gradient_checkpointing_changes_no_bit() -> None:
    for plain, kept in zip(_trained(TrainingSwitches()), _trained(TrainingSwitches(checkpointing=True)), strict=True):
        torch.testing.assert_close(plain, kept, rtol=0, atol=0)


def test_positions_are_interpolated_for_other_grids() -> None:
    """One patch of two along each axis stands in the middle: its position is the mean of the two."""
    model = VisionTransformer3d(TINY)
    assert model.tokens(torch.rand(1, 24, 8, 16), torch.rand(1, 9)).shape == (1, 4 + 3 * 1 * 4, 24)
    torch.testing.assert_close(model._positions_for((1, 1, 1))[0, 0], model.positions[0].mean(dim=0))
    torch.testing.assert_close(model._positions_for((2, 2, 2)), model.positions)
    reference = torch.nn.functional.interpolate(
        model.positions.transpose(1, 2).reshape(1, 24, 2, 2, 2), size=(3, 1, 4), mode="trilinear"
    )
    torch.testing.assert_close(model._positions_for((3, 1, 4)), reference.flatten(2).transpose(1, 2))


def test_hidden_patches_are_not_seen() -> None:
    torch.manual_seed(0)
    model = VisionTransformer3d(TINY).eval()
    grid, scale = torch.rand(1, 16, 16, 8), torch.rand(1, 9)
    hidden = torch.full((1, 8, 24), float("nan"))
    torch.testing.assert_close(model.tokens(grid, scale, hidden=hidden), model.tokens(grid, scale))
    hidden[:, 5] = 0.5
    other = grid.clone()
    other[:, 8:, :8, 4:] += 1  # patch 5
    torch.testing.assert_close(model.tokens(grid, scale, hidden=hidden), model.tokens(other, scale, hidden=hidden))


def test_empty_patches_are_dropped_first_and_only_in_training() -> None:
    model = VisionTransformer3d(TINY)
    model.switches = TrainingSwitches(keep_patches=0.25)
    grid, scale = torch.zeros(1, 16, 16, 8), torch.rand(1, 9)
    grid[:, :8, :8] = 1.0  # two of the eight patches: those that a quarter keeps
    kept = model.train()(grid, scale)
    filled = grid.clone()
    filled[:, 8:] = 1e-4  # as good as empty
    torch.testing.assert_close(kept, model(filled, scale))
    assert not torch.allclose(kept, model.eval()(grid, scale))


def test_drop_path_keeps_the_expectation() -> None:
    torch.manual_seed(0)
    dropped = _dropped(torch.ones(20_000, 1, 1), 0.3)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.02)
