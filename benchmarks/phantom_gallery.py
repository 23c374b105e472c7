"""Draws docs/gallery.md: one slice of every region, sequence and finding, as the phantoms render them.

    python benchmarks/phantom_gallery.py --atlases ../shared/atlases --out docs

Needs Pillow, which comes with matplotlib (extra `notebook`). Slices are shown as if facing the patient's feet from
above: the patient's right is on the right of the page, front or head at the top.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from phantoms.anatomy import Region
from phantoms.findings import HABITS, STAGES, Finding, FindingKind, Side
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.render import render
from phantoms.scene import Acquisition, ScanPlane, SequenceKind, Subject

SIDE, COLUMNS = 144, 8
PLANE = ScanPlane
KIND = SequenceKind
FOV_MM = {
    Region.BRAIN: 230, Region.CERVICAL_SPINE: 200, Region.THORACIC_SPINE: 300, Region.LUMBAR_SPINE: 260,
    Region.KNEE: 155, Region.SHOULDER: 180, Region.WRIST: 100, Region.UPPER_LEG: 420, Region.LOWER_LEG: 330,
    Region.HEART: 340, Region.ABDOMEN: 380, Region.PROSTATE: 210, Region.FETAL: 330,
}  # fmt: skip
PLANES = {
    Region.CERVICAL_SPINE: PLANE.SAGITTAL, Region.THORACIC_SPINE: PLANE.SAGITTAL, Region.LUMBAR_SPINE: PLANE.SAGITTAL,
    Region.KNEE: PLANE.SAGITTAL, Region.SHOULDER: PLANE.CORONAL, Region.WRIST: PLANE.CORONAL,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of the gallery."""

    title: str
    subject: Subject
    acquisition: Acquisition


def settings(kind: SequenceKind, tr: float, te: float, **more: float | bool) -> Acquisition:
    values = {"field_strength_t": 1.5} | more
    return Acquisition(kind, PLANE.AXIAL, (SIDE, SIDE), 3, 1.6, 4.0, 1.0, tr_ms=tr, te_ms=te, **values)


SEQUENCES = {
    "T1": settings(KIND.SPIN_ECHO, 560, 12),
    "T1 contrast": settings(KIND.SPIN_ECHO, 560, 12, contrast_given=True),
    "T2": settings(KIND.SPIN_ECHO, 4200, 98),
    "T2 fat-sat": settings(KIND.SPIN_ECHO, 4000, 85, fat_saturated=True),
    "PD": settings(KIND.SPIN_ECHO, 2600, 26),
    "PD fat-sat": settings(KIND.SPIN_ECHO, 2900, 32, fat_saturated=True),
    "FLAIR": settings(KIND.INVERSION_RECOVERY, 9000, 118, ti_ms=2480),
    "STIR": settings(KIND.INVERSION_RECOVERY, 4500, 55, ti_ms=165),
    "MPRAGE": settings(KIND.MPRAGE, 2000, 2.9, ti_ms=900, flip_angle_deg=8, field_strength_t=3.0),
    "TOF": settings(KIND.TOF, 22, 3.8, flip_angle_deg=18, field_strength_t=3.0),
    "T2*": settings(KIND.GRADIENT_ECHO, 620, 22, flip_angle_deg=20),
    "SWI": settings(KIND.SUSCEPTIBILITY, 28, 20, flip_angle_deg=15, field_strength_t=3.0),
    "DWI b1000": settings(KIND.DIFFUSION, 5400, 82, b_value=1000.0),
    "ADC": settings(KIND.ADC, 5400, 82),
    "BOLD": settings(KIND.ECHO_PLANAR, 2000, 30, flip_angle_deg=77, field_strength_t=3.0),
    "perfusion": settings(KIND.PERFUSION, 4000, 15),
    "in phase": settings(KIND.GRADIENT_ECHO, 150, 4.6, flip_angle_deg=70),
    "opposed": settings(KIND.GRADIENT_ECHO, 150, 2.3, flip_angle_deg=70),
    "bSSFP": settings(KIND.BALANCED, 3.2, 1.6, flip_angle_deg=60),
}
BODY_SEQUENCES = ("T1", "T2 fat-sat", "T1 contrast", "in phase", "opposed", "DWI b1000", "ADC", "bSSFP")
SHOWN_BY = {
    FindingKind.GLIOMA: "T1 contrast", FindingKind.METASTASES: "T1 contrast", FindingKind.MENINGIOMA: "T1 contrast",
    FindingKind.WHITE_MATTER_LESIONS: "FLAIR", FindingKind.LIVER_METASTASIS: "T2 fat-sat",
    FindingKind.MENISCAL_TEAR: "PD fat-sat", FindingKind.EFFUSION: "PD fat-sat",
    FindingKind.LIGAMENT_RUPTURE: "PD fat-sat", FindingKind.RENAL_MASS: "T1 contrast",
}  # fmt: skip


def of_region(acquisition: Acquisition, region: Region, plane: ScanPlane | None = None) -> Acquisition:
    in_plane_mm = FOV_MM[region] / SIDE
    return replace(acquisition, plane=plane or PLANES.get(region, PLANE.AXIAL), in_plane_mm=in_plane_mm)


def regions() -> Iterator[Tile]:
    for region in Region:
        for name in ("T1", "T2"):
            yield Tile(f"{region} {name}", Subject(region, 21, 40), of_region(SEQUENCES[name], region))
    for region in (Region.BRAIN, Region.KNEE, Region.ABDOMEN, Region.HEART, Region.PROSTATE, Region.FETAL):
        plane = PLANE.AXIAL if region in PLANES else PLANE.CORONAL
        yield Tile(f"{region} {plane}", Subject(region, 22, 60), of_region(SEQUENCES["T2"], region, plane))


