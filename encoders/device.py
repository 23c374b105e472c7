"""Which device a tower runs on, and why."""

from dataclasses import dataclass

from common.errors import UsageError


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A torch device's name, and the reason for it in a few words."""

    device: str
    reason: str


def choose_device(wanted: str = "auto") -> DeviceChoice:
    """The device to run on: the one that was asked for, or with "auto" CUDA where there is one, else the CPU.

    Raises:
        UsageError: CUDA was asked for and is not there.
    """
    import torch

    usable = torch.cuda.is_available()
    if wanted == "auto":
        if usable:
            return DeviceChoice("cuda", f"a CUDA device is there: {torch.cuda.get_device_name()}")
        built = torch.version.cuda is not None
        return DeviceChoice("cpu", "no CUDA device is visible" if built else "this torch is built without CUDA")
    if wanted.startswith("cuda") and not usable:
        raise UsageError(
            f'The device "{wanted}" was asked for, but torch {torch.__version__} sees none.',
            remedy='Use "auto" or "cpu", or install torch for CUDA and check nvidia-smi.',
        )
    return DeviceChoice(wanted, "asked for")
