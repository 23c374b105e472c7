"""Where and in which numbers a run computes."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Any

import torch

from common.errors import UsageError


class TrainingPrecision(StrEnum):
    """Numbers of the forward pass; weights, gradients and losses are float32 always."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    AUTO = "auto"  # bfloat16 where the device multiplies it faster


def resolved(wanted: TrainingPrecision, device: torch.device) -> TrainingPrecision:
    """The precision on a device: with "auto", bfloat16 on GPUs that have it and on CPUs with bfloat16 products.

    Raises:
        UsageError: bfloat16 was asked for on a GPU without it.
    """
    if device.type == "cuda":
        has = torch.cuda.is_bf16_supported()
        if wanted is TrainingPrecision.BFLOAT16 and not has:
            raise UsageError("bfloat16 was asked for, and this GPU has none.", remedy='Say precision = "float32".')
    else:
        has = bool(torch.cpu._is_avx512_bf16_supported()) if hasattr(torch.cpu, "_is_avx512_bf16_supported") else False
    if wanted is TrainingPrecision.AUTO:
        return TrainingPrecision.BFLOAT16 if has else TrainingPrecision.FLOAT32
    return wanted


def mixed(precision: TrainingPrecision, device: torch.device) -> AbstractContextManager[Any]:
    """The context of the forward pass."""
    if precision is TrainingPrecision.FLOAT32:
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def full_precision(device: torch.device) -> AbstractContextManager[Any]:
    """A context in which numbers are float32 again: for losses."""
    return torch.autocast(device.type, enabled=False)
