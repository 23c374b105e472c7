"""One series of a subject: label map to noisy scan. The same subject, acquisition and seed give the same bytes."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from phantoms import seeds
from phantoms.labelmaps import AtlasLibrary
from phantoms.lesions import Lesion
from phantoms.patient_anatomy import PatientAnatomy, prepare
from phantoms.rotation import rotation_about
from phantoms.sampling import Lattice, SampleGrid, average_signal, gather_labels, lattice_of
from phantoms.scanner import Imperfections, distorted, draw_imperfections, receive, slice_axis_of
from phantoms.scene import Acquisition, Rendering, Subject
from phantoms.signal import signal_table
from phantoms.tissue_map import Labels
from phantoms.tissue_properties import TissueProperties
from phantoms.tissues import Tissue

_SLICE_SAMPLE_MM = 1.9  # a thick slice is sampled about this finely
_MAX_SLICE_SAMPLES = 4
_IN_PLANE_SAMPLES_OVER = 1.15  # pixels of more than this many map voxels take two samples a side
_BRAIN = (Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CSF, Tissue.OEDEMA, Tissue.TUMOUR)
_BRAIN_LESIONS = range(Tissue.OEDEMA, Tissue.GLIOSIS + 1)
_NEVER_BRAIN = frozenset(Tissue) - set(_BRAIN) - {Tissue(label) for label in _BRAIN_LESIONS} - {
    Tissue(label) for label in range(Tissue.SUBACUTE_INFARCT, Tissue.MENINGIOMA + 1)
}  # fmt: skip


def render(
    subject: Subject,
    acquisition: Acquisition,
    *,
    scan_seed: int,
    library: AtlasLibrary | None = None,
    device: str = "cpu",
) -> Rendering:
    """A series as a scanner would have made it.

    Args:
        subject: whose anatomy, with which findings.
        acquisition: the settings.
        scan_seed: noise, shading and other imperfections follow from it.
        library: label maps of real anatomy; without them everything comes from shapes.
        device: "cpu" or "cuda". Noise differs between devices.
    """
    patient = prepare(subject, library)
    random = seeds.generator(scan_seed, "scan")
    scan = draw_imperfections(random, acquisition)
    labels, grid, folded = sample(patient, acquisition, scan, device=device)
    table = torch.from_numpy(visible_table(acquisition).astype(np.float32)).to(device)
    signal = wrapped_around(average_signal(labels, table, grid.samples), scan.phase_axis, folded)
    voxels = receive(signal, acquisition, scan, int(random.integers(2**31)))
    axis = slice_axis_of(acquisition)
    return Rendering(voxels.contiguous().cpu().numpy(), affine_of(patient, acquisition), axis, patient.measured)


def visible_table(acquisition: Acquisition, properties: TissueProperties | None = None) -> NDArray[np.float64]:
    """The signal of every tissue as of `signal_table`; nothing but the brain after skull stripping."""
    table = signal_table(acquisition, properties)
    if acquisition.brain_extracted:
        table = table.copy()
        table[[int(tissue) for tissue in _NEVER_BRAIN]] = 0
    return table


def sample(
    patient: PatientAnatomy,
    acquisition: Acquisition,
    scan: Imperfections,
    *,
    device: str = "cpu",
    only: Mapping[int, Sequence[int]] | None = None,
) -> tuple[torch.Tensor, SampleGrid, int]:
    """The tissue at every sample, uint8 (X * sx, Y * sy, Z * sz), their grid, and how many voxels wrap at each end.

    Args:
        patient: whose anatomy.
        acquisition: the settings.
        scan: its distortion and wrap are used here.
        device: where the gathering is done.
        only: the voxels wanted along an axis, ascending, by axis; a plane of a volume costs what a plane costs.
    """
    only = only or {}
    folded = round(scan.wrap * shape_of(acquisition)[scan.phase_axis])
    if scan.phase_axis == slice_axis_of(acquisition) or scan.phase_axis in only:
        folded = 0
    grid = _sample_grid(patient, acquisition, scan.phase_axis, folded, only)
    lattice = lattice_of(grid)
    nodes = distorted(lattice.nodes_mm, scan, patient.warp.position_mm)
    lattice = Lattice(nodes, tuple(weights.to(device) for weights in lattice.weights))  # type: ignore[arg-type]
    labels = gather_labels(patient.tissue_map, patient.warp.to_map(nodes), lattice)
    if patient.lesions:
        painted = labels.cpu().numpy()
        for lesion in patient.lesions:
            _paint(lesion, painted, lattice)
        labels = torch.from_numpy(painted).to(device)
    return labels, grid, folded


def _paint(lesion: Lesion, labels: Labels, lattice: Lattice) -> None:
    """One lesion on the samples of the box around it."""
    box, weights = [], []
    for axis in range(3):
        line = lattice.weights[axis].cpu().numpy().astype(np.float64)
        # The nodes' range of coordinates bounds each sample's; distortion and tilt are within the margin.
        near = _near(lesion, lattice, axis, line)
        if near is None:
            return
        box.append(near)
        weights.append(line[near])
    points = np.einsum("xi,yj,zk,ijkc->xyzc", *weights, lattice.nodes_mm, optimize=True)
    part = labels[tuple(box)]
    lesion.paint(part, points)


def _near(lesion: Lesion, lattice: Lattice, axis: int, line: NDArray[np.float64]) -> slice | None:
    """The samples along an axis whose plane comes within reach of a lesion."""
    nodes = np.moveaxis(lattice.nodes_mm, axis, 0)
    normal = nodes[-1].mean(axis=(0, 1)) - nodes[0].mean(axis=(0, 1))
    normal /= np.linalg.norm(normal)
    middle = line @ (nodes.mean(axis=(1, 2)) @ normal)
    distance = np.abs(middle - lesion.centre_mm @ normal)
    within = np.flatnonzero(distance <= lesion.reach_mm + 6.0)
    return slice(int(within[0]), int(within[-1]) + 1) if len(within) else None


def shape_of(acquisition: Acquisition) -> tuple[int, int, int]:
    """Voxels along X, Y, Z."""
    counts = list(acquisition.matrix)
    counts.insert(slice_axis_of(acquisition), acquisition.slices)
    return counts[0], counts[1], counts[2]


def affine_of(patient: PatientAnatomy, acquisition: Acquisition) -> NDArray[np.float64]:
    """Voxel index to scanner mm, rounded to what headers hold."""
    axis = slice_axis_of(acquisition)
    spacing = np.full(3, acquisition.in_plane_mm)
    spacing[axis] = acquisition.thickness_mm + acquisition.gap_mm
    in_plane = [other for other in range(3) if other != axis]
    linear = np.eye(3)
    for about, degrees in zip(in_plane, acquisition.tilt_deg, strict=True):
        linear = rotation_about(about, np.radians(degrees)) @ linear
    linear = linear @ np.diag(spacing)
    middle = patient.warp.position_mm + np.array(acquisition.centre_mm)
    affine = np.eye(4)
    affine[:3, :3] = linear
    affine[:3, 3] = middle - linear @ ((np.array(shape_of(acquisition)) - 1) / 2)
    return np.round(affine, 6)


def _sample_grid(
    patient: PatientAnatomy, acquisition: Acquisition, phase_axis: int, folded: int, only: Mapping[int, Sequence[int]]
) -> SampleGrid:
    """Samples over each slice's thickness (not its gap) and each pixel; along the phase axis what folds in as well."""
    axis = slice_axis_of(acquisition)
    pitch_mm = acquisition.thickness_mm + acquisition.gap_mm
    through = int(np.clip(round(acquisition.thickness_mm / _SLICE_SAMPLE_MM), 1, _MAX_SLICE_SAMPLES))
    aside = 1 + (acquisition.in_plane_mm > _IN_PLANE_SAMPLES_OVER * patient.tissue_map.spacing_mm)
    indices, samples = [], []
    for along, count in enumerate(shape_of(acquisition)):
        number = through if along == axis else aside
        width = acquisition.thickness_mm / pitch_mm if along == axis else 1.0
        extra = folded if along == phase_axis else 0
        offsets = ((np.arange(number) + 0.5) / number - 0.5) * width
        wanted = np.asarray(only[along]) if along in only else np.arange(-extra, count + extra)
        indices.append((wanted[:, None] + offsets).reshape(-1))
        samples.append(number)
    return SampleGrid(
        affine_of(patient, acquisition), (indices[0], indices[1], indices[2]), (samples[0], samples[1], samples[2])
    )


def wrapped_around(signal: torch.Tensor, axis: int, folded: int) -> torch.Tensor:
    """What lay beyond the field of view, added at the other end: wrap-around."""
    if folded == 0:
        return signal
    size = signal.shape[axis] - 2 * folded
    inner = signal.narrow(axis, folded, size).clone()
    inner.narrow(axis, size - folded, folded).add_(signal.narrow(axis, 0, folded))
    inner.narrow(axis, 0, folded).add_(signal.narrow(axis, folded + size, folded))
    return inner
