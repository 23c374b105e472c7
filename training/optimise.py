"""The optimiser, and the moving average of the weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from training.stage import ParameterGroup, RunSettings


def build_optimiser(groups: Sequence[ParameterGroup], settings: RunSettings) -> torch.optim.AdamW:
    """AdamW; matrices and kernels decay, all that has one dimension, and tokens and positions, does not.

    Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
    """
    made = []
    for group in groups:
        trained = {name: one for name, one in group.parameters.items() if one.requires_grad}
        for decays in (True, False):
            chosen = [one for name, one in trained.items() if _decays(name, one) is decays]
            if chosen:
                decay = settings.weight_decay if decays else 0.0
                made.append({"params": chosen, "weight_decay": decay, "times": group.rate})
    return torch.optim.AdamW(made, lr=settings.rate, betas=settings.betas)


def _decays(name: str, parameter: nn.Parameter) -> bool:
    return parameter.ndim >= 2 and not name.endswith(("token", "tokens", "positions"))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """The learning rate of each group: the run's, times the group's own factor."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["times"]


class Average:
    """The moving average of a module's trained weights; with a decay of 0 the weights themselves.

    Source: Polyak and Juditsky 1992; the shorter memory at the start, min(decay, (1 + n) / (10 + n)), is TensorFlow's
    ExponentialMovingAverage.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._trained = {name: one for name, one in module.named_parameters() if one.requires_grad}
        self._decay = decay
        self.weights: dict[str, Tensor] = {n: p.detach().clone() for n, p in self._trained.items()} if decay else {}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes the weights after step `step`, from 0, in."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, mean in self.weights.items():
            mean.lerp_(self._trained[name].detach().to(mean.device), 1 - decay)

    def load(self, weights: dict[str, Tensor]) -> None:
        """Goes on with the averages of a checkpoint."""
        for name, mean in self.weights.items():
            mean.copy_(weights[name])

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The module has the averages instead of its weights."""
        kept = {name: self._trained[name].detach().clone() for name in self.weights}
        self._put(self.weights)
        try:
            yield
        finally:
            self._put(kept)

    @torch.no_grad()
    def _put(self, weights: dict[str, Tensor]) -> None:
        for name, values in weights.items():
            self._trained[name].copy_(values)
