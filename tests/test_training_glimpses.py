"""Pools of glimpses: what they say is what was drawn, and the bytes depend on the seed alone."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from encoders.framing import Framing, FramingKind
from phantoms import seeds
from phantoms.random_series import REGIONS_DRAWN, Variety, draw_contrasts, draw_seen, draw_shown
from training.pool import open_pools
from training.pool_glimpses import GlimpseSource
from training.pool_write import write_pool

PLANES = Framing((7, 32, 32), kind=FramingKind.PLANES)
SOURCE = GlimpseSource(subjects=2, seed=11, side=32, contrasts=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pool") / "wide"
    write_pool(place, SOURCE, PLANES)
    return place


def test_pictures_are_those_of_the_stream(folder: Path) -> None:
    pool = open_pools([folder])
    variety = Variety(finding_share=0.4)
    sample = 0
    for number in range(2):
        shown = draw_shown(11, number, REGIONS_DRAWN, None, variety)
        random = seeds.generator(11, "seen", number)
        for contrast in draw_contrasts(random, shown, 2):
            seen = draw_seen(random, shown, variety, side=32, contrast=contrast)
            np.testing.assert_array_equal(pool.grids([sample])[0], seen.pictures)
            sample += 1
    assert sample == len(pool)


def test_texts_say_what_was_drawn(folder: Path) -> None:
    pool = open_pools([folder])
    for sample, label in enumerate(pool.labels):
        texts = pool.texts(sample)
        shown = draw_shown(11, int(label.patient.rsplit("-", 1)[1]), REGIONS_DRAWN, None, Variety(finding_share=0.4))
        assert label.region == shown.subject.region.value
        assert shown.subject.region.value in texts.card
        assert label.plane in {"axial", "coronal", "sagittal", "3d"}
        for finding in shown.subject.findings:
            assert any(finding.place.split()[0].casefold() in sentence.casefold() for sentence in texts.sentences), (
                texts.sentences
            )
    assert len({label.patient for label in pool.labels}) == 2


def test_the_same_seed_gives_the_same_pool(folder: Path, tmp_path: Path) -> None:
    write_pool(tmp_path / "again", SOURCE, PLANES)
    for path in sorted(folder.iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_pool_of_planes_is_not_gone_on_with_as_grids(folder: Path) -> None:
    with pytest.raises(UsageError, match="something else"):
        write_pool(folder, SOURCE, Framing((32, 32, 32)))
