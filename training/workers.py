"""One process or several: what training asks of them. Several are accelerate's business; one needs nobody.

Several processes are started by a launcher (`accelerate launch --num_processes 8 -m cli.main train run ...`, or
torchrun). Each computes its share of every batch; gradients are averaged by DistributedDataParallel.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from common.errors import MissingExtraError
from encoders.device import choose_device


class Workers(Protocol):
    """The processes that train together, seen from one of them."""

    @property
    def rank(self) -> int:
        """Which one this is, from 0; the first one writes."""
        ...

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    @property
    def device(self) -> torch.device:
        """Where this one computes."""
        ...

    @property
    def reason(self) -> str:
        """Why there."""
        ...

    def wrapped(self, module: nn.Module) -> nn.Module:
        """The module on the device; its gradients are the average over all processes."""
        ...

    def unsynced(self, module: nn.Module) -> AbstractContextManager[Any]:
        """A context in which gradients are not averaged yet: all but the last part of an accumulated step."""
        ...

    def joined(self, rows: Tensor) -> Tensor:
        """The rows (n, ...) of all processes in order, (count n, ...); gradients find their way back."""
        ...

    def summed(self, values: Tensor) -> Tensor:
        """The sum over all processes, without a gradient."""
        ...

    def everyone(self, thing: Any) -> list[Any]:
        """A small picklable thing of each process, in order."""
        ...


def share_of(workers: Workers, items: int) -> slice:
    """Which of `items` this process computes: an equal part each, in order.

    Raises:
        UsageError: they cannot be shared out evenly.
    """
    from common.errors import UsageError

    if items % workers.count:
        raise UsageError(
            f"A batch of {items} came for {workers.count} processes; expected a multiple.",
            remedy="Change the size of the batch, or the number of processes.",
        )
    part = items // workers.count
    return slice(workers.rank * part, (workers.rank + 1) * part)


def share_of_texts(workers: Workers, texts: Sequence[str]) -> list[str]:
    """The texts that this process reads: an equal number each, in order, the last ones empty."""
    part = -(-len(texts) // workers.count)
    padded = [*texts, *[""] * (part * workers.count - len(texts))]
    return padded[workers.rank * part : (workers.rank + 1) * part]


class Alone:
    """One process."""

    def __init__(self, device: str = "auto") -> None:
        choice = choose_device(device)
        self.rank, self.count = 0, 1
        self.device, self.reason = torch.device(choice.device), choice.reason

    def wrapped(self, module: nn.Module) -> nn.Module:
        """The module on the device."""
        return module.to(self.device)

    def unsynced(self, module: nn.Module) -> AbstractContextManager[Any]:
        """Nothing is ever averaged."""
        return nullcontext()

    def joined(self, rows: Tensor) -> Tensor:
        """The rows."""
        return rows

    def summed(self, values: Tensor) -> Tensor:
        """The values."""
        return values

    def everyone(self, thing: Any) -> list[Any]:
        """The thing."""
        return [thing]


class Several:
    """One of several processes that a launcher has started, through accelerate."""

    def __init__(self, device: str = "auto") -> None:
        try:
            from accelerate import Accelerator
        except ImportError as error:
            raise MissingExtraError(
                "Several processes were started, and accelerate is not installed.",
                remedy="Type: pip install mrseek[train]",
            ) from error
        self._accelerator = Accelerator(cpu=device == "cpu")
        self.rank, self.count = self._accelerator.process_index, self._accelerator.num_processes
        self.device = self._accelerator.device
        self.reason = f"process {self.rank + 1} of {self.count}, as accelerate has it"

    def wrapped(self, module: nn.Module) -> nn.Module:
        """The module on the device, in DistributedDataParallel."""
        prepared: nn.Module = self._accelerator.prepare(module)
        return prepared

    def unsynced(self, module: nn.Module) -> AbstractContextManager[Any]:
        """Gradients stay local."""
        context: AbstractContextManager[Any] = self._accelerator.no_sync(module)
        return context

    def joined(self, rows: Tensor) -> Tensor:
        """The rows of all processes."""
        joined: Tensor = _Joined.apply(rows, self.rank, self.count)  # type: ignore[no-untyped-call]
        return joined

    def summed(self, values: Tensor) -> Tensor:
        """The sum over all processes."""
        total: Tensor = self._accelerator.reduce(values.detach(), reduction="sum")
        return total

    def everyone(self, thing: Any) -> list[Any]:
        """One of each process."""
        from accelerate.utils import gather_object

        return list(gather_object([thing]))


class _Joined(torch.autograd.Function):
    """All-gather whose backward pass sums what all processes say about these rows.

    A loss over the joined rows is computed by every process alike, so each of them says the same about all rows: their
    sum, which DistributedDataParallel then divides by their number, is the gradient of one loss over the joined batch.
    """

    @staticmethod
    def forward(context: Any, rows: Tensor, rank: int, count: int) -> Tensor:
        from torch import distributed

        context.place = (rank * len(rows), len(rows))
        parts = [torch.empty_like(rows) for _ in range(count)]
        distributed.all_gather(parts, rows.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        from torch import distributed

        total = gradients[0].contiguous().clone()
        distributed.all_reduce(total)
        start, length = context.place
        return total[start : start + length], None, None


def open_workers(processes: int, device: str = "auto") -> Workers:
    """This process alone, or as one of several that a launcher has started."""
    return Alone(device) if processes <= 1 else Several(device)


def same_everywhere(workers: Workers, values: Sequence[float]) -> list[float]:
    """The mean of some numbers over all processes."""
    total = workers.summed(torch.tensor(list(values), dtype=torch.float64, device=workers.device))
    return [float(value) / workers.count for value in total]


def share_of_mean(workers: Workers, total: Tensor, known: Tensor) -> Tensor:
    """A sum over this process' items as its share of the mean over those of all: the average of shares is that mean.

    Args:
        workers: those that train together.
        total: the sum, with its gradient.
        known: bool, of any shape: what was summed here. Where nothing is known anywhere, the mean is 0.
    """
    return total * workers.count / workers.summed(known.sum().float()).clamp(min=1)
