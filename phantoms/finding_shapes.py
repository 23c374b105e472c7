"""What each kind of finding looks like: the solids that go over those of the region."""

from collections.abc import Callable
from dataclasses import dataclass

from phantoms.anatomy import Body, Region
from phantoms.anatomy_spine import CERVICAL, LUMBAR
from phantoms.finding_places import centre_of
from phantoms.findings import Finding, FindingKind
from phantoms.shapes import Form, Shape
from phantoms.tissues import Tissue

_BRAIN = frozenset({Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.OEDEMA, Tissue.TUMOUR})
_LIVER = frozenset({Tissue.LIVER, Tissue.BLOOD_VESSEL})
_PROSTATE = frozenset({Tissue.PERIPHERAL_ZONE, Tissue.TRANSITION_ZONE})
_GOLDEN = 0.618034  # multiples of it, modulo 1, spread evenly


@dataclass(frozen=True, slots=True)
class _Placed:
    """A finding in canonical coordinates: its centre, and half its diameter or length."""

    finding: Finding
    region: Region
    x: float
    y: float
    z: float
    radius: float

    @property
    def centre(self) -> tuple[float, float, float]:
        return (self.x, self.y, self.z)


def shapes_of_finding(finding: Finding, region: Region, body: Body) -> tuple[Shape, ...]:
    """The solids of a finding in painting order, in canonical coordinates; true to its size in the patient's own."""
    x, y, z = centre_of(finding, region, body)
    return _SHAPES[finding.kind](_Placed(finding, region, x, y, z, finding.size_mm / 2 / body.scale))


def _glioma(at: _Placed) -> tuple[Shape, ...]:
    r = at.radius
    return (
        Shape(Tissue.OEDEMA, at.centre, (1.5 * r, 1.7 * r, 1.5 * r), folds=0.2, inside=_BRAIN),
        Shape(Tissue.TUMOUR, at.centre, (r, r, r), folds=0.06, inside=_BRAIN),
        Shape(Tissue.NECROSIS, at.centre, (0.55 * r, 0.6 * r, 0.55 * r), folds=0.1, inside=_BRAIN),
    )


def _infarct(at: _Placed) -> tuple[Shape, ...]:
    radii = (0.8 * at.radius, at.radius, 0.9 * at.radius)
    return (Shape(Tissue.INFARCT, at.centre, radii, folds=0.15, inside=_BRAIN),)


def _white_matter_lesions(at: _Placed) -> tuple[Shape, ...]:
    """Lesions on both sides along the ventricles, the first one the largest."""
    lesions = []
    for number in range(at.finding.count):
        along, outward, up = (number * factor % 1.0 for factor in (_GOLDEN, _GOLDEN**2, _GOLDEN**3))
        x = (24 + 9 * outward) * (-1.0 if number % 2 else 1.0)
        radius = at.radius * (1.0 if number == 0 else 0.55 + 0.4 * along)
        lesions.append(Shape(Tissue.GLIOSIS, (x, 62 * along - 34, 18 + 24 * up), (radius,) * 3, inside=_BRAIN))
    return tuple(lesions)


def _disc_herniation(at: _Placed) -> tuple[Shape, ...]:
    """A dried-out disc that protrudes into the canal by the finding's size."""
    levels = LUMBAR if at.region is Region.LUMBAR_SPINE else CERVICAL
    width, depth, height = levels.body_mm
    gap_mm = levels.pitch_mm / 2 - height
    return (
        Shape(Tissue.ANNULUS, (0, 0, at.z), (width, depth, gap_mm - 1.2), Form.BOX),
        Shape(Tissue.ANNULUS, (at.x, -depth, at.z), (0.4 * width, 2 * at.radius, gap_mm * 1.1)),
    )


def _cord_lesion(at: _Placed) -> tuple[Shape, ...]:
    return (Shape(Tissue.GLIOSIS, at.centre, (3.4, 3.2, at.radius), inside=frozenset({Tissue.CORD})),)


def _meniscal_tear(at: _Placed) -> tuple[Shape, ...]:
    slit = (at.radius, 0.8 * at.radius, 1.5)
    return (Shape(Tissue.FLUID, at.centre, slit, inside=frozenset({Tissue.MENISCUS})),)


def _effusion(at: _Placed) -> tuple[Shape, ...]:
    """Fluid above the patella and in the gutters beside the femur."""
    gutters = (Shape(Tissue.FLUID, (43 * side, 8, 30), (3.5, 14, 18)) for side in (-1.0, 1.0))
    return (Shape(Tissue.FLUID, at.centre, (0.9 * at.radius, 6.5, at.radius)), *gutters)


def _liver_metastasis(at: _Placed) -> tuple[Shape, ...]:
    return (Shape(Tissue.METASTASIS, at.centre, (at.radius,) * 3, folds=0.08, inside=_LIVER),)


def _hepatic_cyst(at: _Placed) -> tuple[Shape, ...]:
    return (Shape(Tissue.FLUID, at.centre, (at.radius,) * 3, inside=_LIVER),)


def _renal_cyst(at: _Placed) -> tuple[Shape, ...]:
    return (Shape(Tissue.FLUID, at.centre, (at.radius,) * 3),)


def _prostate_cancer(at: _Placed) -> tuple[Shape, ...]:
    radii = (at.radius, 0.7 * at.radius, 0.9 * at.radius)
    return (Shape(Tissue.PROSTATE_CANCER, at.centre, radii, inside=_PROSTATE),)


_SHAPES: dict[FindingKind, Callable[[_Placed], tuple[Shape, ...]]] = {
    FindingKind.GLIOMA: _glioma,
    FindingKind.INFARCT: _infarct,
    FindingKind.WHITE_MATTER_LESIONS: _white_matter_lesions,
    FindingKind.DISC_HERNIATION: _disc_herniation,
    FindingKind.CORD_LESION: _cord_lesion,
    FindingKind.MENISCAL_TEAR: _meniscal_tear,
    FindingKind.EFFUSION: _effusion,
    FindingKind.LIVER_METASTASIS: _liver_metastasis,
    FindingKind.HEPATIC_CYST: _hepatic_cyst,
    FindingKind.RENAL_CYST: _renal_cyst,
    FindingKind.PROSTATE_CANCER: _prostate_cancer,
}
