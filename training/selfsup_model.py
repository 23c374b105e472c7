"""The model of stage 1a: a student and its teacher, each a tower with a head for volumes and one for patches."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from encoders.vit3d import VisionTransformer3d
from training.augment import Look, render
from training.devices import full_precision
from training.draws import generator
from training.image_start import open_tower
from training.selfsup_config import Centring, LossSettings, PrototypeSettings, SelfSupervisedConfig
from training.selfsup_loss import centred, dino_loss, ibot_loss, koleo_loss, sinkhorn_knopp
from training.stage import StepResult
from training.workers import Workers

_CENTRE_MOMENTUM = 0.9  # Caron et al. 2021, algorithm 1


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The same crop of each volume of a batch.

    Attributes:
        looks: where each is cut and what is done to it.
        scales: float32 (n, 9), of the crops.
    """

    looks: list[Look]
    scales: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class SelfSupervisedBatch:
    """What one process sees of a batch.

    Attributes:
        grids: uint8 (n, X, Y, Z).
        both: the two global crops.
        local: the local ones.
        hidden: bool (2 n, patches): what the student does not see of the global crops.
    """

    grids: Tensor
    both: list[Views]
    local: list[Views]
    hidden: Tensor


class PrototypeHead(nn.Module):
    """Vectors to cosines with prototypes: (..., w) -> (..., K).

    Source: Caron et al. 2021, section 3.1 and appendix C: three layers, a bottleneck of unit length, weights of unit
    length.
    """

    def __init__(self, width: int, settings: PrototypeSettings) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, settings.hidden),
            nn.GELU(),
            nn.Linear(settings.hidden, settings.hidden),
            nn.GELU(),
            nn.Linear(settings.hidden, settings.bottleneck),
        )
        self.prototypes = nn.Parameter(torch.empty(settings.prototypes, settings.bottleneck))
        nn.init.trunc_normal_(self.prototypes, std=0.02)

    def forward(self, vectors: Tensor) -> Tensor:
        inner = functional.normalize(self.layers(vectors).float(), dim=-1)
        return inner @ functional.normalize(self.prototypes, dim=-1).T


