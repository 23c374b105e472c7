import pytest
import torch

from common.errors import UsageError
from encoders.convnet3d import ConvNet3d, ConvSettings
from encoders.image_kinds import build_image_module, plain_settings, typed_settings
from encoders.image_module import TrainingSwitches
from encoders.vit3d import Stem, ViTSettings

TINY = ConvSettings((16, 16, 8), stem=4, widths=(8, 16), blocks=(1, 2), width=12)


def test_every_parameter_and_the_scale_matter() -> None:
    torch.manual_seed(0)
    model = ConvNet3d(TINY)
    grid, scale = torch.rand(2, 16, 16, 8), torch.rand(2, 9)
    out = model(grid, scale)
    assert out.shape == (2, 12)
    out.square().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    assert not torch.allclose(model(grid, scale), model(grid, scale + 1))


def test_gradient_checkpointing_changes_no_bit() -> None:
    found = []
    for switches in (TrainingSwitches(), TrainingSwitches(checkpointing=True)):
        torch.manual_seed(0)
        model = ConvNet3d(TINY).train()
        model.switches = switches
        model(torch.rand(2, 16, 16, 8), torch.rand(2, 9)).square().sum().backward()
        found.append([parameter.grad for parameter in model.parameters()])
    assert all(torch.equal(plain, kept) for plain, kept in zip(*found, strict=True))


def test_patches_cannot_be_left_out() -> None:
    model = ConvNet3d(TINY)
    model.switches = TrainingSwitches(keep_patches=0.5)
    with pytest.raises(UsageError, match="keep_patches = 1"):
        model(torch.rand(1, 16, 16, 8), torch.rand(1, 9))


@pytest.mark.parametrize("bad", [{"shape": (16, 16, 12)}, {"widths": (8, 12)}, {"blocks": (1,)}])
def test_parts_that_do_not_fit_are_refused(bad: dict) -> None:
    with pytest.raises(UsageError):
        ConvSettings(**({"shape": (16, 16, 8), "widths": (8, 16), "blocks": (1, 1)} | bad))


@pytest.mark.parametrize(
    "settings", [TINY, ViTSettings((16, 16, 8), (8, 8, 4), width=24, depth=1, heads=3, stem=Stem.CONVOLUTIONAL)]
)
def test_settings_of_any_kind_come_back_and_make_a_tower(settings: ConvSettings | ViTSettings) -> None:
    plain = {
        name: list(value) if isinstance(value, tuple) else value for name, value in plain_settings(settings).items()
    }
    assert typed_settings(plain) == settings
    found = build_image_module(settings)(torch.rand(1, 16, 16, 8), torch.rand(1, 9))
    assert found.shape == (1, settings.width)
    with pytest.raises(UsageError, match='"vit"'):
        typed_settings(plain | {"kind": "vitt"})


def test_mixed_gradients_are_near_those_of_float32_whatever_the_shape() -> None:
    """Two places along the first axis is where torch's own bfloat16 convolution on the CPU goes wrong."""
    for shape in ((8, 16, 16), (16, 8, 8), (8, 8, 8)):
        torch.manual_seed(0)
        model = ConvNet3d(ConvSettings((8, 8, 8), stem=4, widths=(16,), blocks=(2,), width=12))
        grid, scale = torch.rand(8, *shape), torch.rand(8, 9)
        found = []
        for mixed in (False, True):
            model.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
                out = model(grid, scale)
            out.float().square().sum().backward()
            found.append(torch.cat([parameter.grad.flatten() for parameter in model.parameters()]))  # type: ignore[union-attr]
        assert (found[0] - found[1]).norm() < 0.15 * found[0].norm()


def test_a_tower_in_bfloat16_encodes_shapes_of_two_places() -> None:
    model = ConvNet3d(TINY).bfloat16().eval()
    assert model(torch.rand(1, 16, 16, 8).bfloat16(), torch.rand(1, 9).bfloat16()).isfinite().all()
