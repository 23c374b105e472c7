"""What the loop asks of a stage, and the settings that every stage has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor, nn

from training.devices import TrainingPrecision


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How long, how fast, in which numbers, and how often something is written.

    Attributes:
        steps: of the optimiser; the schedule ends with the last one.
        rate, final_rate, warmup: peak and end of the learning rate, and steps until the peak.
        weight_decay, betas: of AdamW; biases, norms and tokens do not decay.
        clip: largest norm of a step's gradient.
        accumulate: parts that a step's batch is computed in, one after the other.
        average: decay of the moving average of the weights, which is what is validated and exported; 0 for none.
        precision, device: of the forward pass.
        log_every, validate_every, save_every: in steps.
        ahead: batches that a thread prepares in advance.
    """

    steps: int
    rate: float = 5e-4
    final_rate: float = 1e-6
    warmup: int = 0
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    accumulate: int = 1
    average: float = 0.0
    precision: TrainingPrecision = TrainingPrecision.AUTO
    device: str = "auto"
    log_every: int = 10
    validate_every: int = 200
    save_every: int = 200
    ahead: int = 2


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameters that learn at the same rate.

    Attributes:
        parameters: by name; those that need no gradient are left out.
        rate: times the run's.
    """

    parameters: Mapping[str, nn.Parameter]
    rate: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class StepResult:
    """What one forward pass gives.

    Attributes:
        loss: a scalar, float32, the mean over the items that this process was given or over all.
        measures: scalars for the log, without a gradient.
        items: volumes or texts that were seen, here.
    """

    loss: Tensor
    items: int
    measures: Mapping[str, Tensor] = field(default_factory=dict)


class Stage(Protocol):
    """One kind of training: its model with its loss, its batches, its validation.

    `module(batch)` gives a `StepResult`; all state that a resumed run needs is in `module.state_dict()`.
    """

    @property
    def module(self) -> nn.Module:
        """The model with its loss, as DistributedDataParallel wraps it."""
        ...

    def groups(self) -> list[ParameterGroup]:
        """What is trained."""
        ...

    def batch(self, step: int, part: int) -> Any:
        """The batch of a step and part, on the CPU: a pure function of both. Called from another thread."""
        ...

    def before_step(self, step: int) -> None:
        """Sets what follows a schedule of the stage's own."""
        ...

    def after_step(self, step: int) -> None:
        """What follows an optimiser step: clamping, a teacher's moving average."""
        ...

    def validate(self) -> dict[str, float]:
        """Measures on what is held out, chance beside them; the module is in evaluation mode."""
        ...
