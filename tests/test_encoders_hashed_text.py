import hashlib
import math

import numpy as np
import pytest

from encoders.hashed_text import HashedTextTower, terms_of
from tests.encoder_conformance import NamedTowerConformance, TextTowerConformance


class TestHashedTextTower(TextTowerConformance, NamedTowerConformance):
    elsewhere = "from encoders.hashed_text import HashedTextTower; print(HashedTextTower().spec.fingerprint)"

    @pytest.fixture
    def tower(self) -> HashedTextTower:
        return HashedTextTower()


def test_terms_keep_what_mri_writes() -> None:
    assert list(terms_of("T2* 1.5T, b1000")) == ["t2*", "1.5t", "b1000", "t2* 1.5t", "1.5t b1000"]


def test_against_the_formula() -> None:
    dimension = 64
    expected = np.zeros(dimension)
    for term, count, weight in (("knee", 2, 1.0), ("knee knee", 1, 0.5)):
        number = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")
        expected[(number >> 1) % dimension] += (1 if number & 1 else -1) * weight * (1 + math.log(count))
    found = HashedTextTower(dimension).encode(["Knee knee"])[0]
    np.testing.assert_allclose(found, expected / np.linalg.norm(expected), atol=1e-6)


def test_word_order_matters_a_little_and_case_not_at_all() -> None:
    tower = HashedTextTower()
    same, turned, other = tower.encode(["axial t2 brain", "brain axial t2", "knee with effusion"])
    assert tower.encode(["AXIAL T2 Brain"])[0] @ same == pytest.approx(1.0)
    assert 0.8 < same @ turned < 1.0
    assert abs(same @ other) < 0.3


def test_dimension_is_part_of_the_fingerprint_and_the_space() -> None:
    one, two = HashedTextTower(256).spec, HashedTextTower(512).spec
    assert one.fingerprint != two.fingerprint
    assert one.space != two.space
