"""The people of each region: painted ones, and a label map of a spine that the test makes itself."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from common.errors import VolumeError
from phantoms.anatomy import Region
from phantoms.anatomy_maps import SHARE_OF_ATLASES, choose_map, shape_map
from phantoms.findings import Finding, FindingKind, Side
from phantoms.habitus import VARIANTS
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.scene import Subject
from phantoms.spine_places import from_plain, to_plain
from phantoms.tissue_map import TissueMap, grown, shrunk
from phantoms.tissues import Tissue

SPINES = (Region.CERVICAL_SPINE, Region.THORACIC_SPINE, Region.LUMBAR_SPINE)
LUMBAR = ("Lumbar1", "Lumbar2", "Lumbar3", "Lumbar4", "Lumbar5")
SOURCE_MM, PITCH = 1.0, 20  # of the map below; the trunk's true size is 1.35 to 1.95 times as large


def tissue_at(tissue_map: TissueMap, point: tuple[float, float, float]) -> Tissue:
    index = np.rint((np.array(point) - np.array(tissue_map.origin_mm)) / tissue_map.spacing_mm).astype(int)
    return Tissue(int(tissue_map.labels[tuple(index)]))


@pytest.mark.parametrize("region", [Region.WRIST, Region.LOWER_LEG, Region.SHOULDER])
def test_people_of_a_region_differ_and_come_out_again(region: Region) -> None:
    first, second = shape_map(region, 0), shape_map(region, 1)
    assert (first.labels != second.labels).mean() > 0.02
    again = shape_map.__wrapped__(region, 1)
    assert (again.labels == second.labels).all()
    assert first.labels.nbytes < 25e6


def test_every_person_is_chosen() -> None:
    chosen = {id(choose_map(Region.WRIST, (number + 0.5) / VARIANTS, None)) for number in range(VARIANTS)}
    assert len(chosen) == VARIANTS


@pytest.mark.parametrize("region", SPINES)
def test_places_of_painted_spines_are_where_the_tissue_is(region: Region) -> None:
    for variant in (0, 3):
        tissue_map = shape_map(region, variant)
        assert tissue_map.spine is not None
        for disc in tissue_map.spine.discs.values():
            x, y, z = disc.middle_mm
            if abs(z) < 140:
                assert tissue_at(tissue_map, (x, y, z)) in (Tissue.DISC, Tissue.ANNULUS)
        if region is not Region.LUMBAR_SPINE:
            assert all(tissue_at(tissue_map, at) is Tissue.CORD for at in tissue_map.spine.cord.values() if at[2] > -75)


@pytest.mark.parametrize("region", [*SPINES, Region.ABDOMEN, Region.PROSTATE, Region.HEART])
def test_bodies_are_closed_by_skin(region: Region) -> None:
    labels = shape_map(region, 2).labels
    middle = labels[:, :, labels.shape[2] // 2]
    row = middle[:, labels.shape[1] // 2]
    inside = np.flatnonzero(row)
    assert row[inside[0]] == row[inside[-1]] == Tissue.SKIN


def test_growing_and_shrinking() -> None:
    mask = np.zeros((9, 9, 9), dtype=bool)
    mask[4, 4, 4] = True
    assert grown(mask, 1, 1).sum() == 7  # a cross
    assert grown(mask, 2, 1).sum() == 27 + 6 * 9  # the cross, then a box around each of its voxels
    assert (shrunk(grown(mask, 3, 1), 3, 1) == mask).all()


def own_trunk(folder: Path, *, vertebrae: bool = True) -> AtlasLibrary:
    """Five vertebrae with arches around a canal, discs, a sacrum, muscle on both sides, and a liver on the right."""
    labels, names = np.zeros((150, 110, 150), dtype=np.int16), ["?", "psoas_muscle", "liver", "Sacrum", *LUMBAR]
    labels[25:55, 30:60, 8:140] = labels[95:125, 30:60, 8:140] = 1
    labels[90:125, 62:92, 110:140] = 2
    for number in range(6 if vertebrae else 0):
        top = 134 - PITCH * number
        where = slice(top - 14, top)
        label = 3 if number == 5 else 4 + number
        labels[58:92, 45:68, where] = label  # body
        labels[60:90, 22:45, where] = label  # arch
        labels[67:83, 30:45, where] = 0  # canal
    for number in range(5 if vertebrae else 0):
        names.append(f"L{number + 1}-IntervertebralDisc")
        top = 120 - PITCH * number
        labels[59:91, 46:67, top - 6 : top] = len(names) - 1
    nib.save(nib.Nifti1Image(labels, np.diag([SOURCE_MM, SOURCE_MM, SOURCE_MM, 1])), folder / "abdomen_labels.nii.gz")
    rows = "\n".join(f"{label}\t{name}" for label, name in enumerate(names))
    (folder / "abdomen_labels.tsv").write_text(f"label\tname\n{rows}\n")
    return AtlasLibrary(folder, folder / "cache")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> AtlasLibrary:
    return own_trunk(tmp_path_factory.mktemp("atlas"))


def test_discs_and_canal_are_found_on_a_real_map(library: AtlasLibrary) -> None:
    tissue_map = library.map_of(Region.LUMBAR_SPINE, 0)
    assert tissue_map.spine is not None
    discs = tissue_map.spine.discs
    assert list(discs) == ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"]
    for upper, lower in pairwise(discs.values()):
        assert upper.middle_mm[2] - lower.middle_mm[2] == pytest.approx(PITCH * 1.95, abs=1.5)
    for disc in discs.values():
        x, y, z = disc.back_mm
        assert tissue_at(tissue_map, disc.middle_mm) in (Tissue.DISC, Tissue.ANNULUS)
        assert tissue_at(tissue_map, (x, y - 8, z)) in (Tissue.CSF, Tissue.CORD, Tissue.FAT)
        assert y == pytest.approx(disc.middle_mm[1] - disc.half_mm[1], abs=1.5)
    assert (np.array(discs["L2-L3"].middle_mm) + np.array(discs["L3-L4"].middle_mm))[2] == pytest.approx(0, abs=1e-6)


def test_findings_lie_on_their_side_of_a_real_spine(library: AtlasLibrary) -> None:
    for place in ("L2-L3", "L4-L5", "L5-S1"):
        for side, sign in ((Side.LEFT, -1), (Side.RIGHT, 1)):
            finding = Finding(FindingKind.DISC_HERNIATION, side, place, 7.0)
            seed = next(seed for seed in range(50) if is_real(seed, library))
            anatomy = prepare(Subject(Region.LUMBAR_SPINE, seed, 50, findings=(finding,)), library)
            (measured,) = anatomy.measured
            assert measured.size_mm == pytest.approx(7.0, abs=2.2)
            on_map = anatomy.warp.to_map(np.array(measured.centre_mm)[None])[0]
            assert sign * on_map[0] > 1
            assert anatomy.tissue_map.spine is not None
            assert on_map[2] == pytest.approx(anatomy.tissue_map.spine.discs[place].back_mm[2], abs=5)


def is_real(seed: int, library: AtlasLibrary) -> bool:
    tissue_map = prepare(Subject(Region.LUMBAR_SPINE, seed, 50), library).tissue_map
    return any(tissue_map is library.map_of(Region.LUMBAR_SPINE, number) for number in range(3))


def test_a_map_comes_back_from_the_cache(library: AtlasLibrary) -> None:
    built = library.map_of(Region.LUMBAR_SPINE, 1)
    kept = AtlasLibrary(library.folder, library.cache)
    from phantoms.labelmaps import _load

    _load.cache_clear()
    again = kept.map_of(Region.LUMBAR_SPINE, 1)
    assert (again.labels == built.labels).all()
    assert again.spine is not None and built.spine is not None
    assert to_plain(again.spine) == to_plain(from_plain(to_plain(built.spine)))


def test_both_real_and_painted_people_are_chosen(library: AtlasLibrary) -> None:
    assert choose_map(Region.LUMBAR_SPINE, SHARE_OF_ATLASES + 0.01, library) is shape_map(Region.LUMBAR_SPINE, 0)
    assert choose_map(Region.LUMBAR_SPINE, 0.1, library).origin_mm != shape_map(Region.LUMBAR_SPINE, 0).origin_mm
    assert choose_map(Region.HEART, 0.1, library) is shape_map(Region.HEART, 0)


def test_a_trunk_without_vertebrae_serves_the_abdomen_only(tmp_path: Path) -> None:
    library = own_trunk(tmp_path, vertebrae=False)
    assert library.map_of(Region.ABDOMEN, 0).spine is None
    with pytest.raises(VolumeError, match="no lumbar spine"):
        library.map_of(Region.LUMBAR_SPINE, 0)


def test_a_level_that_is_not_shown_is_named() -> None:
    finding = Finding(FindingKind.DISC_HERNIATION, Side.LEFT, "L3-L4", 6.0)
    with pytest.raises(VolumeError, match="L3-L4"):
        prepare(replace(Subject(Region.CERVICAL_SPINE, 1), findings=(finding,)))
