"""Subjects scanned with care and in the manner of their contrast; fluid in FLAIR."""

from dataclasses import dataclass

import numpy as np
import pytest

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.anatomy_maps import SHARE_OF_ATLASES
from phantoms.random_acquisition import Contrast, contrasts_of, draw_geometry, with_contrast
from phantoms.random_care import careful_geometry, careful_scan, real_anatomy
from phantoms.random_manner import Manner, draw_manner, in_manner, offered_in
from phantoms.random_series import Variety, draw_shown
from phantoms.render import visible_table
from phantoms.scanner import draw_imperfections
from phantoms.tissue_properties import properties_at
from phantoms.tissue_variation import nulled_csf, varied
from phantoms.tissues import Tissue


@dataclass(frozen=True)
class Maps:
    """As many label maps of every region as one says."""

    count: int

    def number_of(self, region: Region) -> int:
        return self.count


def test_fluid_is_dark_in_every_flair() -> None:
    """Free fluid would outshine grey matter in part of them, were its renewal drawn as for other sequences."""
    fresh, nulled = [], []
    for number in range(300):
        random = seeds.generator(1, "flair", number)
        geometry = draw_geometry(random, Region.BRAIN)
        acquisition = with_contrast(random, geometry, Contrast.FLAIR, Region.BRAIN)
        properties = varied(random, properties_at(acquisition.field_strength_t))
        for kept, found in ((properties, fresh), (nulled_csf(random, properties), nulled)):
            signal = visible_table(acquisition, kept)
            found.append(signal[Tissue.CSF] / signal[Tissue.GREY_MATTER])
    assert np.quantile(nulled, 0.98) < 0.6 < np.quantile(fresh, 0.8)
    assert np.median(nulled) < 0.25


def test_real_anatomy_is_taken_where_there_is_any() -> None:
    random = np.random.default_rng(0)
    for number in range(60):
        own = real_anatomy(random, Region.BRAIN, Maps(2), number)  # type: ignore[arg-type]
        assert seeds.generator(own, "anatomy", Region.BRAIN).random() < SHARE_OF_ATLASES
        assert real_anatomy(random, Region.BRAIN, Maps(0), number) == number  # type: ignore[arg-type]
    assert real_anatomy(random, Region.BRAIN, None, 5) == 5


@pytest.mark.parametrize("region", list(Region))
def test_a_careful_geometry_fits_the_organ(region: Region) -> None:
    random = np.random.default_rng(3)
    for _ in range(40):
        manner = draw_manner(random, region)
        wide = in_manner(random, draw_geometry(random, region), manner)
        geometry = careful_geometry(random, wide, region, manner)
        reach = geometry.slices * (geometry.thickness_mm + geometry.gap_mm)
        assert geometry.slices >= 3 and 25 < reach < 420
        assert 80 < geometry.in_plane_mm * max(geometry.matrix) < 650
        if manner is Manner.VOLUME:
            assert geometry.thickness_mm < 1.7 * geometry.in_plane_mm


def test_what_a_manner_offers_a_region_has() -> None:
    for region in Region:
        for manner in Manner:
            offered = offered_in(manner, contrasts_of(region))
            assert offered and set(offered) <= set(contrasts_of(region))
    assert Contrast.DWI not in offered_in(Manner.VOLUME, contrasts_of(Region.BRAIN))
    assert draw_manner(np.random.default_rng(1), Region.KNEE) is not Manner.ECHO_PLANAR


def test_careful_subjects_are_those_of_the_share() -> None:
    shown = [draw_shown(5, number, (Region.WRIST,), None, Variety(careful=0.5)) for number in range(24)]
    assert 6 <= sum(one.careful for one in shown) <= 18
    assert not any(draw_shown(5, number, (Region.WRIST,), None, Variety()).careful for number in range(4))


def test_a_careful_scan_is_milder_than_the_one_that_it_is_made_of() -> None:
    random = np.random.default_rng(4)
    for _ in range(50):
        wide = draw_imperfections(random, draw_geometry(random, Region.BRAIN))
        mild = careful_scan(random, wide)
        assert 1 / 300 <= mild.noise <= 1 / 40 and mild.ghost == mild.wrap == 0
        assert mild.texture < wide.texture and abs(mild.surface) <= abs(wide.surface)
