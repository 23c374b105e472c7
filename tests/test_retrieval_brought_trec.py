"""Runs and judgments: hand-worked, line by line, and against ir_measures."""

from pathlib import Path

import ir_measures
import numpy as np
import pytest

from common.errors import UsageError
from retrieval.brought.table_source import POOLED, TableSource
from retrieval.brought.trec import judgments, read_qrels, read_run, run_scores
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.results import TaskResult
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Task
from tests.brought_files import write_parquet, write_qrels, write_run

MEASURES = tuple(
    map(
        parse_measure,
        ("hit@1", "hit@3", "recall@3", "recall@20", "precision@5", "r_precision", "map", "mrr", "ndcg@10"),
    )
)
CROSS = Settings(tasks=(Task.TEXT_TO_IMAGE,), measures=MEASURES, draws=0)


def scored(source: TableSource, settings: Settings = CROSS) -> TaskResult:
    evaluation = source.evaluate(settings)
    assert not evaluation.skipped
    return evaluation.tasks[0]


def figures(result: TaskResult) -> dict[str, float]:
    return {str(measure): figure.value for measure, figure in result.figures.items()}


def test_a_run_of_three_queries_by_hand(tmp_path: Path) -> None:
    """q1 finds b second of 2 relevant, q2 finds nothing relevant, q3 is not in the run; q4 has nothing to be found."""
    run = {"q1": {"a": 3.0, "b": 2.0, "c": 1.0}, "q2": {"a": 1.0}, "q4": {"a": 1.0, "c": 0.5}}
    qrels = {"q1": {"b": 1, "d": 2, "a": 0}, "q2": {"b": 1}, "q3": {"a": 1}, "q4": {"a": -1, "b": 0}}
    source = TableSource(run=write_run(tmp_path / "r", run), qrels=write_qrels(tmp_path / "q", qrels))
    result = scored(source)
    assert (result.queries, result.without_relevant, result.without_vector, result.pool) == (4, 1, 1, 4)
    found = figures(result)
    assert found["hit@1"] == 0.0
    assert found["hit@3"] == pytest.approx(1 / 3)
    assert found["recall@3"] == pytest.approx((1 / 2) / 3)
    assert found["mrr"] == pytest.approx((1 / 2) / 3)
    assert found["map"] == pytest.approx((1 / 2) / 2 / 3)
    ideal = 2 / np.log2(2) + 1 / np.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3)) / ideal / 3)
    assert POOLED in result.notes


def made(
    queries: int, items: int, depth: int, seed: int
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, int]]]:
    """A run with distinct scores and graded judgments; some queries lack one or the other."""
    generator = np.random.default_rng(seed)
    run: dict[str, dict[str, float]] = {}
    qrels: dict[str, dict[str, int]] = {}
    for query in range(queries):
        scores = generator.permutation(items * 7)[:depth] / 3.0 + 1e-9
        if query % 9 != 4:
            run[f"q{query}"] = dict(
                zip((f"i{i}" for i in generator.permutation(items)[:depth]), scores.tolist(), strict=True)
            )
        judged = generator.permutation(items)[: generator.integers(1, 12)]
        if query % 11 != 5:
            qrels[f"q{query}"] = {f"i{i}": int(generator.integers(0, 4)) for i in judged}
    qrels["q0"] = {"i0": 2}
    return run, qrels


@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_those_of_ir_measures(tmp_path: Path, seed: int) -> None:
    run, qrels = made(60, 80, 25, seed)
    source = TableSource(run=write_run(tmp_path / "r", run), qrels=write_qrels(tmp_path / "q", qrels))
    theirs = {
        "hit@1": ir_measures.Success @ 1,
        "hit@3": ir_measures.Success @ 3,
        "recall@3": ir_measures.R @ 3,
        "recall@20": ir_measures.R @ 20,
        "precision@5": ir_measures.P @ 5,
        "r_precision": ir_measures.Rprec,
        "map": ir_measures.AP,
        "mrr": ir_measures.RR,
        "ndcg@10": ir_measures.nDCG @ 10,
    }
    relevant = {query for query, judged in qrels.items() if any(gain > 0 for gain in judged.values())}
    values: dict[str, list[float]] = {str(measure): [] for measure in theirs.values()}
    for metric in ir_measures.iter_calc(list(theirs.values()), qrels, run):
        if metric.query_id in relevant:  # they score queries without a relevant item 0, we leave them out of the mean
            values[str(metric.measure)].append(metric.value)
    found = figures(scored(source))
    for ours, measure in theirs.items():
        assert found[ours] == pytest.approx(sum(values[str(measure)]) / len(relevant), abs=1e-9), ours


