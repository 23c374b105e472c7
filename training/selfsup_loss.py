"""The losses of stage 1a, as functions of scores.

DINO     - sum_k p_k log q_k over pairs of crops: a teacher's global crop and any other crop of the student
iBOT     the same for hidden patches: the teacher sees them, the student does not
KoLeo    - mean_i log min_j |x_i - x_j|: vectors of a batch keep their distance

with q = softmax(student / 0.1), and p the teacher's scores sharpened and centred, by Sinkhorn-Knopp or by a moving
mean.

Source: Caron et al. 2021, "Emerging Properties in Self-Supervised Vision Transformers", section 3.1 and algorithm 1;
Zhou et al. 2022, "iBOT", eq. 2; Sablayrolles et al. 2019, "Spreading vectors for similarity search", section 3; Oquab
et al. 2024, "DINOv2", section 4, which also takes Sinkhorn-Knopp from Caron et al. 2020, "SwAV", section 3.1 and
appendix A.1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.workers import Workers

_ITERATIONS = 3  # SwAV, appendix A.1


def cross_entropy(targets: Tensor, scores: Tensor, temperature: float) -> Tensor:
    """- sum_k p_k log softmax(scores / temperature)_k: (n, K), (n, K) -> (n,)."""
    return -(targets * functional.log_softmax(scores / temperature, dim=-1)).sum(dim=-1)


def dino_loss(targets: Sequence[Tensor], both: Sequence[Tensor], local: Sequence[Tensor], temperature: float) -> Tensor:
    """The mean over pairs of a teacher's crop and another crop of the student.

    Args:
        targets: for each of the two global crops, the teacher's distribution (n, K).
        both: for each of them, the student's scores (n, K).
        local: for each local crop, the student's scores (n, K).
        temperature: of the student.
    """
    pairs = [
        cross_entropy(target, scores, temperature).mean()
        for place, target in enumerate(targets)
        for other, scores in enumerate([*both, *local])
        if other != place
    ]
    return torch.stack(pairs).mean()


def ibot_loss(targets: Tensor, scores: Tensor, owners: Tensor, temperature: float, workers: Workers) -> Tensor:
    """The mean over crops with hidden patches of the mean over these, of all processes.

    Args:
        targets: the teacher's distribution for each hidden patch, (m, K).
        scores: the student's, (m, K).
        owners: which crop each hidden patch belongs to, int64 (m,).
        temperature: of the student.
        workers: those that train together; the gradient is averaged over them afterwards.
    """
    hidden = torch.bincount(owners)  # (crops,)
    total = (cross_entropy(targets, scores, temperature) / hidden[owners]).sum()
    crops = workers.summed((hidden > 0).sum().float())
    mean: Tensor = total * workers.count / crops.clamp(min=1)
    return mean


def koleo_loss(vectors: Tensor) -> Tensor:
    """- mean_i log of the distance to the nearest other one of the batch, of unit vectors (n, w)."""
    unit = functional.normalize(vectors, dim=-1)
    with torch.no_grad():
        closeness = unit @ unit.T
        closeness.fill_diagonal_(-2.0)
        nearest = closeness.argmax(dim=1)
    return -(functional.pairwise_distance(unit, unit[nearest]) + 1e-8).log().mean()


@torch.no_grad()
def sinkhorn_knopp(scores: Tensor, temperature: float, workers: Workers) -> Tensor:
    """The teacher's distributions, (n, K): each row sums to 1, and all prototypes are used alike by the whole batch.

    Args:
        scores: of this process, (n, K).
        temperature: of the teacher.
        workers: those that train together.
    """
    mass = (scores.float() / temperature).exp()  # cosines over a temperature: at most e^25
    rows = workers.summed(torch.tensor(float(len(scores)), device=scores.device))
    prototypes = scores.shape[1]
    mass = mass / workers.summed(mass.sum())
    for _ in range(_ITERATIONS):
        mass = mass / (workers.summed(mass.sum(dim=0)) * prototypes)
        mass = mass / (mass.sum(dim=1, keepdim=True) * rows)
    return mass * rows


@torch.no_grad()
def centred(scores: Tensor, centre: Tensor, temperature: float) -> Tensor:
    """The teacher's distributions with a moving mean taken off: (n, K), (K,) -> (n, K)."""
    return functional.softmax((scores.float() - centre) / temperature, dim=-1)
