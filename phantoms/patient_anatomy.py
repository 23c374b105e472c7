"""A subject made ready for scanning: map, warp and lesions, each finding brought to the size asked for and measured."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.anatomy_maps import choose_map
from phantoms.deform import Swelling, Warp, draw_warp
from phantoms.findings import Finding, FindingKind
from phantoms.labelmaps import AtlasLibrary
from phantoms.lesions import Lesion
from phantoms.pathology import Site, lesions_of, swellings_of, ventricle_centre
from phantoms.sampling import SampleGrid, gather_labels, lattice_of
from phantoms.scene import Measured, Subject
from phantoms.tissue_map import Labels, Mask, TissueMap, grown
from phantoms.tissues import Tissue

_FITTINGS = 3  # times that a lesion is scaled towards its size
_FIT_RANGE = (0.6, 1.7)
_PAIRED = (Region.KNEE, Region.SHOULDER, Region.WRIST)
_HEADS = (Region.BRAIN,)
_FRONTAL_HORNS_MM = (30.0, 40.0, 12.0)  # half of the box on the map that holds them
_VENTRICLE_BODIES_MM = (12.0, 18.0, 8.0)  # and of one in which nearly all fluid is theirs
_HORNS_BEGIN_MM = 4.0  # in front of the middle; behind lie the bodies and the wider trigones
_HORNS_STEP_MM = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class PatientAnatomy:
    """What is sampled when a subject is scanned.

    Attributes:
        lesions: of all findings, in painting order, in scanner coordinates.
        measured: the findings, in the subject's order.
    """

    tissue_map: TissueMap
    warp: Warp
    lesions: tuple[Lesion, ...]
    measured: tuple[Measured, ...]


@lru_cache(maxsize=16)
def prepare(subject: Subject, library: AtlasLibrary | None = None) -> PatientAnatomy:
    """The anatomy of a subject: under 1 ms without findings, some 50 ms for each finding."""
    random = seeds.generator(subject.seed, "anatomy", subject.region)
    tissue_map = choose_map(subject.region, float(random.random()), library)
    mirrored = subject.region in _PAIRED and subject.left == tissue_map.lateral_right
    warp = draw_warp(random, subject.region, mirrored=mirrored)
    warp = replace(warp, swellings=_swellings(subject, tissue_map))
    lesions: list[Lesion] = []
    measured: list[Measured] = []
    for number, finding in enumerate(subject.findings):
        if finding.kind is FindingKind.HYDROCEPHALUS:
            warp, found = _widened(finding, tissue_map, warp)
        else:
            stream = seeds.generator(subject.seed, "finding", number, finding.kind, finding.place, finding.side)
            drawn = lesions_of(finding, Site(subject.region, tissue_map, warp, stream))
            fitted, found = _fitted(finding, drawn, tissue_map, warp)
            lesions.extend(fitted)
        measured.append(found)
    return PatientAnatomy(tissue_map, warp, tuple(lesions), tuple(measured))


def _swellings(subject: Subject, tissue_map: TissueMap) -> tuple[Swelling, ...]:
    """What findings displace, and the ventricles of age."""
    found = [s for finding in subject.findings for s in swellings_of(finding, subject.region, tissue_map)]
    hydrocephalus = any(finding.kind is FindingKind.HYDROCEPHALUS for finding in subject.findings)
    if subject.region in _HEADS and not hydrocephalus:
        x, y, z = ventricle_centre(tissue_map)
        strength = float(np.clip((subject.age_years - 45) * 0.0075, -0.15, 0.3))
        found.append(Swelling((float(x), float(y), float(z)), 42.0, strength))
    return tuple(found)


def _fitted(
    finding: Finding, lesions: tuple[Lesion, ...], tissue_map: TissueMap, warp: Warp
) -> tuple[tuple[Lesion, ...], Measured]:
    """Lesions scaled until the measured size is the asked one, as far as their hosts leave room."""
    best = lesions, _measure(finding, lesions, tissue_map, warp)
    for _ in range(_FITTINGS):
        off = best[1].size_mm / finding.size_mm
        if abs(off - 1) < 0.08 or best[1].lesions == 0:
            break
        factor = float(np.clip(1 / off, *_FIT_RANGE))
        scaled = tuple(_grown(lesion, factor, finding.kind) for lesion in best[0])
        trial = scaled, _measure(finding, scaled, tissue_map, warp)
        if abs(trial[1].size_mm - finding.size_mm) >= abs(best[1].size_mm - finding.size_mm):
            break
        best = trial
    return best


def _grown(lesion: Lesion, factor: float, kind: FindingKind) -> Lesion:
    """A lesion nearer to its size; a tear stays thin, a dried disc stays where the disc was, cords fill no wider."""
    if kind is FindingKind.MENISCAL_TEAR:
        return replace(lesion, radii_mm=lesion.radii_mm * np.array([factor, factor, 1.0]))
    if kind is FindingKind.CORD_LESION:
        return replace(lesion, radii_mm=lesion.radii_mm * np.array([1.0, 1.0, factor]))
    if kind is FindingKind.DISC_HERNIATION:
        return replace(lesion, radii_mm=lesion.radii_mm * np.array([1.0, factor, 1.0])) if lesion.core else lesion
    return lesion.scaled(factor)


def local_labels(
    tissue_map: TissueMap, warp: Warp, centre_mm: NDArray[np.float64], half_mm: NDArray[np.float64], step_mm: float
) -> tuple[Labels, NDArray[np.float64]]:
    """The tissues without lesions on a fine grid in the scanner, and the grid's points (X, Y, Z, 3)."""
    affine = np.diag([step_mm, step_mm, step_mm, 1.0])
    affine[:3, 3] = centre_mm - half_mm
    x, y, z = (np.arange(int(2 * half / step_mm) + 2, dtype=np.float64) for half in half_mm)
    grid = SampleGrid(affine, (x, y, z), (1, 1, 1))
    lattice = lattice_of(grid)
    labels = gather_labels(tissue_map, warp.to_map(lattice.nodes_mm), lattice).numpy()
    points = np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1) * step_mm + affine[:3, 3]
    return labels, points