def test_scores_that_float32_cannot_tell_apart_are_told_apart(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", {"q": {"a": 1.0, "b": 1.0 + 1e-12}})
    result = scored(TableSource(run=run, qrels=write_qrels(tmp_path / "q", {"q": {"b": 1}})))
    assert figures(result)["hit@1"] == 1.0


def test_ties_are_worth_their_mean(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", {"q": {"a": 1.0, "b": 1.0, "c": 1.0}})
    result = scored(TableSource(run=run, qrels=write_qrels(tmp_path / "q", {"q": {"c": 1}})))
    assert figures(result)["hit@1"] == pytest.approx(1 / 3)


def test_with_tables_the_pool_is_theirs(tmp_path: Path) -> None:
    queries = write_parquet(tmp_path / "q.parquet", ["q1", "q2"])
    items = write_parquet(tmp_path / "i.parquet", [f"i{i}" for i in range(10)])
    run = write_run(tmp_path / "r", {"q1": {"i1": 1.0}})
    qrels = write_qrels(tmp_path / "j", {"q1": {"i1": 1}, "q2": {"i3": 1}})
    result = scored(TableSource(queries, items, run, qrels))
    assert (result.pool, result.queries, result.without_vector) == (10, 2, 1)
    assert figures(result)["hit@1"] == 0.5
    assert POOLED not in result.notes
    with pytest.raises(UsageError, match=r"1 line of r name an item that is not in the tables \(line 2\)"):
        write_run(tmp_path / "r", {"q1": {"i1": 2.0, "elsewhere": 1.0}})
        TableSource(queries, items, run, qrels).evaluate(CROSS)
    with pytest.raises(UsageError, match=r"2 lines of j name a query that is not in the tables \(line 2, 3\)"):
        write_run(tmp_path / "r", {"q1": {"i1": 2.0}})
        write_qrels(tmp_path / "j", {"q1": {"i1": 1}, "q9": {"i3": 1, "i4": 1}})
        TableSource(queries, items, run, qrels).evaluate(CROSS)


def test_tabs_let_ids_hold_blanks(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("q 1\tQ0\titem a\t1\t0.5\tx\n\nq 1\tQ0\titem b\t2\t0.25\tx\n")
    (tmp_path / "q").write_text("q 1\t0\titem b\t1\n")
    run, qrels = read_run(tmp_path / "r"), read_qrels(tmp_path / "q")
    assert (list(run.queries), list(run.items), list(run.numbers)) == (["q 1"] * 2, ["item a", "item b"], [1, 3])
    positions, scores = run_scores(run, ["q 0", "q 1"], ["item b", "item a"], "x").found[1]
    assert (positions.tolist(), scores.tolist()) == ([1, 0], [0.5, 0.25])
    judged = judgments(qrels, ["q 0", "q 1"], ["item b", "item a"], "x")
    assert judged.judged(0).positions.tolist() == []
    assert judged.judged(1).positions.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("q Q0 a 1 0.5\nq Q0 b 1 0.4 x\nq a\n", r"2 lines of f do not have 6 columns \(line 1, 3\)"),
        (
            "q Q0 a 1 nan x\nq Q0 b 1 inf x\nq Q0 c 1 high x\n",
            r"3 lines of f .* finite number as score \(line 1, 2, 3\)",
        ),
        (
            "q Q0 a 1 2 x\nq Q0 b 2 1 x\nq Q0 a 3 1 x\n",
            r"1 line of f name an item .* already \(line 3\)",
        ),
        ("\n \n", "empty"),
        ("", "empty"),
        ("q Q0 a b\n" * 9, r"9 lines of f .*\(line 1, 2, 3, 4, 5, ...\)"),
    ],
)
def test_bad_lines_of_a_run_are_counted_and_numbered(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "f").write_text(text)
    with pytest.raises(UsageError, match=says) as caught:
        read_run(tmp_path / "f")
    assert "high" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("q 0 a\n", "do not have 4 columns"),
        ("q 0 a nan\n", "no finite number as gain"),
        ("q 0 a 1\nq 0 a 0\n", r"already \(line 2\)"),
    ],
)
def test_bad_lines_of_qrels(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "f").write_text(text)
    with pytest.raises(UsageError, match=says):
        read_qrels(tmp_path / "f")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(np.random.default_rng(1).bytes(1000))
    with pytest.raises(UsageError, match="cannot be read as text"):
        read_run(tmp_path / "f")


def test_nothing_relevant_at_all_is_skipped_with_a_reason(tmp_path: Path) -> None:
    source = TableSource(
        run=write_run(tmp_path / "r", {"q": {"a": 1.0}}), qrels=write_qrels(tmp_path / "q", {"q": {"a": 0}})
    )
    evaluation = source.evaluate(CROSS)
    assert not evaluation.tasks
    assert "no relevant item" in evaluation.skipped[0].reason or "no query" in evaluation.skipped[0].reason
