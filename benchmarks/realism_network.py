"""The small network of the realism benchmark: one convolutional trunk over seven planes, two heads that are asked.

Two more heads are there for learning alone: which tissue each cell shows, and how bright tissues are against one
another. A phantom knows both, and they teach in a few minutes what two labels a series would take hours for.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.realism_data import NUMBERS, REGION_NAMES, SEQUENCE_NAMES, SIDE, Pool
from encoders.plane_net import views_of_levels
from encoders.plane_views import planes_across
from training.plane_truth import CELLS, SIGNAL_TISSUES, TISSUE_GROUPS
from volumes.planes import PLANES, STACK_PLANES

_STEM, _MIDDLE, _TOP = 32, 48, 96  # 16 million multiplications a plane


class Residual(nn.Module):
    """Two convolutions around which the input goes."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(_convolution(channels, channels), nn.ReLU(), _convolution(channels, channels))

    def forward(self, maps: Tensor) -> Tensor:
        return torch.relu(maps + self.inner(maps))


def _convolution(inward: int, outward: int, stride: int = 1, size: int = 3) -> nn.Module:
    padding = (size - 1) // 2 if stride < size else 0
    return nn.Sequential(nn.Conv2d(inward, outward, size, stride, padding, bias=False), nn.BatchNorm2d(outward))


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """What the network says: logits (b, classes) twice, (b, p, groups, cells, cells), and brightness (b, tissues)."""

    region: Tensor
    sequence: Tensor
    tissues: Tensor
    signal: Tensor