class Network(nn.Module):
    """A tower with its two heads."""

    def __init__(self, tower: nn.Module, width: int, settings: PrototypeSettings) -> None:
        super().__init__()
        self.tower: VisionTransformer3d = tower  # type: ignore[assignment]  # the configuration refuses others
        self.volume_head = PrototypeHead(width, settings)
        self.patch_head = PrototypeHead(width, settings)

    def seen(self, grids: Tensor, scales: Tensor, hidden: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The class token's and the patches' vectors: (b, w) and (b, n, w)."""
        tokens = self.tower.tokens(grids, scales, hidden=hidden)
        return tokens[:, 0], tokens[:, 2 + self.tower.settings.registers :]


class SelfSupervisedModule(nn.Module):
    """Student and teacher with the loss between them.

    Attributes:
        teacher_temperature: set by the stage, step by step.
    """

    volume_centre: Tensor
    patch_centre: Tensor

    def __init__(self, network: Network, settings: LossSettings, workers: Workers) -> None:
        super().__init__()
        self.student = network
        self.teacher = deepcopy(network).requires_grad_(False)
        self.mask_token = nn.Parameter(torch.zeros(network.tower.settings.width))
        self._settings, self._workers = settings, workers
        self.teacher_temperature = settings.teacher_temperature[0]
        prototypes = len(network.volume_head.prototypes)
        self.register_buffer("volume_centre", torch.zeros(prototypes))
        self.register_buffer("patch_centre", torch.zeros(prototypes))

    def forward(self, batch: SelfSupervisedBatch) -> StepResult:
        """The loss of a batch."""
        device = self.mask_token.device
        grids = batch.grids.to(device, non_blocking=True)
        crops = torch.cat([render(grids, views.looks) for views in batch.both])  # (2 n, X, Y, Z)
        scales = torch.cat([views.scales for views in batch.both]).to(device)
        hidden = batch.hidden.to(device)  # (2 n, patches)
        targets, patch_targets = self._taught(crops, scales, hidden)
        classes, patches = self.student.seen(crops, scales, self._stand_ins(hidden))
        local_classes, _ = self.student.seen(*self._local(grids, batch.local))  # (L n, w)
        with full_precision(device):
            settings, count = self._settings, len(batch.local)
            scores = self.student.volume_head(classes.float())  # (2 n, K)
            local = self.student.volume_head(local_classes.float())  # (L n, K)
            dino = dino_loss(targets.chunk(2), scores.chunk(2), local.chunk(count), settings.student_temperature)
            guessed = self.student.patch_head(patches[hidden].float())  # (hidden patches, K)
            ibot = self._ibot(patch_targets, guessed, hidden)
            everyone = [self._workers.joined(part.float()) for part in classes.chunk(2)]  # each (N, w)
            koleo = torch.stack([koleo_loss(vectors) for vectors in everyone]).mean()
            loss = settings.dino * dino + settings.ibot * ibot + settings.koleo * koleo
        measures = {"dino": dino.detach(), "ibot": ibot.detach(), "koleo": koleo.detach()}
        return StepResult(loss, len(batch.grids), measures)

    def _stand_ins(self, hidden: Tensor) -> Tensor:
        """The mask token where a patch is hidden, NaN elsewhere: (2 n, patches, w)."""
        nothing = torch.full((), float("nan"), device=hidden.device)
        return torch.where(hidden[..., None], self.mask_token, nothing)

    def _local(self, grids: Tensor, local: list[Views]) -> tuple[Tensor, Tensor]:
        """The local crops, one after the other, and their scales: (L n, x, y, z), (L n, 9)."""
        crops = torch.cat([render(grids, views.looks) for views in local])
        return crops, torch.cat([views.scales for views in local]).to(grids.device)

    def _ibot(self, targets: Tensor, scores: Tensor, hidden: Tensor) -> Tensor:
        owners = hidden.nonzero()[:, 0]  # (hidden patches,)
        return ibot_loss(targets, scores, owners, self._settings.student_temperature, self._workers)

    @torch.no_grad()
    def _taught(self, crops: Tensor, scales: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """The teacher's distributions for crops, each for the student's other one, and for hidden patches."""
        self.teacher.eval()
        classes, patches = self.teacher.seen(crops, scales)
        with full_precision(crops.device):
            volumes = self.teacher.volume_head(classes.float())
            parts = self.teacher.patch_head(patches[hidden].float())
            return self._distribution(volumes, self.volume_centre), self._distribution(parts, self.patch_centre)

    def _distribution(self, scores: Tensor, centre: Tensor) -> Tensor:
        temperature, summed = self.teacher_temperature, self._workers.summed
        match self._settings.centring:
            case Centring.SINKHORN_KNOPP:
                return sinkhorn_knopp(scores, temperature, self._workers)
            case Centring.MOVING_CENTRE:
                found = centred(scores, centre, temperature)
                count = summed(torch.tensor(float(len(scores)), device=scores.device))
                centre.lerp_(summed(scores.sum(dim=0)) / count.clamp(min=1), 1 - _CENTRE_MOMENTUM)
                return found

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """The teacher comes a little closer to the student."""
        for theirs, ours in zip(self.teacher.parameters(), self.student.parameters(), strict=True):
            theirs.lerp_(ours, 1 - momentum)


def build_module(config: SelfSupervisedConfig, workers: Workers) -> SelfSupervisedModule:
    """The module that a run begins with; the same weights in every process."""
    torch.manual_seed(int(generator(config.seed, "weights").integers(2**62)))
    network = Network(open_tower(config.image), config.image.settings.width, config.heads)
    network.tower.switches = config.switches
    return SelfSupervisedModule(network, config.loss, workers)
