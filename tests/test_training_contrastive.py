from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.evaluation.item_vectors import ItemVectors
from tests.training_cases import make_pool
from training.contrastive_batch import BatchPlanner, BatchSettings, positives_of
from training.contrastive_loss import clamp_scale, contrastive_loss
from training.contrastive_validation import Validator, named, scored
from training.pool import Pool, open_pools
from training.pool_format import SampleLabels
from training.texts import SeriesTexts, text_key, texts_of


def slow_loss(images: np.ndarray, texts: np.ndarray, positives: np.ndarray, scale: float) -> float:
    """The formula of contrastive_loss.py, one loop an index."""
    scores = scale * images @ texts.T
    sides = []
    for table, right in ((scores, positives), (scores.T, positives.T)):
        terms = []
        for row in range(len(table)):
            wanted = [column for column in range(table.shape[1]) if right[row, column]]
            if not wanted:
                continue
            total = np.log(sum(np.exp(table[row, column]) for column in range(table.shape[1])))
            terms.append(-sum(table[row, column] - total for column in wanted) / len(wanted))
        sides.append(sum(terms) / len(terms))
    return sum(sides) / 2


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    values = rng.standard_normal((rows, 6))
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_the_loss_is_that_of_the_slow_loop() -> None:
    rng = np.random.default_rng(0)
    for images, texts in ((5, 9), (4, 4), (1, 3)):
        positives = rng.random((images, texts)) < 0.4
        positives[0, 0] = True
        positives[:, 1] = False  # a text without an image: a negative, without a term of its own
        given = unit(rng, images), unit(rng, texts)
        found = contrastive_loss(*(torch.from_numpy(g) for g in given), torch.from_numpy(positives), torch.tensor(5.0))
        assert found.item() == pytest.approx(slow_loss(*given, positives, 5.0), rel=1e-5)


def test_with_one_positive_each_it_is_clips_loss() -> None:
    rng = np.random.default_rng(1)
    images, texts = (torch.from_numpy(unit(rng, 6)).float() for _ in range(2))
    scores = 10.0 * images @ texts.T
    target = torch.arange(6)
    clip = (torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)) / 2
    found = contrastive_loss(images, texts, torch.eye(6, dtype=torch.bool), torch.tensor(10.0))
    torch.testing.assert_close(found, clip)


def test_the_temperature_is_clamped() -> None:
    for start, end in ((9.0, 100.0), (-1.0, 1.0), (2.0, np.exp(2.0))):
        log_scale = torch.nn.Parameter(torch.tensor(start))
        clamp_scale(log_scale)
        assert log_scale.exp().item() == pytest.approx(end, rel=1e-5)


def said(card: str, *sentences: str) -> SeriesTexts:
    return SeriesTexts(card=card, captions=("brain MRI",), sentences=sentences)


def test_positives_follow_from_the_texts() -> None:
    """Two studies; the second one's report holds the first one's normal sentence in another spelling."""
    series = [
        said("T1 brain", "No acute infarct.", "A lesion of 4 mm."),
        said("T2 brain", "No acute infarct.", "A lesion of 4 mm."),
        said("T1 brain", "no acute   INFARCT", "A lesion of 14 mm."),
    ]
    texts = [
        "T1 brain",
        "T2 brain",
        "A lesion of 4 mm.",
        "A lesion of 14 mm.",
        "No acute infarct.",
        "brain MRI",
        "other",
    ]
    expected = [
        [1, 0, 1, 0, 1, 1, 0],
        [0, 1, 1, 0, 1, 1, 0],
        [1, 0, 0, 1, 1, 1, 0],
    ]
    np.testing.assert_array_equal(positives_of([one.all for one in series], texts), np.array(expected, bool))


def test_near_identical_texts_have_one_key() -> None:
    assert text_key("1. No acute infarct!") == text_key("1 no acute  infarct")
    assert text_key("Läsion") == text_key("lasion")
    assert text_key("4 mm") != text_key("14 mm")
    numbered = texts_of("c", "IMPRESSION:\n1. Likely cyst in the left fossa.\n2. No change since then.")
    assert numbered.sentences == ("Likely cyst in the left fossa.", "No change since then.")
    unknown = texts_of("unidentified body part, axial T1-weighted (T1) MRI", "", sequence="T1")
    assert unknown.cards == () and unknown.all == unknown.captions == (
        "axial T1-weighted (T1) MRI",
        "T1-weighted (T1) MRI",
        "T1 MRI",
    )
    assert texts_of("c", "COMPARISON: Prior of 2020 was seen.").sentences == ()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return open_pools([make_pool(tmp_path_factory.mktemp("pools") / "pool", 30)])


def test_a_batch_is_a_function_of_seed_and_step(pool: Pool) -> None:
    settings = BatchSettings(series=12, of_a_study=2)
    first, again, other = (BatchPlanner(pool, settings, seed) for seed in (1, 1, 2))
    for step in (5, 0):  # in any order
        assert first.plan(step).samples == again.plan(step).samples
        assert first.plan(step).texts == again.plan(step).texts
        assert first.plan(step).samples != other.plan(step).samples
    assert first.plan(3).samples != first.plan(4).samples
    assert first.plan(3, 0).samples != first.plan(3, 1).samples


def test_batches_hold_whole_studies_and_a_share_of_one_region(pool: Pool) -> None:
    planner = BatchPlanner(pool, BatchSettings(series=12, of_a_study=2, one_region=2 / 3), 1)
    seen: set[int] = set()
    for step in range(60):
        plan = planner.plan(step)
        assert len(set(plan.samples)) == 12
        labels = [pool.labels[sample] for sample in plan.samples]
        regions = [label.region for label in labels]
        assert max(regions.count(region) for region in set(regions)) >= 8
        assert all(regions[place] == regions[0] for place in range(8))
        for study in {label.study for label in labels}:
            assert sum(label.study == study for label in labels) == 2  # both sequences of one geometry
        seen |= set(plan.samples)
    assert seen == set(range(60))