class PlaneNetwork(nn.Module):
    """(b, 7, s, s) pictures and (b, 9) numbers to guesses."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(
            _convolution(2, _STEM, 4, 4), nn.ReLU(), _convolution(_STEM, _MIDDLE, 2), nn.ReLU(), Residual(_MIDDLE)
        ).to(memory_format=torch.channels_last)
        self.coarse = nn.Sequential(_convolution(_MIDDLE, _TOP, 2), nn.ReLU(), Residual(_TOP)).to(
            memory_format=torch.channels_last
        )
        self.plane = nn.Sequential(nn.Linear(2 * (_MIDDLE + _TOP) + 4, 192), nn.ReLU())
        self.grid = nn.Sequential(nn.Linear(NUMBERS, 32), nn.ReLU())
        self.region, self.sequence, self.signal = (
            nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * 192 + 32, 160), nn.ReLU(), nn.Linear(160, count))
            for count in (len(REGION_NAMES), len(SEQUENCE_NAMES), len(SIGNAL_TISSUES))
        )
        self.tissues = nn.Conv2d(_MIDDLE + _TOP, TISSUE_GROUPS, 1)

    def forward(
        self, pictures: Tensor, numbers: Tensor, bends: Tensor | None = None, places: Sequence[int] = range(PLANES)
    ) -> Guesses:
        """Of the planes at `places` alone: half of them teach as much for half the time."""
        pictures = pictures[:, list(places)]
        batch, planes = pictures.shape[:2]
        fine = self.fine(views_of_levels(pictures, bends))  # (b p, 64, 12, 12)
        coarse = self.coarse(fine)  # (b p, 128, 6, 6)
        around = nn.functional.interpolate(coarse, scale_factor=2.0)
        tissues = self.tissues(torch.cat([fine, around], dim=1))
        pooled = torch.cat([pool for maps in (fine, coarse) for pool in (maps.mean((2, 3)), maps.amax((2, 3)))], dim=1)
        which = _which(numbers[:, -3:])[:, list(places)]
        each = self.plane(torch.cat([pooled.reshape(batch, planes, -1), which], dim=2))  # (b, planes, 192)
        features = torch.cat([each.mean(dim=1), each.amax(dim=1), self.grid(numbers)], dim=1)
        return Guesses(
            self.region(features),
            self.sequence(features),
            tissues.unflatten(0, (batch, planes)),
            self.signal(features),
        )


def _which(stacked: Tensor) -> Tensor:
    """For every plane the axis across it, and whether it is one of the stack: (b, 3) one-hot -> (b, 7, 4)."""
    return torch.tensor([planes_across(axis) for axis in range(3)])[stacked.argmax(dim=1)]


@dataclass(frozen=True, slots=True)
class Training:
    """How long and how fast the network learns."""

    steps: int = 1500
    batch: int = 64
    rate: float = 2.5e-3
    seed: int = 1
    dense: bool = True


def train(pool: Pool, training: Training) -> PlaneNetwork:
    """A network that has learnt a pool; the running mean of its weights over the last steps."""
    torch.manual_seed(training.seed)
    generator = torch.Generator().manual_seed(training.seed)
    network = PlaneNetwork()
    mean = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=training.rate, weight_decay=0.05)
    weights = [_balance(pool.region, len(REGION_NAMES)), _balance(pool.sequence, len(SEQUENCE_NAMES))]
    began = time.monotonic()
    for step in range(training.steps):
        share = step / training.steps
        for group in optimiser.param_groups:
            group["lr"] = training.rate * min(1, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * share)) + 1e-5
        rows = torch.randint(len(pool), (training.batch,), generator=generator)
        pictures, shifts = _moved(pool.pictures[rows], generator)
        bends = torch.exp(0.15 * torch.randn(training.batch, generator=generator))
        numbers = pool.numbers[rows].clone()
        numbers[:, :6] += 0.07 * torch.randn(training.batch, 6, generator=generator)
        places = _some_planes(generator)
        with torch.autocast("cpu", torch.bfloat16):
            guesses = network(pictures, numbers, bends, places)
        loss = _loss(guesses, pool.only(rows), places, shifts, weights, training)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        mean.update_parameters(network)
        if step % 250 == 249:
            speed = (step + 1) * training.batch / (time.monotonic() - began)
            print(f"step {step + 1}, loss {float(loss.detach()):.3f}, {speed:.0f} series/s", flush=True)
    return mean.module.eval()


def _loss(
    guesses: Guesses, truth: Pool, places: list[int], shifts: list[list[int]], weights: list[Tensor], training: Training
) -> Tensor:
    """Region and sequence, and where phantoms know them tissues and brightness."""
    named = sum(
        nn.functional.cross_entropy(guess.float(), right, weight=weight, label_smoothing=0.05, ignore_index=-1)
        for guess, right, weight in zip(
            (guesses.region, guesses.sequence), (truth.region, truth.sequence), weights, strict=True
        )
    )
    known = ~truth.signal.isnan()
    if not training.dense or not known.any():
        return named
    cells = [
        cell.roll([shift // (SIDE // CELLS) for shift in by], (1, 2))
        for cell, by in zip(truth.tissues, shifts, strict=True)
    ]
    tissues = torch.stack(cells)[:, places].long()
    dense = nn.functional.cross_entropy(guesses.tissues.float().flatten(0, 1), tissues.flatten(0, 1))
    bright = nn.functional.smooth_l1_loss(guesses.signal.float()[known], truth.signal[known], beta=0.2)
    return named + 0.7 * dense + 2.0 * bright


def _moved(pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, list[list[int]]]:
    """Each series moved by up to a cell either way, and by how much."""
    cell = SIDE // CELLS
    shifts = (torch.randint(-1, 2, (len(pictures), 2), generator=generator) * cell).tolist()
    moved = [picture.roll(shift, (1, 2)) for picture, shift in zip(pictures, shifts, strict=True)]
    return torch.stack(moved), shifts


def _some_planes(generator: torch.Generator) -> list[int]:
    """Three planes of the stack and one across it."""
    stack = torch.randperm(STACK_PLANES, generator=generator)[:3].tolist()
    return [*stack, STACK_PLANES + int(torch.randint(2, (1,), generator=generator))]


def _balance(labels: Tensor, classes: int) -> Tensor:
    counts = torch.bincount(labels[labels >= 0], minlength=classes).float()
    return (counts.sum() / classes / counts.clamp(min=1)).sqrt()


def predict(network: PlaneNetwork, pool: Pool) -> tuple[np.ndarray, np.ndarray]:
    """Logits of region and sequence, float32 (n, classes)."""
    with torch.inference_mode():
        parts = [
            network(pool.pictures[start : start + 64], pool.numbers[start : start + 64])
            for start in range(0, len(pool), 64)
        ]
    return tuple(torch.cat([getattr(part, name) for part in parts]).float().numpy() for name in ("region", "sequence"))