def sequences() -> Iterator[Tile]:
    for name, acquisition in SEQUENCES.items():
        if name not in ("in phase", "opposed", "bSSFP"):
            yield Tile(f"brain {name}", Subject(Region.BRAIN, 21, 55), of_region(acquisition, Region.BRAIN))
    for name in BODY_SEQUENCES:
        yield Tile(f"abdomen {name}", Subject(Region.ABDOMEN, 23), of_region(SEQUENCES[name], Region.ABDOMEN))
    for name in ("T1", "T2", "STIR", "PD"):
        yield Tile(f"lumbar {name}", Subject(Region.LUMBAR_SPINE, 4), of_region(SEQUENCES[name], Region.LUMBAR_SPINE))
    yield Tile("heart bSSFP", Subject(Region.HEART, 3), of_region(SEQUENCES["bSSFP"], Region.HEART))


def findings(library: AtlasLibrary | None) -> Iterator[Tile]:
    for name, habits in HABITS.items():
        if name not in set(Region):
            continue
        region = Region(name)
        for kind, habit in habits.items():
            stages = STAGES.get(kind, ("",))
            for number, (place, sides) in enumerate(tuple(habit.places.items())[: max(2, len(stages))]):
                if number >= len(stages) and stages[0]:
                    break
                size = float(round(0.4 * habit.size_mm[0] + 0.6 * habit.size_mm[1]))
                finding = Finding(
                    kind, sides[number % len(sides)], place, size, habit.count[1], stages[number % len(stages)]
                )
                yield _finding_tile(finding, region, number, library)


def _finding_tile(finding: Finding, region: Region, number: int, library: AtlasLibrary | None) -> Tile:
    subject = Subject(region, 31 + number, 58, finding.side is Side.LEFT, (finding,))
    patient = prepare(subject, library)
    middle = np.array(patient.measured[0].centre_mm) - patient.warp.position_mm
    name = SHOWN_BY.get(finding.kind, "T2")
    if finding.kind is FindingKind.INFARCT:
        name = "DWI b1000" if finding.stage == "acute" else "FLAIR"
    plane = PLANE.CORONAL if "collateral" in finding.place else None
    acquisition = of_region(SEQUENCES[name], region, plane)
    acquisition = replace(acquisition, slices=1, centre_mm=(float(middle[0]), float(middle[1]), float(middle[2])))
    thin = 4.0 if region in (Region.BRAIN, Region.ABDOMEN) else 2.5
    title = f"{finding.kind.value[:15]} {finding.stage or finding.place}"
    return Tile(f"{title[:24]} {finding.side[0].upper()}", subject, replace(acquisition, thickness_mm=thin))


def drawn(tile: Tile, library: AtlasLibrary | None) -> np.ndarray:
    """The middle slice, uint8 (SIDE, SIDE), with its title."""
    scan = render(tile.subject, tile.acquisition, scan_seed=17, library=library)
    middle = scan.voxels.shape[scan.slice_axis] // 2
    image = np.take(scan.voxels, middle, scan.slice_axis).T[::-1]
    low, high = np.percentile(image, [1, 99.6])
    picture = Image.fromarray((np.clip((image - low) / (high - low + 1e-9), 0, 1) * 255).astype(np.uint8))
    canvas = Image.new("L", (SIDE, SIDE + 12))
    canvas.paste(picture, (0, 0))
    ImageDraw.Draw(canvas).text((2, SIDE), tile.title, fill=235)
    return np.asarray(canvas)


def sheet(tiles: list[np.ndarray], path: Path) -> None:
    tiles = tiles + [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    levels = Image.fromarray(np.vstack(rows)).quantize(48)  # small files: 48 greys
    levels.save(path, optimize=True)


PAGE = """# What the phantoms look like

Nobody was scanned: every picture is computed, from label maps of real anatomy (brain, neck, knee, abdomen with the
lumbar spine; each one subject, completed as three or four people of different build) or from shapes (everything else,
five people a region), by `python benchmarks/phantom_gallery.py --atlases ../shared/atlases`. The patient's right is
on the right; front or head is at the top.

## Regions
![one slice of every region, T1 and T2](gallery/regions.png)

## Sequences
![every sequence](gallery/sequences.png)

## Findings
L, R, B and M are the side. The slice goes through the middle of the finding as measured for the truth table.
![every finding](gallery/findings.png)

## Where they differ from real scans
Seen beside real series of the same kinds. Bodies from shapes are too regular: limbs and trunks are ellipses, bowel is
a heap of separate loops in too much fat, vertebrae of one spine are alike, muscles end nowhere in tendons, and fat is
parted by single sheets rather than lobules. Real maps keep the steps of their source's slices (3 mm in the abdomen),
and what completes them is drawn: posterior neck muscles, airway, tongue, the brain above the neck, the neck below the
brain, lungs and the heart's lower wall above the liver. Heads have no mandible or teeth, noses are ellipsoids with
conchae, and the fluid behind and under the brainstem is too wide. Nearly all of the abdomen's and neck's variety is
fat, discs and canal: organs and bones are one subject's, warped. The shape-made brain has no true gyri. Knees of real
maps are cut 80 mm from the joint. There is no motion, no chemical shift displacement and no Gibbs ringing; vessels show
no inflow bands; echo-planar images lose no signal beside air.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlases", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    library = AtlasLibrary(arguments.atlases, arguments.cache) if arguments.atlases else None
    folder = arguments.out / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for name, tiles in (("regions", regions()), ("sequences", sequences()), ("findings", findings(library))):
        sheet([drawn(tile, library) for tile in tiles], folder / f"{name}.png")
    (arguments.out / "gallery.md").write_text(PAGE, encoding="utf-8")


if __name__ == "__main__":
    main()
