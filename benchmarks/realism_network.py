"""The small network of the realism benchmark: one convolutional trunk over seven planes, two heads."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.realism_data import NUMBERS, REGION_NAMES, SEQUENCE_NAMES, Pool
from volumes.planes import PLANES, STACK_PLANES

_WIDTHS = (16, 32, 64, 128)


class Residual(nn.Module):
    """Two convolutions around which the input goes."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(_convolution(channels, channels), nn.ReLU(), _convolution(channels, channels))

    def forward(self, maps: Tensor) -> Tensor:
        return torch.relu(maps + self.inner(maps))


def _convolution(inward: int, outward: int, stride: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inward, outward, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outward)
    )  # 40 million multiplications a plane: 90 series a second and core in bfloat16


class PlaneNetwork(nn.Module):
    """(b, 7, s, s) pictures and (b, 9) numbers to logits of region and sequence."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inward, outward in itertools.pairwise((2, *_WIDTHS)):
            layers += [_convolution(inward, outward, 2), nn.ReLU()]
            layers += [Residual(outward)] if outward >= 32 else []
        self.trunk = nn.Sequential(*layers).to(memory_format=torch.channels_last)
        self.plane = nn.Sequential(nn.Linear(2 * _WIDTHS[-1] + 4, 192), nn.ReLU())
        self.grid = nn.Sequential(nn.Linear(NUMBERS, 32), nn.ReLU())
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * 192 + 32, 160), nn.ReLU(), nn.Linear(160, count))
            for count in (len(REGION_NAMES), len(SEQUENCE_NAMES))
        )

    def forward(
        self, pictures: Tensor, numbers: Tensor, bends: Tensor | None = None, places: Sequence[int] = range(PLANES)
    ) -> tuple[Tensor, Tensor]:
        """Of the planes at `places` alone: half of them teach as much for half the time."""
        pictures = pictures[:, list(places)]
        batch, planes = pictures.shape[:2]
        maps = self.trunk(two_channels(pictures, bends))
        pooled = torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1).reshape(batch, planes, -1)
        which = _which(numbers[:, -3:])[:, list(places)]
        each = self.plane(torch.cat([pooled, which], dim=2))  # (b, planes, 192)
        features = torch.cat([each.mean(dim=1), each.amax(dim=1), self.grid(numbers)], dim=1)
        region, sequence = (head(features) for head in self.heads)
        return region, sequence


def _which(stacked: Tensor) -> Tensor:
    """For every plane the axis across it, and whether it is one of the stack: (b, 7, 4)."""
    across = torch.stack([stacked] * STACK_PLANES + list(_others(stacked)), dim=1)  # (b, 7, 3)
    of_stack = torch.ones(len(stacked), PLANES, 1)
    of_stack[:, STACK_PLANES:] = 0
    return torch.cat([across, of_stack], dim=2)


def _others(stacked: Tensor) -> tuple[Tensor, Tensor]:
    axis = stacked.argmax(dim=1)
    eye = torch.eye(3)
    return eye[(axis == 0).long()], eye[2 - (axis == 2).long()]


def two_channels(pictures: Tensor, bends: Tensor | None = None) -> Tensor:
    """Each plane's brightness as it is, and its rank among the pixels above 0, so that bright fat hides nothing.

    Args:
        pictures: uint8 (b, planes, s, s).
        bends: exponents that brightness is raised to, (b,).

    Returns:
        float32 (b * planes, 2, s, s) in -1..1, the channels lying side by side in memory.
    """
    batch, planes, side, _ = pictures.shape
    index = pictures.reshape(batch, -1).to(torch.int32) + torch.arange(batch, dtype=torch.int32)[:, None] * 256
    counts = torch.bincount(index.flatten(), minlength=256 * batch).reshape(batch, 256).float()
    counts[:, 0] = 0
    ranks = (counts.cumsum(dim=1) - counts / 2) / counts.sum(dim=1, keepdim=True).clamp(min=1)
    ranks[:, 0] = 0
    plain = torch.linspace(0, 1, 256).expand(batch, 256)
    tables = torch.stack([plain if bends is None else plain ** bends[:, None], ranks], dim=2) * 2 - 1
    seen = nn.functional.embedding(index, tables.reshape(-1, 2))  # (b, planes * s * s, 2)
    return seen.reshape(batch * planes, side, side, 2).permute(0, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class Training:
    """How long and how fast the network learns."""

    steps: int = 1500
    batch: int = 64
    rate: float = 2.5e-3
    seed: int = 1


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
        pictures = _moved(pool.pictures[rows], generator)
        bends = torch.exp(0.15 * torch.randn(training.batch, generator=generator))
        numbers = pool.numbers[rows].clone()
        numbers[:, :6] += 0.07 * torch.randn(training.batch, 6, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            guesses = network(pictures, numbers, bends, _some_planes(generator))
        loss = sum(
            nn.functional.cross_entropy(
                guess.float(), truth[rows], weight=weight, label_smoothing=0.05, ignore_index=-1
            )
            for guess, truth, weight in zip(guesses, (pool.region, pool.sequence), weights, strict=True)
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        mean.update_parameters(network)
        if step % 250 == 249:
            speed = (step + 1) * training.batch / (time.monotonic() - began)
            print(f"step {step + 1}, loss {float(loss.detach()):.3f}, {speed:.0f} series/s", flush=True)
    return mean.module.eval()


def _moved(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Each series moved by up to 6 pixels."""
    shifts = torch.randint(-6, 7, (len(pictures), 2), generator=generator).tolist()
    return torch.stack([picture.roll(shift, (1, 2)) for picture, shift in zip(pictures, shifts, strict=True)])


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
    region, sequence = (torch.cat(column).float().numpy() for column in zip(*parts, strict=True))
    return region, sequence
