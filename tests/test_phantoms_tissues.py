"""The tissues' numbers against the literature, against what follows from them on a scan, and against their page."""

from pathlib import Path

import numpy as np
import pytest

from phantoms.scene import Acquisition, ScanPlane, SequenceKind
from phantoms.signal import signal_table
from phantoms.tissue_properties import properties_at
from phantoms.tissues import Tissue

PAGE = Path(__file__).parents[1] / "docs" / "tissue_values.md"

# (lowest, highest) of what papers report; docs/tissue_values.md says which.
REPORTED: dict[tuple[Tissue, str, float], tuple[float, float]] = {
    (Tissue.WHITE_MATTER, "t1_ms", 1.5): (646, 884),
    (Tissue.WHITE_MATTER, "t1_ms", 3.0): (832, 1084),
    (Tissue.WHITE_MATTER, "t2_ms", 3.0): (69, 79),
    (Tissue.WHITE_MATTER, "adc", 3.0): (620, 790),
    (Tissue.GREY_MATTER, "t1_ms", 1.5): (998, 1200),
    (Tissue.GREY_MATTER, "t1_ms", 3.0): (1165, 1820),
    (Tissue.GREY_MATTER, "t2_ms", 3.0): (68, 110),
    (Tissue.GREY_MATTER, "adc", 3.0): (780, 1090),
    (Tissue.DEEP_GREY_MATTER, "adc", 3.0): (640, 830),
    (Tissue.CSF, "t1_ms", 3.0): (3817, 4454),
    (Tissue.CORD, "t1_ms", 3.0): (838, 994),
    (Tissue.CORD, "t2_ms", 3.0): (72, 78),
    (Tissue.RENAL_CORTEX, "t1_ms", 3.0): (1142 - 154, 1142 + 154),
    (Tissue.RENAL_MEDULLA, "t2_ms", 3.0): (81 - 8, 81 + 8),
    (Tissue.LIVER, "t1_ms", 3.0): (809 - 71, 809 + 71),
    (Tissue.LIVER, "t2_ms", 3.0): (34 - 4, 34 + 4),
    (Tissue.SPLEEN, "t2_ms", 3.0): (61 - 9, 61 + 9),
    (Tissue.PANCREAS, "t1_ms", 1.5): (584, 700),
    (Tissue.PANCREAS, "t1_ms", 3.0): (725 - 71, 725 + 71),
    (Tissue.TRANSITION_ZONE, "t1_ms", 3.0): (1597 - 42, 1597 + 42),
    (Tissue.PROSTATE_CANCER, "adc", 3.0): (830, 900),
    (Tissue.FAT, "fat_fraction", 3.0): (0.82, 0.96),
}


def scan(kind: SequenceKind, field: float, tr: float, te: float, **more: float) -> Acquisition:
    return Acquisition(kind, ScanPlane.AXIAL, (8, 8), 4, 2.0, 5.0, 1.0, field, tr_ms=tr, te_ms=te, **more)  # type: ignore[arg-type]


MPRAGE_3T = scan(SequenceKind.MPRAGE, 3.0, 2000, 2.9, ti_ms=900, flip_angle_deg=8)
MPRAGE_15T = scan(SequenceKind.MPRAGE, 1.5, 2000, 2.9, ti_ms=900, flip_angle_deg=8)
T1 = scan(SequenceKind.SPIN_ECHO, 1.5, 500, 12)
T2_15T, T2_3T = (scan(SequenceKind.SPIN_ECHO, field, 4200, 98) for field in (1.5, 3.0))
FLAIR_15T, FLAIR_3T = (scan(SequenceKind.INVERSION_RECOVERY, field, 9000, 118, ti_ms=2480) for field in (1.5, 3.0))
BOLD = scan(SequenceKind.ECHO_PLANAR, 3.0, 2000, 30, flip_angle_deg=77)
_WHITE, _GREY = Tissue.WHITE_MATTER, Tissue.GREY_MATTER


@pytest.mark.parametrize(
    ("acquisition", "tissue", "other", "ratio"),
    [
        (MPRAGE_3T, _WHITE, _GREY, (1.5, 1.8)),
        (MPRAGE_3T, Tissue.FAT, _WHITE, (1.0, 1.9)),  # 1.5 on real scans; the page says why it is not reached
        (MPRAGE_15T, _WHITE, _GREY, (1.3, 1.6)),
        (MPRAGE_15T, Tissue.FAT, _WHITE, (1.0, 1.9)),
        (T1, _WHITE, _GREY, (1.15, 1.3)),
        (T1, Tissue.FAT, _WHITE, (1.6, 2.2)),
        (T2_15T, _GREY, _WHITE, (1.25, 1.5)),
        (T2_3T, _GREY, _WHITE, (1.25, 1.5)),
        (T2_3T, Tissue.FAT, _WHITE, (1.2, 2.0)),
        (FLAIR_15T, _GREY, _WHITE, (1.05, 1.3)),
        (FLAIR_3T, _GREY, _WHITE, (1.05, 1.3)),
        (FLAIR_15T, Tissue.CSF, _WHITE, (0.0, 0.1)),
        (FLAIR_3T, Tissue.CSF, _WHITE, (0.0, 0.1)),
        (BOLD, _GREY, _WHITE, (1.05, 1.3)),
    ],
)
def test_contrast_is_that_of_real_scans(
    acquisition: Acquisition, tissue: Tissue, other: Tissue, ratio: tuple[float, float]
) -> None:
    table = signal_table(acquisition)
    assert ratio[0] <= table[tissue] / table[other] <= ratio[1]


def test_values_lie_within_what_papers_report() -> None:
    for (tissue, name, field), (lowest, highest) in REPORTED.items():
        value = getattr(properties_at(field), name)[tissue]
        assert lowest <= round(value, 6) <= highest, (tissue.name, name, field, value)


@pytest.mark.parametrize("field", [0.3, 1.5, 3.0, 7.0])
def test_relaxation_times_are_in_the_order_of_physics(field: float) -> None:
    at = properties_at(field)
    assert (at.t2_star_ms <= at.t2_ms).all()
    assert (at.t2_ms <= at.t1_ms).all()
    assert (at.proton_density <= 1).all() and (at.fat_fraction < 1).all()


def test_no_tissue_but_the_kidney_holds_more_agent_than_blood() -> None:
    """Agent stays outside cells, so a tissue holds at most plasma's concentration, and mostly less than blood's."""
    agent = properties_at(1.5).agent_mm
    kidney = {Tissue.RENAL_CORTEX, Tissue.RENAL_MEDULLA}
    assert {tissue for tissue in Tissue if agent[tissue] > agent[Tissue.BLOOD_VESSEL]} == kidney


def test_the_page_holds_the_code_s_numbers() -> None:
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 10 and cells[0] in Tissue.__members__:
            assert cells[9], f"{cells[0]} names no source"
            rows[Tissue[cells[0]]] = [float(part) for cell in cells[1:9] for part in cell.split("/")]
    assert set(rows) == set(Tissue)
    low, high = properties_at(1.5), properties_at(3.0)
    columns = [low.t1_ms, high.t1_ms, low.t2_ms, high.t2_ms, low.t2_star_ms, high.t2_star_ms]
    columns += [low.proton_density, low.fat_fraction, low.adc, low.agent_mm, low.perfusion]
    np.testing.assert_allclose([rows[tissue] for tissue in Tissue], np.stack(columns, axis=1))