def _measure(finding: Finding, lesions: tuple[Lesion, ...], tissue_map: TissueMap, warp: Warp) -> Measured:
    """Size and centre of the first core lesion with all that touches it; volume of all core lesions."""
    core = [lesion for lesion in lesions if lesion.core]
    main = core[0]
    mask, points = _core_mask(main, lesions, tissue_map, warp)
    step_mm = _step_of(main)
    volume_mm3, found = float(mask.sum()) * step_mm**3, int(mask.any())
    for lesion in core[1:]:
        if np.linalg.norm(lesion.centre_mm - main.centre_mm) > 1.0 and lesion.tissue is main.tissue:
            other, _ = _core_mask(lesion, lesions, tissue_map, warp)
            volume_mm3 += float(other.sum()) * _step_of(lesion) ** 3
            found += int(other.any())
    where = points[mask]
    if len(where) == 0:
        return Measured(finding, _triple(main.centre_mm), 0.0, 0.0, 0)
    extent = where.max(axis=0) - where.min(axis=0) + step_mm
    size_mm = extent[1] if finding.kind is FindingKind.DISC_HERNIATION else extent.max()
    return Measured(finding, _triple(where.mean(axis=0)), float(size_mm), volume_mm3 / 1000, found)


def _step_of(lesion: Lesion) -> float:
    """The grid on which a lesion is measured: small ones on half a millimetre."""
    return 0.5 if lesion.reach_mm < 14 else 1.0


def _core_mask(
    main: Lesion, lesions: tuple[Lesion, ...], tissue_map: TissueMap, warp: Warp
) -> tuple[Mask, NDArray[np.float64]]:
    half_mm = np.full(3, np.ceil(main.reach_mm) + 1)
    labels, points = local_labels(tissue_map, warp, main.centre_mm, half_mm, _step_of(main))
    mask = np.zeros(labels.shape, dtype=bool)
    for lesion in lesions:
        if np.linalg.norm(lesion.centre_mm - main.centre_mm) > lesion.reach_mm + main.reach_mm:
            continue
        painted = lesion.paint(labels, points)
        if lesion is main or (lesion.core and np.allclose(lesion.centre_mm, main.centre_mm)):
            mask |= painted
    return mask, points


def _widened(finding: Finding, tissue_map: TissueMap, warp: Warp) -> tuple[Warp, Measured]:
    """Ventricles widened until the frontal horns measure what was asked."""
    for _ in range(4):
        found = _measure_horns(finding, tissue_map, warp)
        off = found.size_mm / finding.size_mm
        if abs(off - 1) < 0.06 or found.size_mm == 0:
            break
        first, *others = warp.swellings
        strength = float(np.clip(1 - (1 - first.strength) * off, 0.0, 0.78))
        warp = replace(warp, swellings=(replace(first, strength=strength), *others))
    return warp, _measure_horns(finding, tissue_map, warp)


def _measure_horns(finding: Finding, tissue_map: TissueMap, warp: Warp) -> Measured:
    middle = ventricle_centre(tissue_map)
    centre = warp.from_map(middle[None])[0]
    labels, points = local_labels(tissue_map, warp, centre, np.array([48.0, 60.0, 30.0]), _HORNS_STEP_MM)
    on_map = warp.to_map(points) - middle
    away = np.abs(on_map)
    fluid = (labels == Tissue.CSF) & (away < np.array(_FRONTAL_HORNS_MM)).all(axis=-1)
    ventricles = _connected(fluid, fluid & (away < np.array(_VENTRICLE_BODIES_MM)).all(axis=-1))
    where = points[ventricles & (on_map[..., 1] > _HORNS_BEGIN_MM)]
    if len(where) == 0:
        return Measured(finding, _triple(centre), 0.0, 0.0, 0)
    width = float(where[:, 0].max() - where[:, 0].min() + _HORNS_STEP_MM)
    volume_ml = len(where) * _HORNS_STEP_MM**3 / 1000
    return Measured(finding, _triple(where.mean(axis=0)), width, volume_ml, 1)


def _connected(mask: Mask, seed: Mask) -> Mask:
    """What of a mask is connected to a seed."""
    while (more := grown(seed, 1.0, 1.0) & mask).sum() > seed.sum():
        seed = more
    return seed


def _triple(point: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 3) for value in point)
    return x, y, z
