"""The model of stage 2: the dual encoder with its loss, as configurations describe it."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from common.errors import UsageError
from encoders.checkpoint import load_model
from encoders.dual import DualModel, DualSettings
from encoders.framing import Framing
from encoders.plane_net import PlaneNet
from indexer.header.region_names import REGIONS
from indexer.header.sequence_names import SEQUENCES
from training.augment import Look, render
from training.contrastive_config import ContrastiveConfig, HeadSettings
from training.contrastive_loss import contrastive_loss
from training.dense_heads import DenseHeads
from training.devices import full_precision
from training.draws import generator
from training.image_start import open_tower
from training.stage import StepResult
from training.text_tower import TextStart, freeze_all_but, open_text_start
from training.workers import Workers, share_of_mean


@dataclass(frozen=True, slots=True, eq=False)
class ContrastiveBatch:
    """What one process sees of a batch.

    Attributes:
        grids: uint8 (n, X, Y, Z), this process' share.
        scales: float32 (n, 9).
        looks: how each is seen.
        labels: int64 (n, 2): region and sequence by number, -1 where not known.
        texts: this process' share, padded to the same number in each: ids and mask (m, t), or vectors (m, hidden)
            and None.
        positives: bool (N, M), of the whole batch.
        tissues, signal: of the planes as far as known, `plane_truth.py`: uint8 (n, 7, 12, 12), float32 (n, 10); None
            where they are not asked for.
    """

    grids: Tensor
    scales: Tensor
    looks: list[Look]
    labels: Tensor
    texts: tuple[Tensor, Tensor | None]
    positives: Tensor
    tissues: Tensor | None = None
    signal: Tensor | None = None


class ContrastiveModule(nn.Module):
    """The dual encoder with its loss."""

    def __init__(self, dual: DualModel, heads: HeadSettings, workers: Workers) -> None:
        super().__init__()
        self.dual = dual
        self._weights, self._workers = heads, workers
        width = dual.settings.image.width
        self.region = nn.Linear(width, len(REGIONS)) if heads.region else None
        self.sequence = nn.Linear(width, len(SEQUENCES)) if heads.sequence else None
        self.dense = _dense_heads(dual.image.tower, heads)

    def forward(self, batch: ContrastiveBatch) -> StepResult:
        """The loss of a batch; every process computes that of all series and texts together."""
        device = self.dual.log_scale.device
        grids = render(batch.grids.to(device, non_blocking=True), batch.looks)
        seen, dense = self._seen(grids, batch)
        images = self.dual.image.projected(seen)  # (n, d)
        texts = self.texts(*batch.texts)  # (m, d)
        with full_precision(device):
            images, texts = self._workers.joined(images.float()), self._workers.joined(texts.float())
            positives = batch.positives.to(device)
            scale = self.dual.log_scale.exp()
            aligned = contrastive_loss(images, texts[: positives.shape[1]], positives, scale)
            loss = aligned
            measures = {"contrastive": aligned.detach(), "temperature": 1 / scale.detach()}
            for name, head, weight in self._heads():
                named = self._named(head(seen.float()), batch.labels.to(device)[:, 0 if name == "region" else 1])
                loss = loss + weight * named
                measures[name] = named.detach()
            for name, weight, told in dense:
                loss = loss + weight * told
                measures[name] = told.detach()
        return StepResult(loss, len(batch.grids), measures)

    def _seen(self, grids: Tensor, batch: ContrastiveBatch) -> tuple[Tensor, list[tuple[str, float, Tensor]]]:
        """The tower's vectors (n, w), and the losses of the dense heads by name, with their weights."""
        tower, scales = self.dual.image.tower, batch.scales.to(grids.device)
        if not isinstance(tower, PlaneNet) or self.dense is None or batch.tissues is None or batch.signal is None:
            return tower(grids, scales), []
        looked = tower.looked(grids, scales)
        told = self.dense(looked, batch.tissues.to(grids.device), batch.signal.to(grids.device), self._workers)
        weights = (self._weights.tissues, self._weights.brightness)
        return looked.vector, list(zip(("tissues", "brightness"), weights, told, strict=True))

    def texts(self, first: Tensor, mask: Tensor | None) -> Tensor:
        """Unit vectors of texts as a batch holds them: (m, d)."""
        device = self.dual.log_scale.device
        if mask is None:
            return self.dual.text.projected(first.to(device))
        out: Tensor = self.dual.text(first.to(device), mask.to(device))
        return out

    def _heads(self) -> list[tuple[str, nn.Module, float]]:
        heads = (("region", self.region, self._weights.region), ("sequence", self.sequence, self._weights.sequence))
        return [(name, head, weight) for name, head, weight in heads if head is not None]

    def _named(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy over those whose label is known: the mean over the items of all processes."""
        total = functional.cross_entropy(scores, labels, ignore_index=-1, reduction="sum")
        return share_of_mean(self._workers, total, labels >= 0)


def build_module(config: ContrastiveConfig, framing: Framing, start: TextStart, workers: Workers) -> ContrastiveModule:
    """The module that a run begins with; the same weights in every process.

    Args:
        config: of the run.
        framing: of its pools.
        start: the text tower.
        workers: those that train together.

    Raises:
        UsageError: the shapes of pool, tower or starting checkpoint do not fit.
    """
    torch.manual_seed(int(generator(config.seed, "weights").integers(2**62)))
    settings = _settings(config, framing, dict(start.config))
    if config.start is None:
        dual = DualModel(settings)
        _begin_at_identity(dual.text.projection)
        dual.image.tower.load_state_dict(open_tower(config.image).state_dict())
    else:
        dual = _gone_on_from(load_model(config.start), settings, new_text=config.text.weights is not None)
    if start.weights is not None and (config.start is None or config.text.weights):
        dual.text.bert.load_state_dict(dict(start.weights))
    if config.text.own_space:
        _keep_to_the_texts_space(dual)
    freeze_all_but(dual.text.bert, config.text.tuned_layers)
    dual.image.tower.switches = config.switches  # type: ignore[assignment]  # every tower has them
    return ContrastiveModule(dual, config.heads, workers)


def _dense_heads(tower: nn.Module, heads: HeadSettings) -> DenseHeads | None:
    return DenseHeads(tower) if heads.dense and isinstance(tower, PlaneNet) else None


def _begin_at_identity(projection: nn.Linear) -> None:
    """Texts begin where their tower has them: what it knows of words that no pool says is worth keeping."""
    if projection.in_features == projection.out_features:
        with torch.no_grad():
            nn.init.eye_(projection.weight)


def _keep_to_the_texts_space(dual: DualModel) -> None:
    """The text projection becomes the identity, for good; what it had learnt goes over to the images' side.

    Before vectors are given unit length scores are kept: for an image a and a text t, (A a) . (W t) = (W' A a) . t.

    Raises:
        UsageError: texts and images do not have the same number of dimensions.
    """
    text, image = dual.text.projection, dual.image.projection
    if text.in_features != text.out_features:
        raise UsageError(
            f"text.own_space came with a dimension of {text.out_features} and a text tower of {text.in_features}.",
            remedy=f"Set dimension = {text.in_features}.",
        )
    with torch.no_grad():
        image.weight.copy_(text.weight.T @ image.weight)
        nn.init.eye_(text.weight)
    text.weight.requires_grad_(False)


def open_text(config: ContrastiveConfig) -> TextStart:
    """The text tower that the run begins with: the one named, or else that of the starting checkpoint."""
    return open_text_start(replace(config.text, weights=config.text.weights or config.start))


def _gone_on_from(begun: DualModel, wanted: DualSettings, *, new_text: bool) -> DualModel:
    """What a checkpoint has learnt; of its texts the projection alone, where another tower is to read them."""
    _check_same(begun.settings, wanted)
    if not new_text:
        return begun
    dual = DualModel(wanted)
    dual.image.load_state_dict(begun.image.state_dict())
    dual.text.projection.load_state_dict(begun.text.projection.state_dict())
    dual.log_scale.data.copy_(begun.log_scale.data)
    return dual


def _check_same(found: DualSettings, wanted: DualSettings) -> None:
    names = ("dimension", "image", "framing", "max_tokens")
    if other := [name for name in names if getattr(found, name) != getattr(wanted, name)]:
        raise UsageError(
            f"The checkpoint to start from has another {', '.join(other)} than the configuration and its pools say.",
            remedy=f"It has: {', '.join(f'{name} = {getattr(found, name)}' for name in other)}.",
        )


def _settings(config: ContrastiveConfig, framing: Framing, bert: dict[str, Any]) -> DualSettings:
    return DualSettings(config.name, config.dimension, config.image.settings, framing, bert, config.text.max_tokens)
