"""Leaks between splits: what was planted is found, counted exactly, and what cannot be seen is said."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from common.errors import NotFoundError, UsageError
from indexer.records import Channel
from retrieval.audit.audit import AuditSettings, audit
from retrieval.audit.checks import Check
from retrieval.audit.leak_limits import LeakLimits
from retrieval.audit.leak_results import Leak, LeakAudit, LeakKind, LeakStatus
from retrieval.audit.leaks import find_leaks
from retrieval.audit.near_pairs import equal_rows, near_pairs
from retrieval.audit.neighbours import nearest_rows
from retrieval.audit.sides import Side, SideReports, SideSeries, SideVectors
from retrieval.collection import Collection
from tests.made_collection import MadeCollection, make_collection


def unit(count: int, dimension: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def side(name: str, series: int, *, reports: int = 4, seed: int = 0, key: str = "k") -> Side:
    """Series in studies of 2, one study a patient; nothing of it is on a side of another name."""
    ids = [f"{name}-{place}" for place in range(series)]
    studies = np.array([f"stu-{name}-{place // 2}" for place in range(series)])
    texts = [
        f"{name} report {place}: " + " ".join(f"{name}{place}w{word}" for word in range(40)) for place in range(reports)
    ]
    return Side(
        name,
        SideSeries(
            np.array(ids),
            studies,
            np.char.replace(studies, "stu", "pat"),
            np.ones(series, np.bool_),
            np.full(series, "dicom"),
            np.array([f"sha-{one}" for one in ids]),
        ),
        SideReports(
            np.array([f"rep-{name}-{place}" for place in range(reports)]),
            np.array([f"text-{name}-{place}" for place in range(reports)]),
            texts,
        ),
        SideVectors(unit(series, 32, seed), np.arange(series), "tower"),
        SideVectors(unit(reports, 32, seed + 100), np.arange(reports), "text"),
        key,
    )


def leak_of(found: LeakAudit, kind: LeakKind) -> Leak:
    return next(leak for leak in found.leaks if leak.kind is kind)


def changed(values: NDArray[np.str_], places: Sequence[int], by: Sequence[str]) -> NDArray[np.str_]:
    listed = values.tolist()
    for place, value in zip(places, by, strict=True):
        listed[place] = value
    return np.array(listed)


def test_sides_with_nothing_in_common_have_no_leak() -> None:
    found = find_leaks([side("test", 20, seed=1), side("train", 30, seed=2)])
    assert {leak.status for leak in found.leaks} == {LeakStatus.NONE}
    assert found.verdict == "No leak was found."
    assert [one.patients for one in found.sides] == [10, 15]


def test_every_planted_leak_is_found_and_counted() -> None:
    """Two patients, one study of them, one file, three pixels (two equal ones in train), one report, one rewording."""
    test, train = side("test", 20, seed=1), side("train", 30, seed=2)
    assert test.images and train.images and test.report_vectors and train.report_vectors
    train_series = replace(
        train.series,
        patients=changed(train.series.patients, [0, 1, 2], ["pat-test-3", "pat-test-3", "pat-test-4"]),
        studies=changed(train.series.studies, [0, 1], ["stu-test-3", "stu-test-3"]),
        contents=changed(train.series.contents, [29], ["sha-test-0"]),
    )
    pixels = train.images.vectors.copy()
    pixels[[4, 5]], pixels[6] = test.images.vectors[7], test.images.vectors[8]
    nearly = test.images.vectors[9] + np.float32(0.01) * pixels[7]
    pixels[7] = nearly / np.linalg.norm(nearly)
    reworded = test.reports.texts[2].replace("test2w20", "other")
    reports = replace(
        train.reports,
        contents=changed(train.reports.contents, [0], ["text-test-1"]),
        texts=[test.reports.texts[1].upper(), reworded, *train.reports.texts[2:]],
    )
    told = train.report_vectors.vectors.copy()
    told[3] = test.report_vectors.vectors[3]
    train = replace(
        train,
        series=train_series,
        reports=reports,
        images=replace(train.images, vectors=pixels),
        report_vectors=replace(train.report_vectors, vectors=told),
    )
    found = find_leaks([test, train])
    counts = {leak.kind: (leak.keys, leak.affected) for leak in found.leaks}
    assert counts == {
        LeakKind.PATIENT: (2, (4, 3)),
        LeakKind.STUDY: (1, (2, 2)),
        LeakKind.FILES: (1, (1, 1)),
        LeakKind.PIXELS: (2, (2, 3)),
        LeakKind.NEAR_IMAGE: (4, (3, 4)),
        LeakKind.REPORT: (1, (1, 1)),
        LeakKind.NEAR_REPORT: (2, (2, 2)),
        LeakKind.REPORT_VECTOR: (1, (1, 1)),
    }
    assert len(found.found) == 8
    files = leak_of(found, LeakKind.FILES)
    assert (files.examples[0].one.item, files.examples[0].other.item) == ("test-0", "train-29")
    assert files.shares == (1 / 20, 1 / 30)
    near = {(pair.one.item, pair.other.item) for pair in leak_of(found, LeakKind.NEAR_IMAGE).examples}
    assert near == {("test-7", "train-4"), ("test-8", "train-6"), ("test-9", "train-7")}


def test_three_sides_are_compared_pair_by_pair() -> None:
    sides = [side(name, 8, seed=seed) for seed, name in enumerate("abc")]
    assert sides[0].images and sides[2].images
    pixels = sides[2].images.vectors.copy()
    pixels[5] = sides[0].images.vectors[1]
    sides[2] = replace(sides[2], images=replace(sides[2].images, vectors=pixels))
    found = find_leaks(sides)
    assert leak_of(found, LeakKind.NEAR_IMAGE).affected == (1, 0, 1)
    assert leak_of(found, LeakKind.PIXELS).affected == (1, 0, 1)


def test_other_keys_mean_that_nobody_is_recognised() -> None:
    found = find_leaks([side("test", 8, key="one"), side("train", 8, seed=3, key="other")])
    assert leak_of(found, LeakKind.PATIENT).status is LeakStatus.UNCHECKED
    assert leak_of(found, LeakKind.STUDY).status is LeakStatus.UNCHECKED
    assert "different patient keys" in found.notes[0]
    assert "Not checked in full: same-patient, same-study" in found.verdict


def test_patients_that_are_assumed_or_known_by_their_source_only_are_said_to_be() -> None:
    test, train = side("test", 8), side("train", 6, seed=3)
    known = np.array([True] * 5 + [False] * 3)
    spaces = np.array(["dicom"] * 6 + ["source a"] * 2)
    found = find_leaks([replace(test, series=replace(test.series, patient_known=known, namespaces=spaces)), train])
    leak = leak_of(found, LeakKind.PATIENT)
    assert (leak.status, leak.notes) == (
        LeakStatus.PARTLY,
        ("True of those that could be recognised on another side (test 5, train 6 series).",),
    )
    assert "3 of 8 series of test have no patient" in found.notes[0]
    assert "2 of 8 series of test come from BIDS or NIfTI" in found.notes[1]
    nowhere = replace(test, series=replace(test.series, namespaces=np.full(8, "source a")))
    assert leak_of(find_leaks([nowhere, train]), LeakKind.PATIENT).status is LeakStatus.UNCHECKED


def test_vectors_of_another_tower_are_not_compared() -> None:
    train = side("train", 8, seed=3)
    assert train.images
    found = find_leaks([side("test", 8), replace(train, images=replace(train.images, fingerprint="another"))])
    for kind in (LeakKind.PIXELS, LeakKind.NEAR_IMAGE):
        assert leak_of(found, kind).status is LeakStatus.UNCHECKED
        assert "index both with one encoder" in leak_of(found, kind).notes[0]


def test_what_is_usual_is_measured_between_patients_of_one_side() -> None:
    """In test, six series of three patients are the same: nearness says nothing there."""
    test = side("test", 20, seed=1)
    assert test.images
    vectors = test.images.vectors.copy()
    vectors[:6] = vectors[0]
    found = find_leaks([replace(test, images=replace(test.images, vectors=vectors)), side("train", 20, seed=2)])
    near = leak_of(found, LeakKind.NEAR_IMAGE)
    assert (near.status, near.usual) == (LeakStatus.NONE, 6 / 40)
    copied = side("train", 20, seed=2)
    assert copied.images
    copied.images.vectors[3] = vectors[0]
    found = find_leaks([replace(test, images=replace(test.images, vectors=vectors)), copied])
    near = leak_of(found, LeakKind.NEAR_IMAGE)
    assert (near.status, near.affected, near.usual) == (LeakStatus.USUAL, (6, 1), 6 / 40)
    assert "cannot tell a copy from a look-alike" in near.notes[0]
    assert found.found == (leak_of(found, LeakKind.PIXELS),)


def test_reports_without_words_are_nobodys_duplicates() -> None:
    test, train = side("test", 4, reports=2), side("train", 4, reports=2, seed=2)
    empty = [replace(one, reports=replace(one.reports, texts=["", " "])) for one in (test, train)]
    assert leak_of(find_leaks(empty), LeakKind.NEAR_REPORT).status is LeakStatus.ABSENT


@pytest.mark.parametrize("coordinates", [2, 5, 64])
@pytest.mark.parametrize("threshold", [0.3, 0.8, 0.97])
def test_near_pairs_are_those_of_all_pairs(threshold: float, coordinates: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.audit.near_pairs._ONE_ROWS", 7)
    monkeypatch.setattr("retrieval.audit.near_pairs._OTHER_ROWS", 11)
    monkeypatch.setattr("retrieval.audit.near_pairs._COORDINATES", coordinates)
    one, other = unit(80, 6, 1), unit(95, 6, 2)
    found = near_pairs(one, other, threshold)
    products = one.astype(np.float64) @ other.astype(np.float64).T
    near = np.where(products >= threshold, products, -1)
    assert found.pairs == int((products >= threshold).sum()) > 0
    np.testing.assert_allclose(found.best[0], near.max(axis=1), atol=1e-6)
    np.testing.assert_allclose(found.best[1], near.max(axis=0), atol=1e-6)
    assert found.partner.tolist() == np.where(near.max(axis=1) > -1, near.argmax(axis=1), -1).tolist()


def test_equal_rows_have_equal_numbers() -> None:
    one = np.array([[0, 1], [1, 0], [-0.0, 1]], np.float32)
    assert [rows.tolist() for rows in equal_rows([one, one[1:2]])] == [[0, 1, 0], [1]]


def test_nearest_rows_are_those_of_a_full_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.audit.neighbours._BLOCK_SCORES", 200)
    vectors, groups = unit(60, 8, 5), np.arange(60) // 3
    vectors[30] = vectors[31] = vectors[32] = vectors[9]  # ties: the lower row first
    queries = np.array([0, 8, 9, 59])
    found = nearest_rows(vectors, queries, 5, groups)
    for query, rows in zip(queries, found.rows, strict=True):
        scores = np.round(vectors.astype(np.float64) @ vectors[query].astype(np.float64), 6)
        scores[groups == groups[query]] = -np.inf
        assert rows.tolist() == np.lexsort((np.arange(60), -scores))[:5].tolist()
    few = nearest_rows(vectors[:4], np.array([0]), 5, groups[:4])
    assert few.rows.tolist() == [[3, -1, -1, -1, -1]]


@pytest.mark.parametrize("threshold", [0.0, 1.5, float("nan")])
def test_a_threshold_that_means_nothing_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        LeakLimits(image=threshold)


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    """60 series of 8 patients; the first 24 series, so 3 patients, are test, but one study of the third is not."""
    sides = ["test"] * 20 + ["train"] * 34 + [""] * 6
    return make_collection(tmp_path_factory.mktemp("split") / "c", extra={"fold": sides, "number": list(range(60))})


def test_groups_of_one_collection_are_sides(split: MadeCollection) -> None:
    with Collection.open(split.path) as opened:
        found = audit(opened, split="fold", checks=[Check.LEAKS]).leaks
    assert found is not None
    assert [(one.name, one.series, one.patients) for one in found.sides] == [("test", 20, 3), ("train", 34, 5)]
    assert found.left_out == 6
    patient = leak_of(found, LeakKind.PATIENT)
    assert (patient.keys, patient.affected, patient.compared) == (1, (4, 4), (20, 34))
    assert leak_of(found, LeakKind.STUDY).status is LeakStatus.NONE
    assert leak_of(found, LeakKind.FILES).status is LeakStatus.ABSENT
    # studies 1, 2, 4 of 0 to 4 have a report, and 5, 7, 8, 10, 11, 13 of 5 to 13
    assert [one.reports for one in found.sides] == [3, 6]


def test_report_vectors_are_means_of_passages(split: MadeCollection) -> None:
    from retrieval.audit.reading import read_groups

    with Collection.open(split.path) as opened:
        test = read_groups(opened, "fold")[0][0]
    assert test.report_vectors is not None
    rows = {row["report_id"]: [] for row in split.passages}
    for row in split.passages:
        rows[row["report_id"]].append(split.vectors[Channel.REPORT][row["row_id"]])
    for place, report in enumerate(test.reports.ids.tolist()):
        mean = np.mean(rows[report], axis=0)
        np.testing.assert_allclose(test.report_vectors.vectors[place], mean / np.linalg.norm(mean), atol=1e-6)


def test_two_collections_are_sides(split: MadeCollection, tmp_path: Path) -> None:
    """Made by the same hand, they share every patient and study; the vectors of other seeds differ."""
    other = make_collection(tmp_path / "other", series=12, seed=5)
    with Collection.open(other.path) as opened, Collection.open(split.path) as against:
        found = audit(opened, against=against, checks=[Check.LEAKS]).leaks
    assert found is not None
    assert [one.name for one in found.sides] == ["other", "c"]
    patient, study = leak_of(found, LeakKind.PATIENT), leak_of(found, LeakKind.STUDY)
    assert (patient.keys, patient.affected) == (2, (12, 16))
    assert (study.keys, study.affected) == (3, (12, 12))
    assert leak_of(found, LeakKind.PIXELS).status is LeakStatus.NONE


def test_a_split_that_is_none_is_refused(split: MadeCollection, tmp_path: Path) -> None:
    empty = make_collection(tmp_path / "empty", series=0, channels=())
    with Collection.open(split.path) as opened:
        for column, words in (("number", "54|60"), ("modality", "1 different"), ("format", "1 different")):
            with pytest.raises(UsageError, match=words):
                audit(opened, split=column)
        with pytest.raises(NotFoundError, match='no column "flod"'):
            audit(opened, split="flod")
        with pytest.raises(UsageError, match="no other side"):
            audit(opened, checks=[Check.LEAKS])
        with pytest.raises(UsageError, match="named twice"):
            audit(opened, against=opened)
        with pytest.raises(UsageError, match="Two splits"):
            audit(opened, against=opened, split="fold")
        with pytest.raises(NotFoundError, match='no column "coli"'):
            audit(opened, checks=[Check.CONFOUNDING], settings=AuditSettings(confounders=("coli",)))
        with Collection.open(empty.path) as nothing:
            for asked in ((nothing, opened), (opened, nothing)):
                with pytest.raises(UsageError, match="holds no series"):
                    audit(asked[0], against=asked[1])


def test_a_collection_without_images_says_so(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "c", series=8, channels=[Channel.CARD], extra={"fold": ["a", "b"] * 4})
    with Collection.open(made.path) as opened:
        with pytest.raises(NotFoundError, match="no image vectors"):
            audit(opened, checks=[Check.CONFOUNDING])
        found = audit(opened, split="fold")
    assert [(one.check, one.reason) for one in found.skipped] == [
        (Check.CONFOUNDING, "the collection has no image vectors")
    ]
    assert found.leaks is not None
    assert leak_of(found.leaks, LeakKind.PIXELS).status is LeakStatus.ABSENT
