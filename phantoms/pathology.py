"""Findings in voxels: each kind as lesions where it can occur, with the side and size that were asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from phantoms import places
from phantoms.anatomy import Region
from phantoms.deform import Swelling, Warp
from phantoms.findings import Finding, FindingKind
from phantoms.lesions import Lesion, draw_lesion
from phantoms.places import BRAIN, KIDNEY, LIVER, MENISCUS, PROSTATE, Point, sign_of
from phantoms.shapes import Triple
from phantoms.tissue_map import TissueMap, is_one_of
from phantoms.tissues import Tissue

_T, _K = Tissue, FindingKind
_LESIONS_OF_BRAIN = frozenset({_T.OEDEMA, _T.TUMOUR, _T.NECROSIS, _T.GLIOSIS})
_CRANIAL = BRAIN | {_T.CSF, _T.VEIN, _T.BLOOD_VESSEL} | _LESIONS_OF_BRAIN
_SOFT = frozenset({_T.FAT, _T.MUSCLE, _T.FLUID, _T.LIGAMENT})
_FIT_RADIUS = 0.9
_TRIES = 40
INFARCT_STAGES = {"acute": _T.INFARCT, "subacute": _T.SUBACUTE_INFARCT, "chronic": _T.CHRONIC_INFARCT}
BLOOD_STAGES = {
    "hyperacute": _T.HYPERACUTE_BLOOD,
    "acute": _T.ACUTE_BLOOD,
    "early subacute": _T.EARLY_SUBACUTE_BLOOD,
    "late subacute": _T.LATE_SUBACUTE_BLOOD,
    "chronic": _T.CHRONIC_BLOOD,
}
LIGAMENTS = {
    "anterior cruciate ligament": _T.ANTERIOR_CRUCIATE,
    "posterior cruciate ligament": _T.POSTERIOR_CRUCIATE,
    "medial collateral ligament": _T.MEDIAL_COLLATERAL,
    "supraspinatus tendon": _T.SUPRASPINATUS_TENDON,
}


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where a finding is to be drawn: whose anatomy, and the stream that decides the details."""

    region: Region
    tissue_map: TissueMap
    warp: Warp
    random: np.random.Generator

    def scanner(self, map_point: Point) -> Point:
        """A map point in the scanner."""
        return np.asarray(self.warp.from_map(map_point[None])[0])


def swellings_of(finding: Finding, region: Region, tissue_map: TissueMap) -> tuple[Swelling, ...]:
    """How a finding displaces its surroundings: ventricles that widen, brain that a mass pushes aside."""
    if finding.kind is _K.HYDROCEPHALUS:
        centre = ventricle_centre(tissue_map)
        strength = float(np.clip(1.0 - 24.0 / finding.size_mm, 0.1, 0.68))
        # The frontal horns' middle lies before that of the bodies.
        return (Swelling((centre[0], centre[1] + 14.0, centre[2]), 58.0, strength),)
    pushed = {_K.GLIOMA: 0.12, _K.MENINGIOMA: 0.2, _K.ARACHNOID_CYST: 0.25, _K.HAEMORRHAGE: 0.12}.get(finding.kind)
    if pushed is None or (finding.kind is _K.HAEMORRHAGE and finding.stage == "chronic"):
        return ()
    points = places.points_of(tissue_map, BRAIN)
    aim = places.in_box(points, places.SHARES[finding.place], sign_of(finding.side))
    return (Swelling((float(aim[0]), float(aim[1]), float(aim[2])), 0.9 * finding.size_mm, pushed),)


def ventricle_centre(tissue_map: TissueMap) -> Point:
    """Between the bodies of the lateral ventricles, on the map."""
    return places.in_box(places.points_of(tissue_map, BRAIN), places.SHARES["lateral ventricles"], 0.0)


