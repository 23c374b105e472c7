"""The ladder over simulated patients against a gallery of six series that is checked by hand."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import phantom_ladder as ladder
from benchmarks.phantom_gallery_vectors import Gallery, owners
from benchmarks.phantom_ladder import Rung
from benchmarks.phantom_questions import report_passages, side_questions
from benchmarks.phantom_truth import (
    GLIMPSE_FINDING_SHARE,
    PoolStudy,
    check_truth,
    findings_of,
    glimpse_findings,
    pool_studies,
)
from benchmarks.training_seeds import check_seed, seeds_of
from common.errors import UsageError
from phantoms.findings import Finding, FindingKind, Side
from phantoms.plan import plan_patient
from phantoms.random_series import REGIONS_DRAWN, Variety, draw_shown
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.probes.sides import swap_sides
from training.texts import SeriesTexts

INFARCT = Finding(FindingKind.INFARCT, Side.LEFT, "thalamus", 20, stage="acute")
SEGMENT = Finding(FindingKind.HEPATIC_CYST, Side.RIGHT, "segment VI", 20)


def study(name: str, region: str, samples: tuple[int, ...], *findings: Finding) -> PoolStudy:
    return PoolStudy(name, f"patient of {name}", region, samples, findings)


def unit(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def gallery() -> Gallery:
    studies = (
        study("one", "brain", (0, 1), INFARCT),
        study("two", "brain", (2, 3)),
        study("three", "knee", (4, 5)),
    )
    return Gallery(unit(0, 50, 10, 60, 20, 170), owners(studies), studies)


def singles(*degrees: float) -> ItemVectors:
    return ItemVectors(unit(*degrees), np.arange(len(degrees) + 1))


def values(rungs: list[Rung]) -> dict[tuple[str, str], tuple[float, float | None, int]]:
    return {(one.question, one.measure): (one.found.value, one.found.chance, one.pool) for one in rungs}


def test_a_report_finds_its_study_by_the_best_series(gallery: Gallery) -> None:
    found = values(list(ladder.reports(singles(52, 12, 20), gallery, ["x", "y", "z"], "report")))
    among = "report -> its scan among"
    # Studies: one is found at 50 degrees, two at 10, three at 20; all first.
    assert found[f"{among} studies", "hit@1"] == (1.0, pytest.approx(1 / 3), 3)
    # By means, studies lie at 25, 35 and 95 degrees: ranks two, two and three.
    assert found[f"{among} studies, means of passages and series", "mrr"][0] == pytest.approx(4 / 9)
    # Of its region: the brains rank two, the knee itself alone.
    assert found[f"{among} studies of its region", "mrr"] == (1.0, pytest.approx((0.75 + 0.75 + 1) / 3), 2)
    assert found[f"{among} series", "hit@1"] == (1.0, pytest.approx(1 / 3), 6)


def test_a_copied_report_is_both_studies_report(gallery: Gallery) -> None:
    found = values(list(ladder.reports(singles(20, 10, 20), gallery, ["x", "z", "z"], "report")))
    # The first asks at 20 degrees: three (20), two (10), one (0); its rank is 3. The third may have two or three.
    assert found["report -> its scan among studies", "mrr"][0] == pytest.approx((1 / 3 + 1 + 1) / 3)
    assert found["report -> its scan among studies", "hit@1"][1] == pytest.approx((1 / 3 + 2 / 3 + 2 / 3) / 3)


def test_anatomy_is_the_share_of_the_region_among_ten(gallery: Gallery) -> None:
    found = values(list(ladder.anatomy(singles(0, 0, 0), gallery)))
    question = "report -> series of its region"
    assert found[question, "precision@1"] == (pytest.approx(2 / 3), pytest.approx((4 + 4 + 2) / 18), 6)
    assert found[question, "precision@10"][0] == pytest.approx((4 + 4 + 2) / 30)  # all six are among ten


def test_pathology_is_asked_among_all_and_within_the_region(gallery: Gallery) -> None:
    found = values(list(ladder.pathology({FindingKind.INFARCT: unit(0)[0], FindingKind.GLIOMA: unit(9)[0]}, gallery)))
    assert found["finding -> series with it, kinds equal", "precision@10"] == (0.2, pytest.approx(0.2), 6)
    assert found["finding -> series with it, within its region", "precision@10"][2] == 4
    # With it: 0 and 50 degrees; without, in brains: 10 and 60. 0 beats both, 50 beats one.
    auc = "finding: with it above without, within its region"
    assert found[auc, "AUC"] == (pytest.approx(0.75), 0.5, 4)
    assert found[f"{auc}: infarct", "AUC"] == (pytest.approx(0.75), 0.5, 4)


def test_a_forced_choice_counts_studies_and_series(gallery: Gallery) -> None:
    gains, of_study = np.array([0.3, -0.1, 0.2, -0.4, 0.0]), np.array([0, 0, 1, 1, 2])
    found = values(list(ladder.sides(gains, of_study, gallery, "side")))
    assert found["side", "accuracy by study"] == (pytest.approx((1 + 0 + 0.5) / 3), 0.5, 3)
    assert found["side", "accuracy by series"] == (pytest.approx((1 + 0 + 1 + 0 + 0.5) / 5), 0.5, 5)


def pool_of(*texts: SeriesTexts) -> SimpleNamespace:
    return SimpleNamespace(texts=lambda sample: texts[sample])


def test_sides_are_asked_where_words_alone_cannot_tell() -> None:
    said = "Acute infarct in the left thalamus."
    brain = SeriesTexts("", sentences=(said, "The left orbit is normal.", "No haemorrhage."))
    liver = SeriesTexts("", sentences=("There is a hepatic cyst in the right lobe, segment VI.",))
    pool, studies = pool_of(brain, liver), (study("b", "brain", (0,), INFARCT), study("a", "abdomen", (1,), SEGMENT))
    questions = list(side_questions(pool, studies))
    assert [(one.study, one.said, one.swapped, one.joint) for one in questions] == [
        (0, said, "Acute infarct in the right thalamus.", False)
    ]


def test_swapping_twice_gives_the_sentence_back() -> None:
    sentence = "RIGHT knee: lt-sided; Rt and L. C5-C6 left/right, R-L gradient"
    assert swap_sides(swap_sides(sentence)) == sentence
    assert swap_sides(sentence) == "LEFT knee: lt-sided; Lt and R. C5-C6 right/left, R-R gradient"


def test_findings_and_impression_are_the_last_sections() -> None:
    pool = pool_of(SeriesTexts("", sections=("technique", "findings", "impression")))
    assert report_passages(pool, study("s", "brain", (0,)), technique=False) == ("findings", "impression")
    assert len(report_passages(pool, study("s", "brain", (0,)), technique=True)) == 3


def test_the_truth_is_held_against_the_sentences() -> None:
    pool = pool_of(SeriesTexts("", sentences=("Acute infarct in the left thalamus.", "No haemorrhage.")))
    check_truth(pool, [study("s", "brain", (0,), INFARCT)])
    with pytest.raises(UsageError, match="another simulator"):
        check_truth(pool, [study("s", "brain", (0,))])


def test_glimpses_are_drawn_as_the_stream_draws_them() -> None:
    variety = Variety(finding_share=GLIMPSE_FINDING_SHARE)
    with_findings = [number for number in range(1000) if "meniscus" in str(glimpse_findings(5, number))][:2]
    assert len(with_findings) == 2
    for number in (*with_findings, next(number for number in range(200) if not glimpse_findings(5, number))):
        shown = draw_shown(5, number, REGIONS_DRAWN, None, variety)
        assert shown.subject.findings == glimpse_findings(5, number)


def test_findings_of_planned_patients_are_the_plan() -> None:
    source = {"kind": "phantoms", "patients": 6, "seed": 3, "matrix": 64}
    planned = [one for number in range(1, 7) for one in plan_patient(number, 3, matrix=64).studies]
    found = findings_of(source, [one.uid for one in planned])
    assert any(found.values())
    assert found == {one.uid: one.findings for one in planned}


def test_a_pool_of_a_hospital_has_no_truth() -> None:
    label = SimpleNamespace(study="s", patient="p", region="brain")
    pool = SimpleNamespace(labels=[label], info=SimpleNamespace(source={"kind": "collection"}))
    with pytest.raises(UsageError, match="simulated patients"):
        pool_studies(pool, 5)


def test_a_seed_that_a_run_was_trained_on_is_refused(tmp_path: Path) -> None:
    pool, run = tmp_path / "pool", tmp_path / "run"
    pool.mkdir()
    run.mkdir()
    info = {"format": "mrseek-training-pool", "version": 1, "shape": [7, 32, 32], "spacing_mm": None, "shards": 1}
    info |= {"framing": "planes-5+2-1", "texts": "captions-1", "source": {"kind": "glimpses", "seed": 7}}
    (pool / "pool.json").write_text(json.dumps(info | {"kind": "planes"}))
    toml = '[data]\ntrain = ["../pool"]\n'
    (run / "config.json").write_text(json.dumps({"toml": toml, "toml_folder": str(run)}))
    assert seeds_of([run]) == seeds_of([pool]) == {7}
    check_seed(8, seeds_of([run]))
    with pytest.raises(UsageError, match="seed 7"):
        check_seed(7, seeds_of([run]))
