"""Shapes and signal: volumes against geometry, findings at their side and size, tissues in the textbook's order."""

from dataclasses import replace

import numpy as np
import pytest

from phantoms.acquire import scan_series
from phantoms.anatomy import Body, Region, shapes_of
from phantoms.contrast import Weighting, intensities
from phantoms.finding_places import DRAWN
from phantoms.finding_shapes import shapes_of_finding
from phantoms.findings import Finding, FindingKind, Side, kinds_in
from phantoms.plan import plan_patients
from phantoms.shapes import Form, Labels, Points, Shape, ball, paint
from phantoms.tissues import Tissue

LEFT_KNEE = Body(scale=1.0, atrophy=1.0, left=True, position_mm=(0, 0, 0), bend_mm=0.0, waves=())
BODY = replace(LEFT_KNEE, left=False)


def lattice(half_mm: float, step_mm: float = 1.0) -> Points:
    axis = np.arange(-half_mm, half_mm + step_mm / 2, step_mm, dtype=np.float32)
    return np.stack([grid.ravel() for grid in np.meshgrid(axis, axis, axis, indexing="ij")])


@pytest.mark.parametrize(
    ("form", "expected_mm3"),
    [(Form.ELLIPSOID, 4 / 3 * np.pi * 8 * 10 * 12), (Form.CYLINDER, np.pi * 8 * 10 * 24), (Form.BOX, 16 * 20 * 24)],
)
def test_a_solid_has_its_volume(form: Form, expected_mm3: float) -> None:
    labels = paint([Shape(Tissue.FAT, (1, -2, 3), (8, 10, 12), form)], lattice(20, 0.5))
    tolerance = 0.2 if form is Form.BOX else 0.03  # a box has rounded edges
    assert (labels == Tissue.FAT).sum() * 0.125 == pytest.approx(expected_mm3, rel=tolerance)


def test_later_solids_lie_over_earlier_ones_unless_they_are_kept_inside() -> None:
    points = np.array([[0.0, 3.0, 6.0], [0, 0, 0], [0, 0, 0]], dtype=np.float32)
    small, large = ball((0, 0, 0), 4, Tissue.LIVER), replace(ball((0, 0, 0), 9, Tissue.FLUID))
    assert paint([small, large], points).tolist() == [Tissue.FLUID] * 3
    kept = replace(large, inside=frozenset({Tissue.LIVER}))
    assert paint([small, kept], points).tolist() == [Tissue.FLUID, Tissue.FLUID, Tissue.AIR]


def painted(region: Region, finding: Finding, body: Body, points: Points) -> Labels:
    """Where a finding changes the region's labels."""
    plain = shapes_of(region, body)
    with_finding = paint([*plain, *shapes_of_finding(finding, region, body)], points)
    return np.where(with_finding != paint(plain, points), with_finding, np.uint8(0))


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_glioma_lies_on_its_side_in_its_size(side: Side) -> None:
    points = lattice(90, 1.5)
    labels = painted(Region.BRAIN, Finding(FindingKind.GLIOMA, side, "frontal lobe", 30.0), BODY, points)
    core = points[:, np.isin(labels, (Tissue.TUMOUR, Tissue.NECROSIS))]
    assert np.sign(core[0].mean()) == (-1 if side is Side.LEFT else 1)  # RAS: the patient's left is negative
    assert np.ptp(core[2]) == pytest.approx(30, abs=4)


@pytest.mark.parametrize(
    ("left", "place", "sign"),
    [
        (True, "medial meniscus", 1),
        (True, "lateral meniscus", -1),
        (False, "medial meniscus", -1),
        (False, "lateral meniscus", 1),
    ],
)
def test_the_medial_meniscus_is_the_inner_one(left: bool, place: str, sign: int) -> None:
    body, points = (LEFT_KNEE if left else BODY), lattice(45)
    side = Side.LEFT if left else Side.RIGHT
    labels = painted(Region.KNEE, Finding(FindingKind.MENISCAL_TEAR, side, place, 14.0), body, points)
    assert np.sign(points[0, labels > 0].mean()) == sign


@pytest.mark.parametrize("region", Region)
def test_every_kind_of_finding_can_be_seen(region: Region) -> None:
    points = lattice(104, 2.0)
    seen: set[FindingKind] = set()
    for patient in plan_patients(60, seed=7):
        for study in patient.studies:
            for finding in study.findings:
                if study.region is region and finding.kind not in seen:
                    assert painted(region, finding, study.body, points).any(), finding
                    seen.add(finding.kind)
    assert seen == set(kinds_in(region)) & DRAWN


@pytest.mark.parametrize(
    ("weighting", "brightest_first"),
    [
        (Weighting.T1, (Tissue.FAT, Tissue.WHITE_MATTER, Tissue.GREY_MATTER, Tissue.CSF, Tissue.CORTICAL_BONE)),
        (Weighting.T2, (Tissue.CSF, Tissue.OEDEMA, Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.CORTICAL_BONE)),
        (Weighting.FLAIR, (Tissue.GLIOSIS, Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.CSF)),
        (Weighting.STIR, (Tissue.CSF, Tissue.MUSCLE, Tissue.FAT)),
        (Weighting.PD_FAT_SAT, (Tissue.FLUID, Tissue.CARTILAGE, Tissue.MUSCLE, Tissue.MARROW, Tissue.MENISCUS)),
        (Weighting.DWI, (Tissue.INFARCT, Tissue.GREY_MATTER, Tissue.CSF)),
        (Weighting.ADC, (Tissue.CSF, Tissue.GREY_MATTER, Tissue.INFARCT)),
        (Weighting.T1_CONTRAST, (Tissue.TUMOUR, Tissue.WHITE_MATTER, Tissue.NECROSIS)),
    ],
)
def test_tissues_are_in_the_textbooks_order(weighting: Weighting, brightest_first: tuple[Tissue, ...]) -> None:
    values = intensities(weighting)[list(brightest_first)]
    assert (np.diff(values) < 0).all()


def test_contrast_agent_never_darkens() -> None:
    assert (intensities(Weighting.T1_CONTRAST) >= intensities(Weighting.T1)).all()


def test_scans_of_one_study_show_the_same_anatomy() -> None:
    """Where T2 finds the bright ventricles, FLAIR of the same study finds them dark."""
    study = next(s for p in plan_patients(24, seed=7) for s in p.studies if s.region is Region.BRAIN)
    t2, flair = (scan_series(study, series, 7).volume for series in study.series[:2])
    inverse = np.linalg.inv(flair.affine)
    middle = np.argwhere(t2.voxels > 850)
    at = np.rint(middle @ (inverse @ t2.affine)[:3, :3].T + (inverse @ t2.affine)[:3, 3]).astype(int)
    at = at[((at >= 0) & (at < flair.voxels.shape)).all(axis=1)]
    assert np.median(flair.voxels[tuple(at.T)]) < 0.5 * np.median(flair.voxels[flair.voxels > 100])
