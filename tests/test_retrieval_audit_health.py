"""Embedding health: hand-worked spectra, hubness against counting, and vectors that are ill on purpose."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.audit.audit import audit
from retrieval.audit.checks import Check
from retrieval.audit.health import Health, isotropic_vectors, measure_health
from retrieval.audit.health_verdict import gap_finding, health_findings
from retrieval.audit.modality_gap import modality_gap
from retrieval.audit.spectrum import effective_rank, first_component, mean_cosine
from retrieval.audit.verdict import Severity
from retrieval.collection import Collection
from tests.made_collection import make_collection


def isotropic(count: int, dimension: int, seed: int = 0) -> NDArray[np.float32]:
    return isotropic_vectors(count, dimension, np.random.default_rng(seed))


def healthy(vectors: NDArray[np.float32], channel: str = "image", sample: int = 10_000) -> Health:
    return measure_health(channel, vectors, k=5, near=0.995, sample=sample)


def worst(vectors: NDArray[np.float32], channel: str = "image") -> tuple[Severity, str]:
    finding = health_findings(healthy(vectors, channel))[0]
    return finding.severity, finding.text


@pytest.mark.parametrize(("count", "dimension"), [(4, 9), (9, 9)])
def test_orthonormal_rows_have_full_rank_and_one_direction_has_one(count: int, dimension: int) -> None:
    turned = np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, dimension)))[0].astype(np.float32)
    assert effective_rank(turned[:count]) == pytest.approx(count, abs=1e-4)
    assert effective_rank(np.repeat(turned[:1], 50, axis=0)) == pytest.approx(1, abs=1e-3)
    assert effective_rank(np.repeat(turned[:2], 50, axis=0)) == pytest.approx(2, abs=1e-3)


def test_effective_rank_by_hand() -> None:
    """Singular values 3 and 1: shares 3/4 and 1/4."""
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert effective_rank(np.diag([3.0, 1.0]).astype(np.float32)) == pytest.approx(np.exp(entropy))
    assert effective_rank(np.zeros((3, 2), np.float32)) == 0


def test_effective_rank_is_that_of_a_full_decomposition() -> None:
    vectors = isotropic(60, 24)
    singular = np.linalg.svd(vectors.astype(np.float64), compute_uv=False)
    shares = singular / singular.sum()
    assert effective_rank(vectors) == pytest.approx(float(np.exp(-(shares * np.log(shares)).sum())))


def test_mean_cosine_is_that_of_all_pairs_and_the_first_component_that_of_the_covariance() -> None:
    vectors = isotropic(40, 5, seed=3)
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    assert mean_cosine(vectors) == pytest.approx(products[~np.eye(40, dtype=bool)].mean())
    variances = np.linalg.eigvalsh(np.cov(vectors.astype(np.float64).T))
    assert first_component(vectors) == pytest.approx(variances.max() / variances.sum())
    assert np.isnan(mean_cosine(vectors[:1]))


def test_hubness_is_that_of_counting() -> None:
    vectors = isotropic(80, 6, seed=2)
    found = healthy(vectors).figures
    scores = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(scores, -2)
    occurrence = np.zeros(80)
    for line in scores:
        occurrence[np.argsort(-line)[:5]] += 1
    assert found is not None
    assert found.hubness.largest == occurrence.max()
    assert found.hubness.antihubs == (occurrence == 0).mean()
    assert found.hubness.skewness == pytest.approx((((occurrence - 5) / occurrence.std()) ** 3).mean())


def test_random_vectors_are_sound() -> None:
    found = healthy(isotropic(400, 64))
    assert [one.severity for one in health_findings(found)] == [Severity.GOOD]
    assert (found.not_finite, found.not_unit, found.equal) == (0, 0, 0)
    assert found.figures is not None
    assert found.isotropic is not None
    assert found.figures.effective_rank == pytest.approx(found.isotropic.effective_rank, rel=0.02)


def test_broken_rows_are_counted_and_left_out() -> None:
    vectors = isotropic(100, 16)
    vectors[3, 2], vectors[4, 0] = np.nan, np.inf
    vectors[5] *= 2
    vectors[7] = vectors[6]
    found = healthy(vectors)
    assert (found.not_finite, found.not_unit, found.equal, found.sampled) == (2, 1, 2, 98)
    assert [one.severity for one in health_findings(found)[:2]] == [Severity.BAD, Severity.BAD]
    assert found.figures is not None
    assert found.figures.near == 2 / 98


def test_a_cone_a_collapse_a_hub_and_copies_are_named() -> None:
    noise = isotropic(300, 64).astype(np.float64)
    centre = noise[0] * 5

    def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    assert worst(unit(noise + centre))[0] is Severity.BAD
    assert "narrow cone" in worst(unit(noise + centre))[1]
    line = np.where(np.random.default_rng(0).random(300) < 0.5, 1.0, -1.0)[:, None] * noise[:1]
    assert worst(unit(line + 1e-6 * noise))[0] is Severity.BAD
    assert "Effective rank 1.0" in worst(unit(line + 1e-6 * noise))[1]
    copies = isotropic(300, 64)
    copies[:60] = copies[60:120]
    assert worst(copies) == (Severity.LOOK, "40% of the vectors equal another: copies, or a dead input.")
    assert worst(copies, "card")[0] is Severity.GOOD
    hub = unit(noise + 0.7 * noise[:1])  # all around the first, which is nearer to each than they are to each other
    found = healthy(hub).figures
    assert found is not None
    assert found.hubness.largest > 250
    assert "Hubs" in worst(hub)[1]


def test_few_vectors_have_no_figures() -> None:
    assert healthy(isotropic(6, 8)).figures is None
    assert worst(isotropic(6, 8)) == (Severity.UNKNOWN, "6 vectors are too few for figures at k = 5.")
    assert healthy(np.empty((0, 8), np.float32)).sampled == 0


def test_a_sample_is_said_to_be_one_and_is_the_same_for_a_seed() -> None:
    vectors = isotropic(300, 16)
    found = healthy(vectors, sample=50)
    assert (found.vectors, found.sampled) == (300, 50)
    assert found == healthy(vectors, sample=50)


def test_a_modality_gap_by_hand() -> None:
    """Images at 0 and 90 degrees, texts at 180 and 270: centroids at (.5, .5) and (-.5, -.5)."""
    images = np.array([[1, 0], [0, 1]], np.float32)
    gap = modality_gap("image", images, "report", -images)
    assert gap.distance == pytest.approx(np.sqrt(2))
    assert (gap.within, gap.between) == ((0.0, 0.0), -0.5)
    assert gap.spread == pytest.approx(np.sqrt(0.5))
    assert gap_finding(gap).severity is Severity.LOOK
    assert gap_finding(modality_gap("image", images, "card", images)).severity is Severity.GOOD


def test_gaps_are_between_channels_of_one_space(tmp_path: Path) -> None:
    pairs = {}
    for name, aligned in (("apart", False), ("aligned", True)):
        made = make_collection(tmp_path / name, aligned=aligned)
        with Collection.open(made.path) as opened:
            found = audit(opened, checks=[Check.HEALTH]).health
        assert found is not None
        assert [one.channel for one in found.channels] == ["image", "card", "report"]
        pairs[name] = [(gap.one, gap.other) for gap in found.gaps]
    assert pairs["apart"] == [("card", "report")]
    assert pairs["aligned"] == [("image", "card"), ("image", "report"), ("card", "report")]
