"""What a real scanner adds to the signal: coil shading, texture, blur, ghosts, wrap, distortion and noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from phantoms.scene import Acquisition, ScanPlane, SequenceKind

_EPI = (SequenceKind.DIFFUSION, SequenceKind.ADC, SequenceKind.ECHO_PLANAR, SequenceKind.PERFUSION)
MAPS = (SequenceKind.ADC, SequenceKind.PERFUSION)
REFERENCE = 700.0  # what the bright tissues of a series come to
_SLICE_AXIS = {ScanPlane.SAGITTAL: 0, ScanPlane.CORONAL: 1, ScanPlane.AXIAL: 2}


@dataclass(frozen=True, slots=True, eq=False)
class Imperfections:
    """What one scan suffers from.

    Attributes:
        noise: standard deviation in each of the two channels, as a share of the bright tissues' signal.
        noise_blur: share of a pixel's noise taken from its neighbours, as after interpolation.
        shading: standard deviation of the logarithm of the coil profile.
        texture: the same of fine unevenness within tissues.
        coarse_shading, coarse_texture: the fields on coarse grids, float32 (sx, sy, sz), standard normal.
        surface: how fast the signal falls away from a surface coil: the logarithm over the field of view; 0 for none.
        surface_axis: along which of X, Y, Z; a negative `surface` puts the coil at the other end.
        slice_gains: logarithms of the gain of slices, cyclic, from spins that neighbouring slices have excited.
        acquired: of echo-planar images, how many pixels were encoded along the longer side; they are
            interpolated to the matrix. 0 where all of the matrix was.
        masked: what is darker than this share of the bright tissues is set to 0, as some vendors do; 0 for nothing.
        ghost: share of the signal that reappears half a field of view away along the phase axis.
        wrap: share of the field of view, on each side along the phase axis, that folds in; 0 for none.
        blur: share of a pixel's signal spread to its neighbours along the phase axis, by a long echo train.
        distortion_mm: displacement along the phase axis near the air of the face, and by shims elsewhere.
        phase_axis: which of X, Y, Z is phase-encoded.
        gain: of the receiver.
    """

    noise: float
    noise_blur: float
    shading: float
    texture: float
    coarse_shading: NDArray[np.float32]
    coarse_texture: NDArray[np.float32]
    surface: float
    surface_axis: int
    slice_gains: NDArray[np.float32]
    acquired: int
    masked: float
    ghost: float
    wrap: float
    blur: float
    distortion_mm: float
    phase_axis: int
    gain: float


def slice_axis_of(acquisition: Acquisition) -> int:
    """Along which of X, Y, Z the slices are stacked."""
    return _SLICE_AXIS[acquisition.plane]


def draw_imperfections(random: np.random.Generator, acquisition: Acquisition) -> Imperfections:
    """A scan's imperfections, mild in most scans, strong in a few; EPI is noisy and distorted."""
    epi = acquisition.sequence in _EPI
    axes = [axis for axis in range(3) if axis != slice_axis_of(acquisition)]
    signal_to_noise = np.exp(random.uniform(np.log(10 if epi else 16), np.log(70 if epi else 160)))
    cells = random.integers(2, 5)
    # Spine and body arrays lie behind the patient, loops for joints on any side.
    surface = float(random.uniform(0.4, 1.6)) if random.random() < 0.25 else 0.0
    behind = bool(random.random() < 0.7)
    interleaved = acquisition.echo_train_ms > 0 and random.random() < 0.5
    return Imperfections(
        noise=1 / signal_to_noise,
        noise_blur=float(random.choice([0.0, 0.25, 0.5])),
        shading=float(random.gamma(2.0, 0.07)),
        texture=float(random.uniform(0.02, 0.09)),
        coarse_shading=random.normal(size=(cells, cells, cells)).astype(np.float32),
        coarse_texture=random.normal(size=(26, 26, 26)).astype(np.float32),
        surface=surface if behind or random.random() < 0.5 else -surface,
        surface_axis=1 if behind else int(random.integers(3)),
        slice_gains=random.normal(0.0, 0.05 if interleaved else 0.0, 32).astype(np.float32),
        acquired=int(random.integers(56, 129)) if epi else 0,
        masked=float(random.uniform(0.04, 0.1)) if random.random() < 0.25 else 0.0,
        ghost=float(random.choice([0.0, random.uniform(0.01, 0.06)], p=[0.75, 0.25] if not epi else [0.4, 0.6])),
        wrap=float(random.uniform(0.03, 0.12)) if random.random() < 0.08 else 0.0,
        blur=(0.3 if epi else min(0.25, acquisition.echo_train_ms / 400)) * float(random.random()),
        distortion_mm=float(random.normal(0.0, 4.0)) if epi else 0.0,
        phase_axis=axes[int(random.random() < 0.7)],
        gain=float(np.exp(random.normal(0.0, 0.12))),
    )


