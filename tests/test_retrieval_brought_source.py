"""Users' tables evaluated: by the code that scores collections, with its exclusions and its refusals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.errors import NotFoundError, UsageError
from indexer.records import Channel
from retrieval.brought.table_source import OF_A_RUN, TableSource
from retrieval.evaluation.baselines import Baseline
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.results import TaskResult
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Level, Task
from tests.brought_files import clustered, write_clustered, write_parquet, write_qrels, write_run

FAST = Settings(draws=0)


def scored(source: TableSource, settings: Settings = FAST) -> TaskResult:
    (result,) = source.evaluate(settings).tasks
    return result


def test_one_table_is_both_sides_without_its_own_patient(tmp_path: Path) -> None:
    """hit@1 by brute force: the nearest item of another patient, is it of the same region?"""
    result = scored(TableSource(write_clustered(tmp_path / "x.parquet", 80)))
    vectors, regions = clustered(80)
    scores = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    patients = np.arange(80) // 2
    scores[patients[:, None] == patients[None, :]] = -np.inf
    expected = np.mean([regions[best] == regions[query] for query, best in enumerate(scores.argmax(axis=1))])
    assert result.figures[parse_measure("hit@1")].value == pytest.approx(expected, abs=1e-12)
    assert (result.spec.task, result.queries, result.pool, result.patients) == (Task.IMAGE_TO_IMAGE, 80, 80, 40)
    assert (result.excluded.min, result.excluded.max) == (2, 2)
    assert result.naive, "those who ask are those who are ranked, so the script's number is shown"
    assert Baseline.HEADER in result.figures[parse_measure("hit@1")].baselines


def test_naming_the_table_twice_changes_nothing(tmp_path: Path) -> None:
    file = write_clustered(tmp_path / "x.parquet", 50)
    assert scored(TableSource(file, file)) == scored(TableSource(file))


def test_two_tables_exclude_the_patients_that_they_share(tmp_path: Path) -> None:
    queries = write_clustered(tmp_path / "q.parquet", 40, seed=1)
    items = write_clustered(tmp_path / "i.parquet", 60, seed=2)
    result = scored(TableSource(queries, items), replace(FAST, tasks=(Task.IMAGE_TO_IMAGE,)))
    assert (result.queries, result.pool) == (40, 60)
    assert (result.excluded.min, result.excluded.max) == (2, 2), "both name their patients sp0, sp1, ..."


def test_an_item_of_both_tables_is_not_found_by_itself(tmp_path: Path) -> None:
    vectors, regions = clustered(30)
    ids, columns = [f"s{i}" for i in range(30)], {"region": regions, "sequence": ["T1"] * 30}
    first = write_parquet(tmp_path / "a.parquet", ids[:20], vectors[:20], {n: c[:20] for n, c in columns.items()})
    second = write_parquet(tmp_path / "b.parquet", ids[10:], vectors[10:], {n: c[10:] for n, c in columns.items()})
    settings = replace(FAST, tasks=(Task.IMAGE_TO_IMAGE,), allow_same_patient=True)
    result = scored(TableSource(first, second), settings)
    assert (result.excluded.min, result.excluded.max) == (0, 1)
    assert result.excluded.median == 0.5


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    vectors, regions = clustered(50)
    order = np.random.default_rng(1).permutation(50)
    for name, rows in (("a", np.arange(50)), ("b", order)):
        columns = {
            "patient": [f"p{row // 2}" for row in rows],
            "region": [regions[row] for row in rows],
            "sequence": ["T1"] * 50,
        }
        write_parquet(tmp_path / f"{name}.parquet", [f"s{row}" for row in rows], vectors[rows], columns)
    first, second = (scored(TableSource(tmp_path / f"{name}.parquet")) for name in "ab")
    for measure, figure in first.figures.items():
        assert second.figures[measure].value == pytest.approx(figure.value, abs=1e-12)


def test_a_run_of_the_cosines_has_the_numbers_of_the_vectors(tmp_path: Path) -> None:
    file = write_clustered(tmp_path / "x.parquet", 60)
    vectors, _ = clustered(60)
    scores = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    run = {f"s{i}": {f"s{j}": float(scores[i, j]) for j in range(60)} for i in range(60)}
    by_run = scored(TableSource(file, run=write_run(tmp_path / "r", run)))
    by_vectors = scored(TableSource(file))
    assert OF_A_RUN in by_run.notes
    for measure, figure in by_vectors.figures.items():
        assert by_run.figures[measure].value == pytest.approx(figure.value, abs=1e-9)
        assert by_run.figures[measure].chance == figure.chance


def test_judgments_decide_where_they_are_given(tmp_path: Path) -> None:
    file = write_clustered(tmp_path / "x.parquet", 30)
    qrels = write_qrels(tmp_path / "q", {"s0": {"s5": 3, "s7": 1, "s1": 1}, "s2": {"s9": 1}})
    result = scored(TableSource(file, qrels=qrels))
    assert (result.rules, result.queries, result.without_relevant) == (("qrels",), 30, 28)
    assert (result.relevant.min, result.relevant.max) == (1, 2), "s1 is of the patient of s0, and left out"
    both = replace(FAST, relevance=(parse_rule("qrels"), parse_rule("region")))
    assert scored(TableSource(file, qrels=qrels), both).without_relevant == 0
    with pytest.raises(UsageError, match="do not use them"):
        TableSource(file, qrels=qrels).evaluate(replace(FAST, relevance=(parse_rule("region"),)))
    with pytest.raises(UsageError, match="needs a file of judgments"):
        TableSource(file).evaluate(replace(FAST, relevance=(parse_rule("qrels"),)))


def test_studies_as_a_whole(tmp_path: Path) -> None:
    vectors, regions = clustered(40)
    columns = {
        "patient": [f"p{i // 4}" for i in range(40)],
        "study": [f"st{i // 2}" for i in range(40)],
        "region": [regions[i // 4 * 4] for i in range(40)],
        "sequence": ["T1"] * 40,
    }
    file = write_parquet(tmp_path / "x.parquet", [f"s{i}" for i in range(40)], vectors, columns)
    by_study = replace(FAST, level=Level.STUDY)
    result = scored(TableSource(file), by_study)
    assert (result.queries, result.queried, result.excluded.max) == (20, "study", 2)
    run = write_run(tmp_path / "r", {"st0": {"st5": 1.0}})
    assert scored(TableSource(file, run=run), by_study).without_vector == 19
    with pytest.raises(UsageError, match="not in the tables"):
        TableSource(file, run=run).evaluate(FAST)


def test_patients_must_be_known_or_said_not_to_matter(tmp_path: Path) -> None:
    vectors, regions = clustered(20)
    columns = {"region": regions, "sequence": ["T1"] * 20}
    file = write_parquet(tmp_path / "x.parquet", [f"s{i}" for i in range(20)], vectors, columns)
    with pytest.raises(UsageError, match="20 of 20 series items have no patient to exclude") as caught:
        TableSource(file).evaluate(FAST)
    assert "--allow-same-patient" in caught.value.remedy
    result = scored(TableSource(file), replace(FAST, allow_same_patient=True))
    assert result.excluded.max == 1, "the query itself"
    assert any("own patient may be found" in note for note in result.notes)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (replace(FAST, tasks=(Task.TEXT_TO_IMAGE,)), "not those who are ranked"),
        (replace(FAST, tasks=(Task.IMAGE_TO_IMAGE, Task.TEXT_TO_TEXT)), "one task"),
        (replace(FAST, relevance=(parse_rule("regoin"),)), '--?queries has no column "regoin".*"region"'),
        (replace(FAST, relevance=(parse_rule("plane+region"),)), 'no column "plane"'),
        (replace(FAST, exclude=("patient", "site")), 'no column "site"'),
        (replace(FAST, exclude=("region",)), "flatters"),
        (replace(FAST, strata=("age",)), 'no column "age"'),
        (replace(FAST, tasks=(Task.TEXT_TO_TEXT,), relevance=(parse_rule("overlap:finding"),)), 'no column "finding"'),
        (replace(FAST, probes=True), "Probes"),
        (replace(FAST, level=Level.STUDY), 'no column "study"'),
    ],
)
def test_what_the_tables_do_not_have_is_named(tmp_path: Path, settings: Settings, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("--?queries", "queries")):
        TableSource(write_clustered(tmp_path / "x.parquet", 20)).evaluate(settings)


def test_sides_that_cannot_be_compared(tmp_path: Path) -> None:
    queries = write_clustered(tmp_path / "q.parquet", 20)
    wide = write_parquet(tmp_path / "w.parquet", ["a", "b"], np.eye(2, 20, dtype=np.float32), {"study": ["1", "2"]})
    bare = write_parquet(tmp_path / "b.parquet", ["a", "b"], None, {"region": ["x", "y"]})
    cross = replace(FAST, tasks=(Task.TEXT_TO_IMAGE,), relevance=(parse_rule("region"),))
    with pytest.raises(UsageError, match="--queries have 16 dimensions, those of --items 20"):
        TableSource(queries, wide).evaluate(cross)
    with pytest.raises(UsageError, match="--items has no vectors, and there is no run"):
        TableSource(queries, bare).evaluate(cross)
    with pytest.raises(UsageError, match="decided by study or report"):
        TableSource(queries, queries).evaluate(replace(cross, relevance=()))
    with pytest.raises(NotFoundError):
        TableSource(queries, tmp_path / "none.parquet").evaluate(cross)


def test_files_that_make_no_task(tmp_path: Path) -> None:
    file = tmp_path / "x"
    with pytest.raises(UsageError, match="items alone"):
        TableSource(run=file, qrels=file).evaluate(replace(FAST, tasks=(Task.TEXT_TO_IMAGE,), level=Level.STUDY))
    for source in ({"run": file}, {"qrels": file}, {"items": file}, {"items": file, "run": file, "qrels": file}):
        with pytest.raises(UsageError):
            TableSource(**source)


def test_items_without_a_vector_are_counted(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    vectors, regions = clustered(30)
    rows = [None if place in {3, 4, 7} else vectors[place].tolist() for place in range(30)]
    columns = {"id": [f"s{i}" for i in range(30)], "vector": pa.array(rows, pa.list_(pa.float32()))}
    columns |= {"patient": [f"p{i}" for i in range(30)], "region": regions, "sequence": ["T1"] * 30}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    result = scored(TableSource(tmp_path / "x.parquet"))
    assert result.without_vector == 3
    assert "3 of the 30 series items have no vector in x.parquet: not found, finding nothing." in result.notes


def test_the_channel_may_be_named(tmp_path: Path) -> None:
    file = write_clustered(tmp_path / "x.parquet", 20)
    assert scored(TableSource(file), replace(FAST, channels=(Channel.CARD,))).spec.channel is Channel.CARD


def test_contents_are_those_of_the_files_in_their_roles(tmp_path: Path) -> None:
    first, second = (write_clustered(tmp_path / f"{n}.parquet", 20, seed=n) for n in (1, 2))
    contents = TableSource(first, second).contents
    assert contents == TableSource(first, second).contents
    assert contents != TableSource(second, first).contents
    assert contents != TableSource(first).contents