def test_regions_are_evened_out() -> None:
    class Uneven:
        def __init__(self) -> None:
            regions = ["a" if number < 90 else "b" for number in range(100)]
            self.labels = [
                SampleLabels(str(n), str(n), str(n), region, "", "", False) for n, region in enumerate(regions)
            ]

        def __len__(self) -> int:
            return 100

        def texts(self, sample: int) -> SeriesTexts:
            return SeriesTexts(card=str(sample))

    def share(evenness: float) -> float:
        planner = BatchPlanner(Uneven(), BatchSettings(series=4, one_region=0, evenness=evenness), 0)  # type: ignore[arg-type]
        drawn = [sample for step in range(400) for sample in planner.plan(step).samples[:1]]
        return float(np.mean([sample >= 90 for sample in drawn]))

    assert share(0.0) == pytest.approx(0.1, abs=0.05)
    assert share(1.0) == pytest.approx(0.5, abs=0.08)


def test_texts_are_distinct_each_true_of_somebody_and_bounded(pool: Pool) -> None:
    planner = BatchPlanner(pool, BatchSettings(series=12, captions=3, sentences=2, texts=20), 1)
    plans = [planner.plan(step) for step in range(10)]
    for plan in plans:
        assert len(plan.texts) == len({text_key(text) for text in plan.texts}) <= 20
        assert plan.positives.any(axis=0).all()
    assert len({plan.texts for plan in plans}) == 10
    brain = [plan for plan in plans if "The brain is normal." in plan.texts]
    for plan in brain:  # a sentence of ten studies is a positive for all of them
        column = plan.positives[:, plan.texts.index("The brain is normal.")]
        assert column.tolist() == [pool.labels[sample].region == "brain" for sample in plan.samples]


def test_a_pool_smaller_than_a_batch_is_refused(pool: Pool) -> None:
    with pytest.raises(Exception, match=r"Lower batch.series"):
        BatchPlanner(pool.only(range(6)), BatchSettings(series=8), 0)
    assert sorted(BatchPlanner(pool.only(range(6)), BatchSettings(series=6, of_a_study=1), 0).plan(0).samples) == list(
        range(6)
    )


def test_scores_of_a_hand_worked_matrix() -> None:
    """Three reports, four series; the right ones at ranks 1, 2 and 3; the third report has two right ones."""
    queries = ItemVectors(np.eye(3, dtype=np.float32), np.arange(4))
    gallery = np.array([[0.9, 0.8, 0.3], [0.1, 0.6, 0.9], [0.0, 0.0, 0.2], [0.2, 0.1, 0.8]], np.float32)
    asking = [frozenset("a"), frozenset("b"), frozenset("c")]
    there = [frozenset("a"), frozenset("b"), frozenset("c"), frozenset("c")]
    found = scored(queries, gallery, asking, there)
    # report 3: series 1 scores .9, then its own: series 3 at rank 2, series 2 at rank 4
    assert found["recall@1"] == pytest.approx((1 + 0 + 0) / 3)
    assert found["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert found["recall@1_chance"] == pytest.approx(1 / 4)
    assert found["recall@5"] == found["hit@10"] == 1


def test_names_of_a_hand_worked_matrix() -> None:
    scores = np.array([[4, 3, 2, 1], [1, 2, 3, 4], [4, 3, 2, 1], [4, 1, 2, 3]], np.float32)
    found = named("region", scores, np.array([0, 0, 3, 1]))
    assert found["region_top1"] == 1 / 4
    assert found["region_top3"] == 1 / 4
    assert found["region_balanced"] == pytest.approx((0.5 + 0 + 0) / 3)
    assert found["region_top3_chance"] == 3 / 4


def test_validation_of_a_perfect_and_of_a_blind_model(pool: Pool) -> None:
    """An encoder that reads the labels is right about everything; one that sees nothing is at chance."""
    validator = Validator(pool, 60)
    words = ["brain", "knee", "prostate", "T1", "T2", *(f"{n} mm" for n in range(30))]

    def texts_of_(texts: list[str]) -> np.ndarray:
        rows = [
            [
                word in text.replace("T1-weighted", "T1").replace(".", "").split()
                or (" mm" in word and f" {word}" in text)
                for word in words
            ]
            for text in texts
        ]
        table = np.array(rows, np.float32) + 1e-9
        return table / np.linalg.norm(table, axis=1, keepdims=True)

    row = iter(range(60))

    def images_of(grids: np.ndarray, scales: np.ndarray) -> np.ndarray:
        told = [validator._texts[next(row)] for _ in grids]
        return texts_of_(
            [f"{one.card.replace('(', ' ').replace(')', ' ').replace(',', ' ')} {one.sections[0]}" for one in told]
        )

    perfect = validator(images_of, texts_of_)
    assert perfect["region_top1"] == perfect["sequence_top1"] == perfect["recall@5"] == perfect["mrr"] == 1
    blind = validator(
        lambda grids, scales: np.ones((len(grids), 3), np.float32), lambda texts: np.ones((len(texts), 3), np.float32)
    )
    for name in ("recall@1", "recall@5", "hit@10", "mrr"):
        assert blind[name] == pytest.approx(blind[f"{name}_chance"])
    assert Validator(pool.only([]), 60)(images_of, texts_of_) == {}


def test_validation_takes_whole_patients(tmp_path: Path, pool: Pool) -> None:
    validator = Validator(pool, 21)
    labels = [label.patient for label in validator._pool.labels]
    assert len(labels) == 20 and all(labels.count(patient) == 2 for patient in labels)
