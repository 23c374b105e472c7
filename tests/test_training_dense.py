"""What a simulator knows of the planes, and what a tower learns of it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from common.errors import UsageError
from encoders.framing import Framing, FramingKind
from encoders.plane_net import PlaneNet, PlaneSettings
from phantoms.tissues import Tissue
from tests.training_cases import make_pool
from training.config import parse_config
from training.dense_heads import DenseHeads
from training.plane_truth import CELLS, NOT_KNOWN, SIGNAL_TISSUES, TISSUE_GROUPS, plane_truth
from training.pool import open_pools
from training.pool_glimpses import GlimpseSource
from training.pool_write import write_pool
from training.workers import open_workers

ALONE = open_workers(1, "cpu")


def test_brightness_is_over_the_mean_of_what_is_there() -> None:
    cells = np.full((7, CELLS, CELLS), int(Tissue.AIR), np.uint8)
    cells[0, 0, 0], cells[1, 2, 3] = Tissue.GREY_MATTER, Tissue.CSF
    signal = np.zeros(len(Tissue))
    signal[[Tissue.GREY_MATTER, Tissue.CSF, Tissue.FAT]] = 1.0, 3.0, 9.0
    truth = plane_truth(cells, signal)
    expected = {Tissue.GREY_MATTER: 0.5, Tissue.CSF: 1.5}
    for tissue, found in zip(SIGNAL_TISSUES, truth.signal.tolist(), strict=True):
        assert found == expected[tissue] if tissue in expected else np.isnan(found)
    assert truth.tissues[0, 0, 0] != truth.tissues[1, 2, 3] != truth.tissues[0, 0, 1]
    assert truth.tissues.max() < TISSUE_GROUPS


def test_a_pool_of_glimpses_keeps_what_is_known_and_others_say_that_nobody_knows(tmp_path: Path) -> None:
    side = 24
    source = GlimpseSource(subjects=1, seed=3, side=side, contrasts=2)
    write_pool(tmp_path / "glimpses", source, Framing((7, side, side), kind=FramingKind.PLANES))
    (first, second) = source.read(0)
    tissues, signal = open_pools([tmp_path / "glimpses"]).truths([1, 0])
    assert first.truth is not None and second.truth is not None
    np.testing.assert_array_equal(tissues, np.stack([second.truth.tissues, first.truth.tissues]))
    np.testing.assert_array_equal(signal, np.stack([second.truth.signal, first.truth.signal]))
    assert (first.truth.tissues == second.truth.tissues).all()  # two contrasts of one geometry
    tissues, signal = open_pools([make_pool(tmp_path / "grids", 3)]).truths([0])
    assert (tissues == NOT_KNOWN).all() and np.isnan(signal).all()


def test_dense_losses_are_means_over_what_is_known() -> None:
    """Against the formulas written out, on a batch of which half is a real scan."""
    torch.manual_seed(0)
    tower = PlaneNet(PlaneSettings(side=32, widths=(4, 6, 8), blocks=(0, 0, 1), width=16)).eval()
    heads = DenseHeads(tower)
    tissues = torch.full((2, 7, CELLS, CELLS), NOT_KNOWN, dtype=torch.uint8)
    tissues[0] = torch.randint(TISSUE_GROUPS, (7, CELLS, CELLS))
    signal = torch.full((2, len(SIGNAL_TISSUES)), torch.nan)
    signal[0, :3] = torch.tensor([0.5, 1.0, 2.5])
    looked = tower.looked(torch.rand(2, 7, 32, 32), torch.zeros(2, 9))
    named, bright = heads(looked, tissues, signal, ALONE)

    maps = [torch.nn.functional.interpolate(one, size=(CELLS, CELLS)) for one in (looked.fine, looked.coarse)]
    guesses = heads.tissues(torch.cat(maps, dim=1)).log_softmax(dim=1)  # (14, groups, 12, 12)
    right = tissues[0].long()
    assert named.item() == pytest.approx(-guesses[:7].gather(1, right[:, None]).mean().item(), rel=1e-5)
    off = (heads.signal(looked.vector)[0, :3] - signal[0, :3]).abs()
    huber = torch.where(off < 0.2, off**2 / 0.4, off - 0.1)
    assert bright.item() == pytest.approx(huber.mean().item(), rel=1e-5)


def test_a_batch_without_truth_teaches_nothing() -> None:
    tower = PlaneNet(PlaneSettings(side=32, widths=(4, 8), blocks=(0, 0), width=8)).eval()
    looked = tower.looked(torch.rand(1, 7, 32, 32), torch.zeros(1, 9))
    nothing = torch.full((1, 7, CELLS, CELLS), NOT_KNOWN, dtype=torch.uint8), torch.full((1, 10), torch.nan)
    assert [loss.item() for loss in DenseHeads(tower)(looked, *nothing, ALONE)] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"heads": {"tissues": 0.5}}, "does not look at planes"),
        ({"data": {"train": ["a", "b"], "shares": [1.0]}}, "one above 0 for each"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(tables: dict[str, object], said: str) -> None:
    vit = {"shape": [16, 16, 16], "patch": [8, 8, 8], "width": 24, "depth": 1, "heads": 2}
    raw = {"stage": "contrastive", "name": "x", "run": {"steps": 1}, "data": {"train": ["a"]}, "image": vit}
    with pytest.raises(UsageError, match=said):
        parse_config(raw | tables, "test", Path())
