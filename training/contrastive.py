"""Stage 2: report-guided contrastive alignment of the image tower with the text tower.

Source: Decipher-MR (arXiv 2509.21249) for the plan: series and report texts in one space, with supervision by region.
What it does not publish is chosen here: positives are sets (`contrastive_batch.py`), the loss is UniCL's
(`contrastive_loss.py`), the region enters through batches of one region and through auxiliary heads.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from indexer.header.region_names import REGIONS
from indexer.header.sequence_names import SEQUENCES
from training.augment import draw_look
from training.contrastive_batch import BatchPlanner
from training.contrastive_config import ContrastiveConfig
from training.contrastive_loss import clamp_scale
from training.contrastive_model import ContrastiveBatch, build_module, open_text
from training.contrastive_validation import Validator
from training.draws import generator
from training.frozen_text import FrozenTexts
from training.held_out import Grids, Vectors
from training.pool import Pool, check_no_patient_in_both, open_pools, split_by_patient
from training.stage import ParameterGroup
from training.text_tower import TokenBatches
from training.workers import Workers, share_of, share_of_texts


class ContrastiveStage:
    """Batches and validation around the module."""

    def __init__(self, config: ContrastiveConfig, workers: Workers) -> None:
        self._config, self._workers = config, workers
        self._pool, self._held_out = open_data(config)
        start = open_text(config)
        self._tokens = TokenBatches(start.tokenizer, config.text.max_tokens)
        self._frozen = (
            None if config.text.tuned_layers else FrozenTexts(start, config.text.max_tokens, _vectors(config))
        )
        framing = self._pool.info.laid_out
        self._module = build_module(config, framing, start, workers)
        self._planner = BatchPlanner(self._pool, config.batch, config.seed, config.data.shares)
        self._validator = Validator(self._held_out, config.data.validation_series)

    @property
    def module(self) -> nn.Module:
        """The dual encoder with its loss."""
        return self._module

    def groups(self) -> list[ParameterGroup]:
        """The image tower, the text tower, and the rest, each at its own rate."""
        named = dict(self._module.named_parameters())
        tower = {name: one for name, one in named.items() if name.startswith("dual.image.tower.")}
        bert = {name: one for name, one in named.items() if name.startswith("dual.text.bert.")}
        rest = {name: one for name, one in named.items() if name not in tower and name not in bert}
        return [
            ParameterGroup(tower, self._config.rates.image),
            ParameterGroup(bert, self._config.rates.text),
            ParameterGroup(rest),
        ]

    def batch(self, step: int, part: int) -> ContrastiveBatch:
        """This process' share of a batch."""
        plan = self._planner.plan(step, part)
        here = share_of(self._workers, len(plan.samples))
        samples = plan.samples[here]
        looks = [
            draw_look(
                generator(self._config.seed, "look", step, part, row), self._config.augment, self._pool.info.shape
            )
            for row in range(here.start, here.stop)
        ]
        truth = self._pool.truths(samples) if self._config.heads.dense else None
        return ContrastiveBatch(
            grids=torch.from_numpy(self._pool.grids(samples)),
            scales=torch.from_numpy(self._pool.scales(samples)),
            looks=looks,
            labels=label_numbers(self._pool, samples),
            texts=self._encoded(share_of_texts(self._workers, plan.texts)),
            positives=torch.from_numpy(plan.positives),
            tissues=None if truth is None else torch.from_numpy(truth[0]),
            signal=None if truth is None else torch.from_numpy(truth[1]),
        )

    def _encoded(self, texts: list[str]) -> tuple[Tensor, Tensor | None]:
        if self._frozen is not None:
            return torch.from_numpy(self._frozen(texts)), None
        return self._tokens(texts)

    def before_step(self, step: int) -> None:
        """Nothing follows a schedule of its own."""

    def after_step(self, step: int) -> None:
        """Keeps the temperature within its bounds."""
        clamp_scale(self._module.dual.log_scale)

    def validate(self) -> dict[str, float]:
        """Retrieval and zero-shot naming on the patients that are held out."""
        return self._validator(self._images_of, self._texts_of)

    def _images_of(self, grids: Grids, scales: Vectors) -> Vectors:
        device = self._module.dual.log_scale.device
        seen = torch.from_numpy(grids).to(device).float() / 255
        tower = self._module.dual.image.tower(seen, torch.from_numpy(scales).to(device))
        found: Vectors = self._module.dual.image.projected(tower).float().cpu().numpy()
        return found

    def _texts_of(self, texts: list[str]) -> Vectors:
        found: Vectors = self._module.texts(*self._encoded(texts)).float().cpu().numpy()
        return found


def _vectors(config: ContrastiveConfig) -> Path:
    """Where the vectors of texts are kept: they are as sensitive as the pool."""
    return config.data.train[0] / "text-vectors"


def open_data(config: ContrastiveConfig) -> tuple[Pool, Pool]:
    """The series that are trained on and those that are held out, no patient in both."""
    pool = open_pools(config.data.train)
    if not config.data.validation:
        return split_by_patient(pool, config.data.held_out)
    held_out = open_pools(config.data.validation)
    check_no_patient_in_both(pool, held_out)
    return pool, held_out


def label_numbers(pool: Pool, samples: tuple[int, ...]) -> Tensor:
    """Region and sequence of some samples by number, int64 (n, 2); -1 where not known."""
    labels = [pool.labels[sample] for sample in samples]
    numbers = [(_REGION_NUMBERS.get(one.region, -1), _SEQUENCE_NUMBERS.get(one.sequence, -1)) for one in labels]
    return torch.tensor(numbers, dtype=torch.int64)


_REGION_NUMBERS = {name: number for number, name in enumerate(REGIONS)}
_SEQUENCE_NUMBERS = {name: number for number, name in enumerate(SEQUENCES)}
