"""The whole engine against loops and sorting, on made collections full of ties and gaps."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import NotFoundError, UsageError
from indexer.records import Channel
from retrieval.collection import Collection
from retrieval.query import Grouping, Hit, Query, SeriesPart, Target, TextPart, VectorPart
from tests.made_collection import FINDINGS, PLANES, REGIONS, SEQUENCES, MadeCollection, make_collection
from tests.naive_search import best, passage_scores, series_scores, standardised

GROUP_COLUMNS = {Grouping.NONE: "", Grouping.STUDY: "study_id", Grouping.PATIENT: "patient_id"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("search") / "made", series=70)


@pytest.fixture(scope="module")
def opened(made: MadeCollection) -> Iterator[Collection]:
    with Collection.open(made.path) as collection:
        yield collection


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("search") / "aligned", series=40, aligned=True, seed=3)


def encoded(collection: Collection, text: str) -> np.ndarray:
    return collection.towers.text.encode([text])[0]


def found(hits: tuple[Hit, ...]) -> list[tuple[str, float]]:
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [(hit.series or hit.report, pytest.approx(hit.score, abs=1e-6)) for hit in hits]


words = st.builds(
    lambda *parts: " ".join(parts), st.sampled_from(PLANES), st.sampled_from(SEQUENCES), st.sampled_from(REGIONS)
)
wheres = st.sampled_from(["", "sequence = 'T1'", "age_years > 50", "region <> 'brain' and not contrast", "slices < 0"])
groupings = st.sampled_from(list(Grouping))
patient_lists = st.lists(st.integers(0, 9).map(lambda one: f"pat-{one:016x}"), max_size=2).map(tuple)


def allowed(where: str, row: dict) -> bool:
    return {
        "": True,
        "sequence = 'T1'": row["sequence"] == "T1",
        "age_years > 50": (row["age_years"] or 0) > 50,
        "region <> 'brain' and not contrast": row["region"] != "brain" and not row["contrast"],
        "slices < 0": False,
    }[where]


@settings(deadline=None, max_examples=40)
@given(text=words, channel=st.sampled_from([Channel.CARD, Channel.REPORT]), where=wheres, k=st.integers(1, 80),
       grouping=groupings, excluded=patient_lists)  # fmt: skip
def test_series_by_text_in_one_channel(made, opened, text, channel, where, k, grouping, excluded) -> None:
    query = Query(
        (TextPart(text),), channels=(channel,), where=where, k=k, group_by=grouping, exclude_patients=excluded
    )
    answer = opened.search(query)
    scores = series_scores(made, channel, encoded(opened, text))
    rows = [
        row
        for row in made.series
        if row["series_id"] in scores and allowed(where, row) and row["patient_id"] not in excluded
    ]
    column = GROUP_COLUMNS[grouping]
    wanted = best(rows, lambda row: scores[row["series_id"]], lambda row: row["series_id"], k, column)
    assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)
    assert answer.plan.eligible == len(rows)
    assert answer.plan.returned == len(wanted)
    assert bool(answer.plan.shortfall) == (len(wanted) < k)


@settings(deadline=None, max_examples=30)
@given(text=words, where=wheres, k=st.integers(1, 80), grouping=groupings, excluded=patient_lists)
def test_series_by_text_in_all_channels(made, opened, text, where, k, grouping, excluded) -> None:
    query = Query((TextPart(text),), where=where, k=k, group_by=grouping, exclude_patients=excluded)
    answer = opened.search(query)
    rows = [row for row in made.series if allowed(where, row) and row["patient_id"] not in excluded]
    ids = [row["series_id"] for row in rows]
    vector = encoded(opened, text)
    channels = {channel: series_scores(made, channel, vector) for channel in (Channel.CARD, Channel.REPORT)}
    standard = [standardised(scores, ids) for scores in channels.values()] if rows else []
    fused = {one: float(np.mean([scores[one] for scores in standard])) for one in ids}
    column = GROUP_COLUMNS[grouping]
    wanted = best(rows, lambda row: fused[row["series_id"]], lambda row: row["series_id"], k, column)
    assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)
    for hit in answer.hits:
        cosines = {channel: scores[hit.series] for channel, scores in channels.items() if hit.series in scores}
        assert dict(hit.channel_scores) == pytest.approx({one.value: score for one, score in cosines.items()}, abs=1e-6)
        standing = [standardised(channels[one], ids)[hit.series] for one in cosines]
        assert hit.channel in cosines
        assert standing[list(cosines).index(hit.channel)] == pytest.approx(max(standing), abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(
    finding=st.sampled_from(FINDINGS), where=wheres, k=st.integers(1, 25), grouping=groupings, excluded=patient_lists
)
def test_reports_by_text(made, opened, finding, where, k, grouping, excluded) -> None:
    query = Query((TextPart(finding),), Target.REPORT, where=where, k=k, group_by=grouping, exclude_patients=excluded)
    answer = opened.search(query)
    scores = passage_scores(made, encoded(opened, finding))
    studies = {row["study_id"] for row in made.series if allowed(where, row)}
    rows = [
        row for row in made.passages if (not where or row["study_id"] in studies) and row["patient_id"] not in excluded
    ]
    column = GROUP_COLUMNS[grouping] or "report_id"
    # A passage without a study or patient is a group of its own.
    wanted = best(rows, lambda row: scores[row["row_id"]], lambda row: (row["report_id"], row["ordinal"]), k, column)
    assert [(row["report_id"], score) for row, score in wanted] == found(answer.hits)
    assert [hit.metadata["ordinal"] for hit in answer.hits] == [row["ordinal"] for row, _ in wanted]
    assert all(hit.series == "" and hit.channel is Channel.REPORT for hit in answer.hits)


@settings(deadline=None, max_examples=15)
@given(place=st.integers(1, 69), k=st.integers(1, 70), patient=st.booleans(), study=st.booleans())
def test_scans_by_a_series_of_the_collection(made, opened, place, k, patient, study) -> None:
    own = made.series[place]
    query = Query(
        (SeriesPart(own["series_id"]),),
        k=k,
        exclude_patients=(own["patient_id"],) if patient else (),
        exclude_studies=(own["study_id"],) if study else (),
    )
    scores = series_scores(made, Channel.IMAGE, made.vectors[Channel.IMAGE][own["row_id"]])
    rows = [
        row
        for row in made.series
        if row["series_id"] in scores
        and row is not own
        and not (patient and row["patient_id"] == own["patient_id"])
        and not (study and row["study_id"] == own["study_id"])
    ]
    wanted = best(rows, lambda row: scores[row["series_id"]], lambda row: row["series_id"], k)
    answer = opened.search(query)
    assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)
    assert {hit.channel for hit in answer.hits} <= {Channel.IMAGE}


def test_equal_cards_go_by_series_id(made: MadeCollection, opened: Collection) -> None:
    twins = [row["series_id"] for row in made.series if row["card"] == made.series[0]["card"]]
    assert len(twins) > 1
    query = Query((TextPart(made.series[0]["card"]),), channels=(Channel.CARD,), k=len(twins))
    hits = opened.search(query).hits
    assert [hit.series for hit in hits] == sorted(twins)
    assert len({hit.score for hit in hits}) == 1


def test_the_same_answer_twice_to_the_last_bit(opened: Collection) -> None:
    query = Query((TextPart("axial T2 brain oedema"),), k=30)
    assert opened.search(query).hits == opened.search(query).hits


def test_metadata_is_what_the_table_shows(made: MadeCollection, opened: Collection) -> None:
    hit = opened.search(Query((TextPart("axial T2 brain"),), channels=(Channel.CARD,), k=1)).hits[0]
    row = next(row for row in made.series if row["series_id"] == hit.series)
    assert hit.metadata["path"] == row["path"] and hit.metadata["age_years"] == row["age_years"]
    assert (hit.study, hit.patient) == (row["study_id"], row["patient_id"])
    assert not {"row_id", "study_date", "content_hash", "evidence"} & set(hit.metadata)


def test_text_of_reports_only_where_asked(opened: Collection) -> None:
    query = Query((TextPart("white matter lesions"),), Target.REPORT, k=2)
    assert all("text" not in hit.metadata for hit in opened.search(query).hits)
    assert all("lesions" in hit.metadata["text"] for hit in opened.search(query, with_text=True).hits)


def test_weights_and_signs_add_vectors(made: MadeCollection, opened: Collection) -> None:
    parts = (TextPart("axial T1 brain", 2.0), TextPart("FLAIR", -0.5))
    vector = 2.0 * encoded(opened, "axial T1 brain") - 0.5 * encoded(opened, "FLAIR")
    scores = series_scores(made, Channel.CARD, vector / np.linalg.norm(vector))
    wanted = best(made.series, lambda row: scores[row["series_id"]], lambda row: row["series_id"], 12)
    answer = opened.search(Query(parts, channels=(Channel.CARD,), k=12))
    assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)


def test_a_vector_is_scaled_and_finds_itself(made: MadeCollection, opened: Collection) -> None:
    row = made.series[5]
    vector = 17 * made.vectors[Channel.IMAGE][row["row_id"]]
    hit = opened.search(Query((VectorPart(vector, Channel.IMAGE),), k=1)).hits[0]
    assert hit.series == row["series_id"] and hit.score == pytest.approx(1, abs=1e-6)


def test_aligned_words_find_scans_and_scans_find_reports(aligned: MadeCollection) -> None:
    with Collection.open(aligned.path) as collection:
        scores = series_scores(aligned, Channel.IMAGE, encoded(collection, "axial T2 brain"))
        wanted = best(
            [row for row in aligned.series if row["series_id"] in scores],
            lambda row: scores[row["series_id"]],
            lambda row: row["series_id"],
            5,
        )
        answer = collection.search(Query((TextPart("axial T2 brain"),), channels=(Channel.IMAGE,), k=5))
        assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)
        own = aligned.series[7]
        passages = passage_scores(aligned, aligned.vectors[Channel.IMAGE][own["row_id"]])
        answer = collection.search(Query((SeriesPart(own["series_id"]),), Target.REPORT, k=1))
        assert answer.hits[0].score == pytest.approx(max(passages.values()), abs=1e-6)
        assert answer.plan.channels["report"] == "answered"


@pytest.mark.parametrize("text", ["axial T2 brain", "white matter lesions"])
def test_words_count_half_where_they_meet_voxels(aligned: MadeCollection, text: str) -> None:
    ids = [row["series_id"] for row in aligned.series]
    with Collection.open(aligned.path) as collection:
        vector = encoded(collection, text)
        answer = collection.search(Query((TextPart(text),), k=40))
    standard = {one: standardised(series_scores(aligned, one, vector), ids) for one in Channel}
    weights = {Channel.IMAGE: 0.2, Channel.CARD: 0.4, Channel.REPORT: 0.4}
    fused = {one: sum(weight * standard[channel][one] for channel, weight in weights.items()) for one in ids}
    wanted = best(aligned.series, lambda row: fused[row["series_id"]], lambda row: row["series_id"], 40)
    assert [(row["series_id"], score) for row, score in wanted] == found(answer.hits)
    assert answer.plan.channels["image"] == "answered, words against voxels"
    assert "(card 1, image 0.5, report 1)" in answer.plan.fusion


def test_the_plan_says_how_channels_are_fused(opened: Collection) -> None:
    plan = opened.search(Query((TextPart("T1"),))).plan
    assert plan.fusion == "card and report count the same: the mean of their standard scores"
    assert not opened.search(Query((TextPart("T1"),), channels=(Channel.CARD,))).plan.fusion


def test_not_aligned_scans_find_reports_through_their_card(made: MadeCollection, opened: Collection) -> None:
    own = made.series[9]
    passages = passage_scores(made, made.vectors[Channel.CARD][own["row_id"]])
    answer = opened.search(Query((SeriesPart(own["series_id"]),), Target.REPORT, k=1))
    assert answer.hits[0].score == pytest.approx(max(passages.values()), abs=1e-6)
    assert answer.plan.channels["report"] == "answered, through the scan's own card"


def test_words_and_a_scan_meet_in_the_channel_that_both_reach(opened: Collection) -> None:
    parts = (TextPart("sagittal"), SeriesPart("ser-0000000000000009"))
    plan = opened.search(Query(parts, k=3)).plan
    assert plan.channels["card"] == "answered, through the scan's own card"
    assert plan.channels["image"].startswith("not asked: the encoder")


def test_the_plan_says_where_the_time_went(opened: Collection) -> None:
    plan = opened.search(Query((TextPart("T1"),), k=3)).plan
    assert list(plan.timings_ms) == ["open", "encode", "filter", "search", "fetch", "total"]
    assert plan.mode == "exact"
    steps = [ms for step, ms in plan.timings_ms.items() if step != "total"]
    assert sum(steps) <= plan.timings_ms["total"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query(()), "empty"),
        (Query((TextPart(" "),)), "empty text"),
        (Query((TextPart("x"),), k=0), "k is 0"),
        (Query((TextPart("x", float("nan")),)), "weight nan"),
        (Query((TextPart("x", 0.0),)), "weight 0"),
        (Query((TextPart("T1 brain"), TextPart("T1 brain", -1.0))), "cancel out"),
        (Query((TextPart("T1"),), exclude_patients=("PHANTOM-0001",)), "no pseudonym of a patient"),
        (Query((TextPart("T1"),), exclude_studies=("1.2.840",)), "no pseudonym of a study"),
        (Query((TextPart("T1"),), channels=(Channel.IMAGE,)), "not aligned"),
        (Query((TextPart("T1"),), Target.REPORT, channels=(Channel.CARD,)), "report channel alone"),
        (Query((VectorPart(np.ones(3, np.float32), Channel.CARD),)), r"shape \(3,\)"),
        (Query((VectorPart(np.zeros(64, np.float32), Channel.CARD),)), "length 0"),
        (Query((VectorPart(np.full(64, np.nan, np.float32), Channel.CARD),)), "length nan"),
        (Query((VectorPart(np.ones(64, np.float32), Channel.CARD),), channels=(Channel.IMAGE,)), "another space"),
    ],
)
def test_what_cannot_be_answered_says_why(opened: Collection, query: Query, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        opened.search(query)


@pytest.mark.parametrize("series_id", ["ser-ffffffffffffffff", "ser-0000000000000000"])
def test_a_series_that_is_not_there_or_has_no_vector(opened: Collection, series_id: str) -> None:
    with pytest.raises(NotFoundError, match=series_id):
        opened.search(Query((SeriesPart(series_id),)))


def test_why_fewer_came_back(opened: Collection) -> None:
    def shortfall(**asked) -> str:
        return opened.search(Query((TextPart("T1"),), channels=(Channel.CARD,), **asked)).plan.shortfall

    assert shortfall(k=10) == ""
    assert shortfall(k=1000) == "The collection holds 70 series that can be compared."
    assert shortfall(k=1000, group_by=Grouping.PATIENT) == "The collection holds 9 patients that can be compared."
    only_one = "series_id = 'ser-0000000000000001'"
    assert shortfall(where=only_one, group_by=Grouping.STUDY) == "The filter and the exclusions leave 1 study."
    assert "Did you mean" in shortfall(where="sequence = 'flair'")


def test_a_collection_without_reports_says_so(tmp_path) -> None:
    made = make_collection(tmp_path / "made", series=8, channels=(Channel.IMAGE, Channel.CARD))
    with Collection.open(made.path) as collection:
        answer = collection.search(Query((TextPart("T1"),), k=2))
        assert len(answer.hits) == 2
        assert answer.plan.channels["report"] == "not asked: this collection has no report vectors"
        with pytest.raises(UsageError, match="no report vectors"):
            collection.search(Query((TextPart("T1"),), Target.REPORT))
