"""The student: a BERT cut from its teacher, and the loss of stage "distil" around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from common.errors import UsageError
from training.contrastive_loss import contrastive_loss
from training.devices import full_precision
from training.distil_config import DistilWeights, StudentSettings
from training.distil_loss import near_loss, relations_loss
from training.distil_vocabulary import CutVocabulary
from training.stage import StepResult
from training.text_tower import TextStart
from training.workers import Workers

_WORDS, _POSITIONS = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
_LAYER = "encoder.layer."
# Noise would only blur the teacher's vectors.
_STILL = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


@dataclass(frozen=True, slots=True, eq=False)
class TextGroup:
    """Texts of about one length: their places in the batch, ids and mask, int64 (n,), (n, t) and (n, t)."""

    places: Tensor
    ids: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class DistilBatch:
    """What one process sees of a batch.

    Attributes:
        groups: this process' texts.
        texts: how many places each process has.
        kept: int64 (k,): places, in the whole batch, of texts with a teacher's vector.
        teacher: float32 (k, d).
        contrasts: for cards and for reports: anchors (n,), texts (m,), positives (n, m), of the whole batch.
    """

    groups: Sequence[TextGroup]
    texts: int
    kept: Tensor
    teacher: Tensor
    contrasts: Sequence[tuple[Tensor, Tensor, Tensor]]


class DistilModule(nn.Module):
    """A text tower that stays near its teacher where it must and tells apart what it should."""

    def __init__(self, start: TextStart, weights: DistilWeights, workers: Workers) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        self.bert = BertModel(BertConfig(**{**start.config, **_STILL}), add_pooling_layer=False)
        self.bert.load_state_dict(dict(start.weights or {}))
        self._weights, self._workers = weights, workers

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors of tokens and their mask, float32: (n, t) both -> (n, hidden)."""
        device = next(self.parameters()).device
        tokens = self.bert(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        real = mask.to(device)[..., None].float()  # (n, t, 1)
        mean = (tokens.float() * real).sum(dim=1) / real.sum(dim=1)
        return functional.normalize(mean, dim=-1)

    def forward(self, batch: DistilBatch) -> StepResult:
        """The weighted sum of all parts; every process computes that of all texts together."""
        device = next(self.parameters()).device
        here = torch.cat([self.vectors(group.ids, group.mask) for group in batch.groups])
        order = torch.cat([group.places for group in batch.groups]).to(device)
        with full_precision(device):
            vectors = self._workers.joined(torch.zeros_like(here).index_copy(0, order, here))  # (all texts, hidden)
            student, teacher = vectors[batch.kept.to(device)], batch.teacher.to(device)
            cards, reports = (self._contrast(vectors, *one) for one in batch.contrasts)
            parts = {
                "near": near_loss(student, teacher),
                "relations": relations_loss(student, teacher),
                "cards": cards,
                "reports": reports,
            }
            loss = torch.stack([getattr(self._weights, name) * part for name, part in parts.items()]).sum()
        return StepResult(loss, batch.texts, {name: part.detach() for name, part in parts.items()})

    def _contrast(self, vectors: Tensor, anchors: Tensor, texts: Tensor, positives: Tensor) -> Tensor:
        device = vectors.device
        scale = torch.tensor(1 / self._weights.temperature, device=device)
        rows, columns = vectors[anchors.to(device)], vectors[texts.to(device)]
        return contrastive_loss(rows, columns, positives.to(device), scale)


def blended(start: TextStart, bert: nn.Module, share: float) -> dict[str, NDArray[np.float32]]:
    """The weights between those that a run began with and those that it has reached, `share` of the way.

    What was learnt of radiology stays for the most part, and what a general encoder knew comes back: halfway the cards'
    queries were answered better than at either end (LAB_LOG.md, 2026-11-25).

    Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3 (WiSE-FT).
    """
    trained = {name: tensor.detach().float().cpu() for name, tensor in bert.state_dict().items()}
    began = start.weights or {}
    return {name: torch.lerp(began[name].float(), value, share).numpy() for name, value in trained.items()}


def cut_student(teacher: TextStart, settings: StudentSettings, cut: CutVocabulary) -> TextStart:
    """What is kept of a teacher: some layers, some pieces, some positions.

    Raises:
        UsageError: a layer or position that the teacher does not have; a teacher without weights.
    """
    if teacher.weights is None:
        raise UsageError("A teacher with random weights came.", remedy="Leave [teacher.fresh] out.")
    layers, positions = teacher.config["num_hidden_layers"], teacher.config["max_position_embeddings"]
    if not settings.layers or not set(settings.layers) <= set(range(layers)) or settings.positions > positions:
        raise UsageError(
            f"student.layers = {list(settings.layers)} and positions = {settings.positions} came; the teacher has "
            f"layers 0 to {layers - 1} and {positions} positions."
        )
    weights = {name: tensor for name, tensor in teacher.weights.items() if not name.startswith(_LAYER)}
    weights[_WORDS] = weights[_WORDS][torch.from_numpy(cut.kept)]
    weights[_POSITIONS] = weights[_POSITIONS][: settings.positions]
    for new, old in enumerate(settings.layers):
        before = f"{_LAYER}{old}."
        for name, tensor in teacher.weights.items():
            if name.startswith(before):
                weights[f"{_LAYER}{new}.{name.removeprefix(before)}"] = tensor
    sizes: dict[str, Any] = {
        "vocab_size": len(cut.kept),
        "num_hidden_layers": len(settings.layers),
        "max_position_embeddings": settings.positions,
        "pad_token_id": 0,
    }
    return replace(teacher, config={**teacher.config, **sizes}, weights=weights, tokenizer=cut.tokenizer)
