"""Runs and judgments, read by another tool: it computes our numbers from our files, without any of our code."""

from dataclasses import replace

import ir_measures
import numpy as np
import pytest

from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.results import Detail, Evaluation, TaskResult
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.task_names import Task
from retrieval.report.trec import grades, qrels_text, run_text
from tests.evaluation_cases import archive
from tests.report_cases import SETTINGS, skilled

NAMES = {"hit@1": "Success@1", "hit@5": "Success@5", "recall@5": "R@5", "precision@5": "P@5", "ndcg@10": "nDCG@10"}


def detail_of(result: TaskResult) -> Detail:
    assert result.detail is not None
    return result.detail


def theirs(result: TaskResult, names: list[str]) -> dict[str, float]:
    """What ir_measures makes of the files."""
    run = ir_measures.read_trec_run(run_text(detail_of(result)))
    qrels = list(ir_measures.read_trec_qrels(qrels_text(detail_of(result))))
    measures = {name: ir_measures.parse_measure(NAMES[name]) for name in names}
    found = ir_measures.calc_aggregate(list(measures.values()), qrels, list(run))
    return {name: found[measure] for name, measure in measures.items()}


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return skilled(replace(SETTINGS, measures=tuple(map(parse_measure, NAMES))))


@pytest.mark.parametrize("task", [Task.TEXT_TO_IMAGE, Task.IMAGE_TO_TEXT, Task.IMAGE_TO_IMAGE])
def test_another_tool_gets_our_numbers(evaluation: Evaluation, task: Task) -> None:
    result = next(one for one in evaluation.tasks if one.spec.task is task)
    for name, value in theirs(result, list(NAMES)).items():
        assert value == pytest.approx(result.figures[parse_measure(name)].value, abs=1e-9), name


def test_nobody_excluded_stands_in_run_or_qrels(evaluation: Evaluation) -> None:
    result = next(one for one in evaluation.tasks if one.spec.task is Task.IMAGE_TO_IMAGE)
    built = detail_of(result).built
    patient = dict(zip(built.queries.ids, built.queries.of("patient"), strict=True))
    pairs = [line.split() for line in (run_text(detail_of(result)) + qrels_text(detail_of(result))).splitlines()]
    assert pairs and all(patient[pair[0]] != patient[pair[2]] for pair in pairs)


def test_lines_have_the_form_that_tools_read(evaluation: Evaluation) -> None:
    detail = detail_of(evaluation.tasks[0])
    lines = [line.split(" ") for line in run_text(detail).splitlines()]
    assert {len(line) for line in lines} == {6} and {(line[1], line[5]) for line in lines} == {("Q0", "mrseek")}
    assert len(lines) == len(detail.built.queries) * SETTINGS.depth
    first = lines[: SETTINGS.depth]
    assert [int(line[3]) for line in first] == list(range(1, SETTINGS.depth + 1))
    assert [float(line[4]) for line in first] == sorted((float(line[4]) for line in first), reverse=True)
    hits = detail.scores.hits
    assert hits is not None and np.float32(first[0][4]) == hits.scores[0, 0]


def test_graded_gains_become_hundredths_and_ndcg_hardly_moves() -> None:
    settings = replace(
        SETTINGS,
        tasks=(Task.IMAGE_TO_IMAGE,),
        relevance=(parse_rule("overlap:region+sequence"),),
        measures=(parse_measure("ndcg@10"),),
    )
    result = evaluate_data(archive(40, 1, skill=1.0), settings).tasks[0]
    found = {int(line.split()[3]) for line in qrels_text(detail_of(result)).splitlines()}
    assert found == {33, 100}  # all are T1: another region shares one of three labels
    assert theirs(result, ["ndcg@10"])["ndcg@10"] == pytest.approx(
        result.figures[parse_measure("ndcg@10")].value, abs=5e-3
    )


def test_whole_gains_stay_as_they_are() -> None:
    assert grades(np.array([1.0, 3.0, 2.0]), whole=True).tolist() == [1, 3, 2]
    assert grades(np.array([1 / 3, 2 / 3, 0.0001]), whole=False).tolist() == [33, 67, 1]