def lesions_of(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """The lesions of a finding in painting order; none for hydrocephalus, which only displaces."""
    return _BUILDERS[finding.kind](finding, site)


def _fitting(
    site: Site, aim: Point, radius_mm: float, hosts: frozenset[Tissue], *, spread_mm: float, sign: float
) -> Point:
    """Of random points around an aim, the one at which most of a ball lies in hosts; on the map."""
    random = site.random
    candidates = aim + random.normal(0.0, spread_mm, (_TRIES, 3))
    candidates[0] = aim
    ball = random.normal(size=(160, 3))
    ball *= (random.random((160, 1)) ** (1 / 3)) * _FIT_RADIUS * radius_mm / np.linalg.norm(ball, axis=1, keepdims=True)
    around = candidates[:, None, :] + ball[None]
    score = is_one_of(_labels_at(site.tissue_map, around), *hosts).mean(axis=1)
    if sign:
        score = score - 2.0 * (candidates[:, 0] * sign < 0)
    return np.asarray(candidates[int(score.argmax())])


def _labels_at(tissue_map: TissueMap, points: Point) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    index = np.rint((points - np.array(tissue_map.origin_mm)) / tissue_map.spacing_mm).astype(int)
    index = np.clip(index, 0, np.array(tissue_map.labels.shape) - 1)
    return np.asarray(tissue_map.labels[index[..., 0], index[..., 1], index[..., 2]])


def _in_brain(finding: Finding, site: Site, hosts: frozenset[Tissue], spread_mm: float = 7.0) -> Point:
    sign = sign_of(finding.side)
    aim = places.in_box(places.points_of(site.tissue_map, BRAIN), places.SHARES[finding.place], sign)
    return site.scanner(_fitting(site, aim, finding.size_mm / 2, hosts, spread_mm=spread_mm, sign=sign))


def _glioma(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    random, centre, r = site.random, _in_brain(finding, site, BRAIN), finding.size_mm / 2
    hosts = BRAIN | _LESIONS_OF_BRAIN
    halo, core = 1.3 + 0.5 * random.random(), (r, r * random.uniform(0.75, 1), r * random.uniform(0.75, 1))
    white = frozenset({_T.WHITE_MATTER})
    outer = draw_lesion(random, _T.OEDEMA, centre, (halo * r,) * 3, white, roughness=0.3, core=False)
    solid = draw_lesion(random, _T.TUMOUR, centre, core, hosts, roughness=0.15)
    dead = draw_lesion(
        random, _T.NECROSIS, centre, (0.62 * core[0], 0.62 * core[1], 0.62 * core[2]), hosts, roughness=0.3
    )
    return (outer, solid, replace(dead, turn=solid.turn))


def _metastases(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    random, lesions = site.random, []
    candidates = places.points_of(site.tissue_map, BRAIN)
    for number in range(finding.count):
        centre = site.scanner(candidates[random.integers(len(candidates))])
        r = finding.size_mm / 2 * (1.0 if number == 0 else random.uniform(0.35, 0.9))
        white = frozenset({_T.WHITE_MATTER})
        lesions.append(draw_lesion(random, _T.OEDEMA, centre, (1.7 * r,) * 3, white, roughness=0.3, core=False))
        lesions.append(draw_lesion(random, _T.TUMOUR, centre, (r, r, r), _CRANIAL, roughness=0.08))
        if r > 6:
            lesions.append(draw_lesion(random, _T.NECROSIS, centre, (0.5 * r,) * 3, _CRANIAL, roughness=0.2))
    return tuple(lesions)


def _meningioma(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    centre, r = _in_brain(finding, site, _CRANIAL, 3.0), finding.size_mm / 2
    radii = (r, r * site.random.uniform(0.75, 1), r * site.random.uniform(0.7, 1))
    return (draw_lesion(site.random, _T.MENINGIOMA, centre, radii, _CRANIAL, roughness=0.06),)


def _infarct(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    centre, r = _in_brain(finding, site, BRAIN), finding.size_mm / 2
    radii = (r, r * site.random.uniform(0.6, 1), r * site.random.uniform(0.6, 1))
    return (draw_lesion(site.random, INFARCT_STAGES[finding.stage], centre, radii, BRAIN, roughness=0.25),)


def _haemorrhage(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    random, centre, r = site.random, _in_brain(finding, site, BRAIN), finding.size_mm / 2
    radii = (r, r * random.uniform(0.65, 1), r * random.uniform(0.65, 1))
    blood = draw_lesion(random, BLOOD_STAGES[finding.stage], centre, radii, BRAIN | _LESIONS_OF_BRAIN, roughness=0.15)
    if finding.stage == "chronic":  # a fluid slit in a haemosiderin rim
        slit = replace(blood.scaled(0.6), tissue=_T.CHRONIC_INFARCT, hosts=frozenset({blood.tissue}))
        return (blood, slit)
    halo = draw_lesion(random, _T.OEDEMA, centre, (1.35 * r,) * 3, BRAIN, roughness=0.3, core=False)
    if finding.stage == "late subacute":
        rim = replace(blood, tissue=_T.CHRONIC_BLOOD)
        return (halo, rim, replace(blood.scaled(0.86), hosts=blood.hosts | {_T.CHRONIC_BLOOD}))
    return (halo, blood)


def _white_matter_lesions(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """Spots in the white matter beside the ventricles, or farther out."""
    random, white = site.random, frozenset({_T.WHITE_MATTER})
    brain = places.points_of(site.tissue_map, BRAIN)
    points = places.points_of(site.tissue_map, white)
    x_share = np.abs(points[:, 0]) / np.quantile(np.abs(brain[:, 0]), 0.99)
    low, high = np.quantile(brain, 0.01, axis=0), np.quantile(brain, 0.99, axis=0)
    share = (points - low) / (high - low)
    beside = (0.16, 0.42) if finding.place.startswith("peri") else (0.36, 0.68)
    fits = (x_share > beside[0]) & (x_share < beside[1]) & (np.abs(share[:, 2] - 0.66) < 0.13)
    points = points[fits & (np.abs(share[:, 1] - 0.5) < 0.33)]
    lesions = []
    for number in range(finding.count):
        point = points[random.integers(len(points))]
        r = finding.size_mm / 2 * (1.0 if number == 0 else random.uniform(0.45, 0.95))
        radii = (r, r * random.uniform(0.6, 1), r * random.uniform(0.6, 1))
        lesions.append(draw_lesion(random, _T.GLIOSIS, site.scanner(point), radii, white, roughness=0.2))
    return tuple(lesions)


def _arachnoid_cyst(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    centre, r = _in_brain(finding, site, _CRANIAL, 3.0), finding.size_mm / 2
    radii = (r, r * site.random.uniform(0.7, 1), r * site.random.uniform(0.7, 1))
    return (draw_lesion(site.random, _T.CYST, centre, radii, _CRANIAL),)


def _nothing(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    return ()


def _disc_herniation(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """A dried-out disc that reaches into the canal by the finding's size."""
    disc = places.disc_of(finding, site.tissue_map)
    width, depth, height = disc.half_mm
    gap_mm = disc.thickness_mm
    edge = places.disc_point(finding, site.tissue_map)
    middle = site.scanner(np.array(disc.middle_mm))
    dried = draw_lesion(
        site.random, _T.ANNULUS, middle, (width, depth, height + 3), frozenset({_T.DISC}), turned=False, core=False
    )
    hosts = frozenset({_T.CSF, _T.CORD, _T.FAT, _T.MUSCLE, _T.VEIN})  # not the endplates above and below
    radii = (max(0.4 * width, finding.size_mm * 0.9), finding.size_mm, max(gap_mm * 1.2, 0.6 * finding.size_mm))
    bulge = draw_lesion(site.random, _T.HERNIATION, site.scanner(edge), radii, hosts, turned=False)
    return (dried, bulge)


def _cord_lesion(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    cord_mm = places.cord_half_axes(site.tissue_map)
    centre = site.scanner(places.cord_point(finding, site.tissue_map))
    radii = (0.7 * cord_mm[0], 0.85 * cord_mm[1], finding.size_mm / 2)
    return (draw_lesion(site.random, _T.GLIOSIS, centre, radii, frozenset({_T.CORD}), turned=False, roughness=0.1),)


def _meniscal_tear(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """A slit in the posterior horn."""
    points = places.points_of(site.tissue_map, MENISCUS)
    outward = 1.0 if site.tissue_map.lateral_right else -1.0
    sign = outward if finding.place.startswith("lateral") else -outward
    aim = places.in_box(points, (0.62, 0.14, 0.5), sign)
    sided = points[points[:, 0] * sign > 0]
    nearest = sided[np.linalg.norm(sided - aim, axis=1).argmin()]
    radii = (finding.size_mm / 2, finding.size_mm / 2, 1.3)
    return (draw_lesion(site.random, _T.TORN, site.scanner(nearest), radii, MENISCUS, turned=False),)


def _effusion(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """Fluid that fills the recesses of a joint."""
    r, random = finding.size_mm / 2, site.random
    spots: tuple[tuple[Triple, Triple], ...]
    if site.region is Region.SHOULDER:
        spots = (((-25.0, 2.0, -2.0), (5.0, 0.9 * r, r)), ((-16.0, 4.0, -27.0), (0.7 * r, 0.6 * r, 6.0)))
    else:
        spots = (
            ((0.0, 33.0, 46.0), (0.8 * r, 7.0, r)),
            ((37.0, 10.0, 26.0), (4.0, 12.0, 16.0)),
            ((-37.0, 10.0, 26.0), (4.0, 12.0, 16.0)),
        )
    return tuple(
        draw_lesion(
            random,
            _T.EFFUSION,
            site.scanner(np.array(centre)),
            radii,
            _SOFT,
            turned=False,
            roughness=0.08,
            core=not number,
        )
        for number, (centre, radii) in enumerate(spots)
    )


def _ligament_rupture(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    """The ligament's middle replaced by fluid and swelling, which spread a little around."""
    ligament = LIGAMENTS[finding.place]
    points = places.points_of(site.tissue_map, frozenset({ligament}))
    middle = points[np.linalg.norm(points - points.mean(axis=0), axis=1).argmin()]
    r = finding.size_mm / 2
    centre = site.scanner(middle)
    swollen = draw_lesion(
        site.random,
        _T.OEDEMA,
        centre,
        (r + 2, r + 2, r + 3),
        frozenset({_T.FAT, _T.MUSCLE}),
        roughness=0.25,
        core=False,
    )
    gap = draw_lesion(site.random, _T.TORN, centre, (r, r, r), frozenset({ligament}) | _SOFT, roughness=0.2)
    return (swollen, gap)


def _in_liver(tissue: Tissue, roughness: float) -> Callable[[Finding, Site], tuple[Lesion, ...]]:
    hosts = LIVER | {_T.BLOOD_VESSEL}

    def build(finding: Finding, site: Site) -> tuple[Lesion, ...]:
        r = finding.size_mm / 2
        aim = places.in_organ(places.points_of(site.tissue_map, LIVER), places.SHARES[finding.place])
        centre = site.scanner(_fitting(site, aim, r, hosts, spread_mm=9.0, sign=0.0))
        radii = (r, r * site.random.uniform(0.8, 1), r * site.random.uniform(0.8, 1))
        return (draw_lesion(site.random, tissue, centre, radii, hosts, roughness=roughness),)

    return build


def _in_kidney(tissue: Tissue, roughness: float, outside: float) -> Callable[[Finding, Site], tuple[Lesion, ...]]:
    hosts = KIDNEY | {_T.FAT}

    def build(finding: Finding, site: Site) -> tuple[Lesion, ...]:
        r, points = finding.size_mm / 2, places.points_of(site.tissue_map, KIDNEY)
        sided = points[points[:, 0] * sign_of(finding.side) > 0]
        aim = places.in_organ(sided, (0.5, 0.5, places.SHARES[finding.place][2]))
        nearest = sided[np.linalg.norm(sided - aim, axis=1).argmin()]
        outward = np.array([sign_of(finding.side), -0.4, 0.0]) * outside * r
        radii = (r, r * site.random.uniform(0.85, 1), r * site.random.uniform(0.85, 1))
        return (draw_lesion(site.random, tissue, site.scanner(nearest + outward), radii, hosts, roughness=roughness),)

    return build


def _prostate_cancer(finding: Finding, site: Site) -> tuple[Lesion, ...]:
    points = places.points_of(site.tissue_map, frozenset({_T.PERIPHERAL_ZONE}))
    sign, r = sign_of(finding.side), finding.size_mm / 2
    aim = places.in_box(points, places.SHARES[finding.place], sign)
    centre = site.scanner(_fitting(site, aim, r, PROSTATE, spread_mm=2.5, sign=sign))
    radii = (r, r * 0.75, r * site.random.uniform(0.75, 1))
    return (draw_lesion(site.random, _T.PROSTATE_CANCER, centre, radii, PROSTATE, turned=False, roughness=0.12),)


_BUILDERS: dict[FindingKind, Callable[[Finding, Site], tuple[Lesion, ...]]] = {
    _K.GLIOMA: _glioma,
    _K.METASTASES: _metastases,
    _K.MENINGIOMA: _meningioma,
    _K.INFARCT: _infarct,
    _K.HAEMORRHAGE: _haemorrhage,
    _K.WHITE_MATTER_LESIONS: _white_matter_lesions,
    _K.HYDROCEPHALUS: _nothing,
    _K.ARACHNOID_CYST: _arachnoid_cyst,
    _K.DISC_HERNIATION: _disc_herniation,
    _K.CORD_LESION: _cord_lesion,
    _K.MENISCAL_TEAR: _meniscal_tear,
    _K.EFFUSION: _effusion,
    _K.LIGAMENT_RUPTURE: _ligament_rupture,
    _K.LIVER_METASTASIS: _in_liver(_T.METASTASIS, 0.12),
    _K.HEPATIC_CYST: _in_liver(_T.CYST, 0.0),
    _K.RENAL_CYST: _in_kidney(_T.CYST, 0.0, 0.55),
    _K.RENAL_MASS: _in_kidney(_T.RENAL_MASS, 0.1, 0.3),
    _K.PROSTATE_CANCER: _prostate_cancer,
}