def distorted(
    nodes_mm: NDArray[np.float64], scan: Imperfections, middle_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where EPI takes the signal of lattice nodes from: shifted along the phase axis, most above the sinuses.

    Source: Jezzard and Balaban, Magn Reson Med 1995: the shift is the field's offset over the bandwidth per pixel.
    """
    if scan.distortion_mm == 0:
        return nodes_mm
    away = (nodes_mm - middle_mm) - np.array([0.0, 55.0, -22.0])
    offset = np.exp(-((away / np.array([34.0, 30.0, 26.0])) ** 2).sum(axis=-1))
    shim = 0.3 * np.sin((nodes_mm - middle_mm) @ np.array([0.011, 0.017, 0.021]))
    moved = nodes_mm.copy()
    moved[..., scan.phase_axis] += scan.distortion_mm * (offset * 2 + shim)
    return moved


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a scan is received: a few planes of it.

    Attributes:
        voxels: the indices of what is received, along X, Y, Z.
        shape: of the whole scan.
        bright: the bright tissues' signal over the whole scan.
    """

    voxels: tuple[Sequence[int], Sequence[int], Sequence[int]]
    shape: tuple[int, int, int]
    bright: float


def receive(
    signal: torch.Tensor, acquisition: Acquisition, scan: Imperfections, seed: int, window: Window | None = None
) -> torch.Tensor:
    """The series' voxels, float32, shape (X, Y, Z): the bright tissues near `REFERENCE`, noise Rician; maps unscaled.

    Source: Gudbjartsson and Patz, "The Rician distribution of noisy MRI data", Magn Reson Med 1995, eq. 1.

    Args:
        signal: of every voxel.
        acquisition: the settings.
        scan: what it suffers from.
        seed: of the noise.
        window: where in the scan the signal lies; None for all of it.
    """
    window = window or _whole(signal)
    coarse, coarse_window = _encoded(signal, acquisition, scan, window)
    if coarse is not signal:
        whole = receive(coarse, acquisition, replace(scan, acquired=0), seed, coarse_window)
        return _resized(whole, tuple(signal.shape), "trilinear")
    generator = torch.Generator(device=signal.device).manual_seed(seed)
    if acquisition.sequence in MAPS:
        return _map(signal, acquisition, scan, generator, window)
    signal = signal * (REFERENCE * scan.gain / max(window.bright, 1e-6))
    signal = signal * _uneven(signal, acquisition, scan, window)
    signal = _spread(signal, scan.phase_axis, scan.blur)
    size = signal.shape[scan.phase_axis]
    if scan.ghost and size > 1:
        signal = signal + scan.ghost * signal.roll(size // 2, scan.phase_axis)
    real = _noise(signal, acquisition, scan, generator).add_(signal)
    imaginary = _noise(signal, acquisition, scan, generator)
    received = torch.hypot(real, imaginary)
    return torch.where(signal < scan.masked * REFERENCE, 0.0, received) if scan.masked else received


def _encoded(
    signal: torch.Tensor, acquisition: Acquisition, scan: Imperfections, window: Window
) -> tuple[torch.Tensor, Window]:
    """The signal on the pixels that were encoded, and where these lie; the same where they are those of the matrix."""
    share = scan.acquired / max(acquisition.matrix)
    if not 0 < share < 1:
        return signal, window
    stacked = slice_axis_of(acquisition)
    sizes, whole, voxels = list(signal.shape), list(window.shape), list(window.voxels)
    for axis, size in enumerate(signal.shape):
        if axis != stacked and size == window.shape[axis] and size > 1:
            sizes[axis] = whole[axis] = max(2, round(size * share))
            voxels[axis] = range(sizes[axis])
    coarse = _resized(signal, (sizes[0], sizes[1], sizes[2]), "area")
    return coarse, Window((voxels[0], voxels[1], voxels[2]), (whole[0], whole[1], whole[2]), window.bright)


def _resized(values: torch.Tensor, size: tuple[int, ...], mode: str) -> torch.Tensor:
    """On another grid over the same field of view."""
    corners = {"align_corners": False} if mode == "trilinear" else {}
    return torch.nn.functional.interpolate(values[None, None], size=list(size), mode=mode, **corners)[0, 0]


def _whole(signal: torch.Tensor) -> Window:
    x, y, z = signal.shape
    return Window((range(x), range(y), range(z)), (x, y, z), bright_of(signal))


def bright_of(signal: torch.Tensor) -> float:
    """The 97th percentile of what is not air, from some twenty thousand voxels."""
    flat = signal.reshape(-1)
    some = flat[:: max(1, len(flat) // 20_000)]
    some = some[some > 0.02 * some.max()]
    return float(some.kthvalue(max(1, round(0.97 * len(some)))).values) if len(some) else 0.0


def _uneven(signal: torch.Tensor, acquisition: Acquisition, scan: Imperfections, window: Window) -> torch.Tensor:
    """The coils' profiles, the slices' gains and the tissues' texture, multiplied."""
    shares = [
        np.asarray(voxels, dtype=np.float64) / max(size - 1, 1)
        for voxels, size in zip(window.voxels, window.shape, strict=True)
    ]
    field = _interpolated(scan.coarse_shading * np.float32(scan.shading), shares, signal.device)
    field.add_(_interpolated(scan.coarse_texture * np.float32(scan.texture), shares, signal.device))
    if scan.surface:
        field.sub_(_along(abs(scan.surface) * _from_end(shares[scan.surface_axis], scan), scan.surface_axis, signal))
    slices = np.asarray(window.voxels[slice_axis_of(acquisition)])
    return field.add_(
        _along(scan.slice_gains[slices % len(scan.slice_gains)], slice_axis_of(acquisition), signal)
    ).exp_()


def _from_end(shares: NDArray[np.float64], scan: Imperfections) -> NDArray[np.float64]:
    return shares if scan.surface > 0 else 1 - shares


def _along(values: NDArray[np.floating], axis: int, like: torch.Tensor) -> torch.Tensor:
    shape = [1, 1, 1]
    shape[axis] = len(values)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape).to(like.device)


def _interpolated(
    coarse: NDArray[np.float32], shares: Sequence[NDArray[np.float64]], device: torch.device
) -> torch.Tensor:
    """A coarse field, its corners at the scan's, between its nodes, linearly along one axis after another."""
    x, y, z = (_hats(share, size) for share, size in zip(shares, coarse.shape, strict=True))
    planes = np.matmul(y, coarse @ z.T)  # (sx, Y, Z)
    return torch.from_numpy((x @ planes.reshape(len(planes), -1)).reshape(len(x), len(y), len(z))).to(device)


def _hats(shares: NDArray[np.float64], nodes: int) -> NDArray[np.float32]:
    """The weights of `nodes` places from 0 to 1 at each share, float32 (shares, nodes)."""
    away = np.abs(shares[:, None] * (nodes - 1) - np.arange(nodes))
    return np.asarray(np.maximum(1 - away, 0), dtype=np.float32)


def _spread(signal: torch.Tensor, axis: int, share: float) -> torch.Tensor:
    """Each pixel shared with its two neighbours along an axis, ends wrapping as in Fourier imaging."""
    if share == 0:
        return signal
    return (1 - share) * signal + share / 2 * (signal.roll(1, axis) + signal.roll(-1, axis))


def _noise(
    signal: torch.Tensor, acquisition: Acquisition, scan: Imperfections, generator: torch.Generator
) -> torch.Tensor:
    deviation = REFERENCE * scan.noise
    noise = torch.randn(signal.shape, generator=generator, device=signal.device).mul_(deviation)
    if scan.noise_blur:
        for axis in (axis for axis in range(3) if axis != slice_axis_of(acquisition)):
            noise = _spread(noise, axis, scan.noise_blur)
    return noise


def _map(
    signal: torch.Tensor, acquisition: Acquisition, scan: Imperfections, generator: torch.Generator, window: Window
) -> torch.Tensor:
    """ADC: noisy where there is tissue, none or wild in air. Perfusion: signed noise, everywhere or within a mask."""
    noise = torch.randn(signal.shape, generator=generator, device=signal.device)
    if acquisition.sequence is SequenceKind.PERFUSION:
        # Subtraction leaves what moved and pulsed between label and control: noise within the head, little beside it.
        noisy = signal + noise * (110 * scan.noise + 3) * torch.where(signal > 0, 1.0, 0.25)
        return torch.where(signal <= 0, 0.0, noisy.clamp_(min=0)) if scan.masked else noisy
    measured = signal * _uneven(signal, acquisition, scan, window) + noise * (1600 * scan.noise)
    wild = noise.abs() * 500 if scan.ghost else torch.zeros_like(noise)
    return torch.where(signal > 60, measured, wild).clamp_(0, 4095)
