"""DICOM through dcm2niix: one series a call, in a child process that may hang, crash or eat memory without harm.

The converter is right on everything that readers in Python get silently wrong (mosaics, enhanced multi-frame, mixed
echoes, phase, b-values) and 6 to 20 times faster. Its output goes to a RAM disk, uncompressed. Its pitfalls, each
handled here or before: one torn slice costs the whole series (torn files are taken out before); deflated files are
unsupported (return code 2); it leaves with 8 after a part of its work; it may write nothing and still leave with 0.

Source: Li, Morgan, Ashburner, Smith, Rorden (2016), The first step for neuroimaging data analysis: DICOM to NIfTI
conversion.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.errors import VolumeError
from volumes.limits import DecodeLimits
from volumes.scratch import scratch_folder

_RETURN_CODES = {1: "an error", 2: "no DICOM that it can read", 8: "a part of the series only"}
STEM = "v"  # what output names begin with; suffixes say which stack it is


class ConversionError(VolumeError):
    """dcm2niix did not convert the series; the fallback reader may."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The files that dcm2niix wrote, sorted by name; they vanish with the context that made them."""

    images: tuple[Path, ...]


@contextmanager
def convert(files: Sequence[Path], limits: DecodeLimits) -> Iterator[Conversion]:
    """Converts the files of one series; what was written lives as long as the context.

    Raises:
        ConversionError: dcm2niix left with an error, ran into a limit, or wrote no image.
    """
    size = sum(path.stat().st_size for path in files)
    with scratch_folder(2 * size) as folder:
        source, output = folder / "in", folder / "out"
        source.mkdir()
        output.mkdir()
        for number, path in enumerate(files):
            (source / f"{number:06d}").symlink_to(path.absolute())
        _run(source, output, limits)
        images = tuple(sorted(output.glob("*.nii")))
        if not images:
            raise ConversionError("dcm2niix wrote no image.")
        yield Conversion(images)


def _run(source: Path, output: Path, limits: DecodeLimits) -> None:
    """Runs the converter to its end or to a limit."""
    with subprocess.Popen(_command(source, output), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        _limit(process.pid, limits)
        try:
            # Its talk is dropped: it names files and patients. Waiting for the pipe to close wakes at once; wait()
            # polls with growing pauses: 33 real series a second instead of 18.
            process.communicate(timeout=limits.seconds)
            code = process.returncode
        except subprocess.TimeoutExpired as error:
            raise ConversionError(f"dcm2niix took longer than {limits.seconds:g} s.") from error
        finally:
            process.kill()  # does nothing where it has ended; on any other way out, it must not live on
    if code < 0:
        raise ConversionError(f"dcm2niix was ended by signal {-code}.")
    if code:
        raise ConversionError(f"dcm2niix left with code {code}: {_RETURN_CODES.get(code, 'unknown')}.")


def _command(source: Path, output: Path) -> list[str]:
    """The command line.

    -z n: uncompressed. -p n: the intensities that other readers give for Philips. -ba y: no name, id or date even in
    the temporary JSON (one series a call needs no UID to map back by). -w 2: two stacks of one name become two files,
    not one. -g i: the user's own defaults file does not change results.
    """
    import dcm2niix

    options = ["-g", "i", "-z", "n", "-b", "y", "-ba", "y", "-p", "n", "-w", "2", "-f", STEM]
    return [str(dcm2niix.bin), *options, "-o", str(output), str(source)]


def _limit(process: int, limits: DecodeLimits) -> None:
    """Sets limits on a running child: unlike a hook before exec, this is safe in a parent with threads. Linux only."""
    import resource

    set_limit = getattr(resource, "prlimit", None)
    if set_limit is None:
        return
    seconds = max(int(limits.seconds), 1)
    try:
        set_limit(process, resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        set_limit(process, resource.RLIMIT_FSIZE, (limits.memory_bytes, limits.memory_bytes))
        set_limit(process, resource.RLIMIT_CPU, (seconds, seconds + 1))
    except ProcessLookupError:  # it has ended already
        return
