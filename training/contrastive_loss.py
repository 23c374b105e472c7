"""The loss of stage 2: image and text find each other among all of the batch, with sets of positives.

For N images and M texts with unit vectors, similarities s_it = scale * <v_i, w_t>, and P the matrix of positives,

    L_image = - 1/N sum_i 1/|P_i| sum_{t in P_i} ( s_it - log sum_u exp s_iu )
    L_text  = - 1/M sum_t 1/|P_t| sum_{i in P_t} ( s_it - log sum_j exp s_jt )
    L       = ( L_image + L_text ) / 2

Source: Yang et al. 2022, "Unified Contrastive Learning in Image-Text-Label Space", eq. 1 to 3, which with one positive
a row is the loss of CLIP (Radford et al. 2021, figure 3), and whose sum over positives outside the logarithm is that of
Khosla et al. 2020, "Supervised Contrastive Learning", eq. 2. Images and texts without any positive in the batch have no
term of their own, and stay negatives of the others.
"""

import torch
from torch import Tensor
from torch.nn import functional

LARGEST_SCALE = 100.0  # Radford et al. 2021, section 2.5: the temperature stays above 0.01
SMALLEST_SCALE = 1.0


def contrastive_loss(images: Tensor, texts: Tensor, positives: Tensor, scale: Tensor) -> Tensor:
    """The loss of a batch, a float32 scalar.

    Args:
        images: unit rows (N, d).
        texts: unit rows (M, d).
        positives: bool (N, M).
        scale: the inverse of the temperature, a scalar.

    >>> eye = torch.eye(2)
    >>> round(contrastive_loss(eye, eye, eye.bool(), torch.tensor(1.0)).item(), 4)  # log(1 + e^-1)
    0.3133
    """
    scores = scale * images.float() @ texts.float().T  # (N, M)
    return (_one_way(scores, positives) + _one_way(scores.T, positives.T)) / 2


def _one_way(scores: Tensor, positives: Tensor) -> Tensor:
    """The mean over rows that have a positive of the mean over these of -log softmax."""
    logs = functional.log_softmax(scores, dim=1)
    count = positives.sum(dim=1)  # (rows,)
    means = torch.where(positives, logs, 0.0).sum(dim=1) / count.clamp(min=1)
    return -means.sum() / (count > 0).sum().clamp(min=1)


def clamp_scale(log_scale: Tensor) -> None:
    """Keeps the learnt temperature between 0.01 and 1."""
    with torch.no_grad():
        log_scale.clamp_(torch.tensor(SMALLEST_SCALE).log().item(), torch.tensor(LARGEST_SCALE).log().item())
