"""Auxiliary heads on a tower over planes, taught by what a simulator knows: the tissue in every cell, and how bright.

They teach and are thrown away: what is exported is the tower alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from encoders.plane_net import Looked, PlaneNet
from training.plane_truth import CELLS, NOT_KNOWN, SIGNAL_TISSUES, TISSUE_GROUPS
from training.workers import Workers, share_of_mean

_BETA = 0.2  # where the brightness loss turns from square to straight


class DenseHeads(nn.Module):
    """What lies in each cell, and how bright tissues are against one another."""

    def __init__(self, tower: PlaneNet) -> None:
        super().__init__()
        fine, coarse = tower.settings.widths[-2:]
        self.tissues = nn.Conv2d(fine + coarse, TISSUE_GROUPS, 1)
        self.signal = nn.Linear(tower.settings.width, len(SIGNAL_TISSUES))

    def forward(self, looked: Looked, tissues: Tensor, signal: Tensor, workers: Workers) -> tuple[Tensor, Tensor]:
        """The losses of tissues and of brightness, means over all that is known in the whole batch.

        Args:
            looked: what the tower saw of n series.
            tissues: uint8 (n, 7, 12, 12), `NOT_KNOWN` where nobody knows.
            signal: float32 (n, 10), NaN where nobody knows.
            workers: those that train together.
        """
        seen = torch.cat((_cells(looked.fine), _cells(looked.coarse)), dim=1)
        right = tissues[:, looked.places].flatten(0, 1).long()  # (n p, 12, 12)
        known = right != NOT_KNOWN
        guesses = self.tissues(seen).float()
        named = functional.cross_entropy(guesses, torch.where(known, right, -1), ignore_index=-1, reduction="sum")
        measured = ~signal.isnan()
        guessed = self.signal(looked.vector).float()
        off = functional.smooth_l1_loss(guessed, signal.nan_to_num(), beta=_BETA, reduction="none")
        bright = torch.where(measured, off, 0.0).sum()
        return share_of_mean(workers, named, known), share_of_mean(workers, bright, measured)


def _cells(seen: Tensor) -> Tensor:
    """Maps at the size of the cells: (n, c, s, s) -> (n, c, 12, 12)."""
    if seen.shape[-1] == CELLS:
        return seen
    return functional.interpolate(seen, size=(CELLS, CELLS), mode="nearest")
