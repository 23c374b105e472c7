"""Stage 1a: self-supervision of the 3D ViT in the manner of DINOv2, on crops of prepared grids.

Source: Oquab et al. 2024, "DINOv2", section 4; 3DINO (Xu et al. 2025) for volumes.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.augment import Window, draw_look
from training.crops import crop_plan, cropped_scale, draw_mask
from training.devices import full_precision
from training.draws import EndlessOrder, generator
from training.held_out import Grids, Vectors
from training.pool import open_pools, split_by_patient
from training.schedule import cosine, ramp
from training.selfsup_config import SelfSupervisedConfig
from training.selfsup_model import SelfSupervisedBatch, Views, build_module
from training.selfsup_validation import Neighbours
from training.stage import ParameterGroup
from training.workers import Workers, share_of


class SelfSupervisedStage:
    """Batches, the teacher's schedules and validation around the module."""

    def __init__(self, config: SelfSupervisedConfig, workers: Workers) -> None:
        self._config, self._workers = config, workers
        self._pool, held_out = split_by_patient(open_pools(config.data.train), config.data.held_out)
        self._module = build_module(config, workers)
        self._order = EndlessOrder(config.seed, len(self._pool))
        self._neighbours = Neighbours(held_out, config.data.validation_series)
        self._tower = self._module.student.tower.settings

    @property
    def module(self) -> nn.Module:
        """Student and teacher with the loss."""
        return self._module

    def groups(self) -> list[ParameterGroup]:
        """The student."""
        return [ParameterGroup(dict(self._module.named_parameters()))]

    def batch(self, step: int, part: int) -> SelfSupervisedBatch:
        """This process' share of a batch."""
        size = self._config.volumes
        first = (step * self._config.run.accumulate + part) * size
        here = share_of(self._workers, size)
        numbers = range(first + here.start, first + here.stop)
        samples = [self._order[number] for number in numbers]
        scales = self._pool.scales(samples)
        randoms = [generator(self._config.seed, "crops", number) for number in numbers]
        plans = [
            crop_plan(random, scale, self._pool.info.shape, self._config.crops, self._tower.shape)
            for random, scale in zip(randoms, scales, strict=True)
        ]
        return SelfSupervisedBatch(
            grids=torch.from_numpy(self._pool.grids(samples)),
            both=[self._views([both[crop] for both, _ in plans], scales, randoms) for crop in range(2)],
            local=[
                self._views([local[crop] for _, local in plans], scales, randoms)
                for crop in range(self._config.crops.local)
            ],
            hidden=torch.from_numpy(np.stack([self._hidden(random) for _ in range(2) for random in randoms])),
        )

    def _views(self, windows: list[Window], scales: Vectors, randoms: list[np.random.Generator]) -> Views:
        """The same crop of each volume."""
        shape = self._pool.info.shape
        looks = [
            draw_look(random, self._config.augment, shape, window)
            for random, window in zip(randoms, windows, strict=True)
        ]
        cropped = [cropped_scale(scale, shape, window) for scale, window in zip(scales, windows, strict=True)]
        return Views(looks, torch.from_numpy(np.stack(cropped)))

    def _hidden(self, random: np.random.Generator) -> NDArray[np.bool_]:
        loss = self._config.loss
        return draw_mask(random, int(np.prod(self._tower.patches)), loss.mask_probability, loss.mask_share)

    def before_step(self, step: int) -> None:
        """The teacher's temperature."""
        loss = self._config.loss
        self._module.teacher_temperature = ramp(step, loss.temperature_warmup, *loss.teacher_temperature)

    def after_step(self, step: int) -> None:
        """The teacher follows the student, slower and slower."""
        self._module.follow(cosine(step, self._config.run.steps, self._config.loss.momentum, 1.0))

    def validate(self) -> dict[str, float]:
        """How often the nearest neighbour among other patients is of the same region, and of the same sequence."""
        return self._neighbours(self._vectors_of)

    def _vectors_of(self, grids: Grids, scales: Vectors) -> Vectors:
        device = self._module.mask_token.device
        seen, _ = self._module.teacher.seen(
            torch.from_numpy(grids).to(device).float() / 255, torch.from_numpy(scales).to(device)
        )
        with full_precision(device):
            found: Vectors = nn.functional.normalize(seen.float(), dim=-1).cpu().numpy()
        return found
