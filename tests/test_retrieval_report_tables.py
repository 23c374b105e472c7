"""CSV, LaTeX and the table of queries hold the numbers of the evaluation, and nobody's name."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.results import Evaluation, TaskResult
from retrieval.report.figures_csv import COLUMNS, as_csv
from retrieval.report.latex import as_latex, escaped
from retrieval.report.query_table import query_table, write_query_table
from tests.report_cases import plain, skilled


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return skilled()


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Any:
    return plain(evaluation)


def rows(text: str, **wanted: str) -> list[dict[str, str]]:
    found = csv.DictReader(io.StringIO(text))
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def test_the_csv_has_a_row_a_measure_with_all_that_it_is_read_against(document: Any) -> None:
    text = as_csv([document])
    assert text.splitlines()[0] == ",".join(COLUMNS)
    for task in document["tasks"]:
        for name, value in task["metrics"].items():
            (row,) = rows(text, part="measure", task=task["task"], measure=name)
            low, high = task["intervals"][name]
            assert (float(row["value"]), float(row["low"]), float(row["high"])) == (value, low, high)
            assert float(row["chance"]) == task["chance"][name] and float(row["ceiling"]) == task["ceiling"][name]
            assert set(task["baselines"]) == {"random", "permuted", "header"} and row["length"] == ""
            for kind in task["baselines"]:
                assert float(row[kind]) == task["baselines"][kind][name]
        assert len(rows(text, part="group", task=task["task"])) == len(task["strata"])
        assert len(rows(text, part="curve", task=task["task"])) == 2 * len(task["curve"])
    group = document["tasks"][-1]["strata"][0]
    (row,) = rows(text, part="group", task=document["tasks"][-1]["task"], by=group["by"], group=group["value"])
    assert (float(row["value"]), row["patients"]) == (group["metric"]["value"], str(group["patients"]))


def test_what_does_not_exist_is_empty_in_the_csv(document: Any) -> None:
    changed = json.loads(json.dumps(document))
    changed["tasks"][0]["intervals"]["mrr"] = None
    changed["tasks"][0]["baselines"] = {}
    (row,) = rows(as_csv([changed]), part="measure", task=changed["tasks"][0]["task"], measure="mrr")
    assert row["low"] == row["high"] == row["random"] == "" and row["value"] != ""


def test_latex_tables_are_escaped_and_say_what_they_rest_on(document: Any) -> None:
    named = document | {"subject": document["subject"] | {"name": r"50%_of & {all} \input{x}"}}
    text = as_latex([named])
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 3
    assert r"50\%\_of \& \{all\} \textbackslash{}input\{x\}" in text and r"\input{x}" not in text
    task = document["tasks"][0]
    low, high = task["intervals"]["hit@10"]
    start = f"hit@10 & {task['metrics']['hit@10']:.3f} & {low:.3f} to {high:.3f} & {task['chance']['hit@10']:.3f} & "
    assert start in text
    assert f"pool of {task['pool']} (series)" in text and f"{task['patients']} patients" in text
    assert "items of the query's own patient excluded" in text and "nobody excluded" in text
    assert f"of hit@10: {task['chance']['hit@10']:.3f}" in text
    assert r"median\_rank & " in text


def test_latex_escapes_every_special_sign() -> None:
    assert escaped("a_b#c$d%e&f~g^h\\i{j}k<l>m|n\no") == (
        r"a\_b\#c\$d\%e\&f\textasciitilde{}g\textasciicircum{}h\textbackslash{}i\{j\}k\textless{}l\textgreater{}m"
        r"\textbar{}n o"
    )


def test_the_means_of_the_query_table_are_the_figures(evaluation: Evaluation) -> None:
    for result in evaluation.tasks:
        assert result.detail is not None
        table = query_table(result, result.detail)
        assert table.num_rows == result.queries
        for measure, figure in result.figures.items():
            values = table[str(measure)].drop_null().to_numpy()
            assert len(values) == result.queries - result.without_relevant
            if not measure.is_rank:
                assert values.mean() == pytest.approx(figure.value, abs=1e-12)
        assert len(set(table["patient"].to_pylist())) >= result.patients
        ranks = table["first_rank"].drop_null().to_numpy()
        assert np.median(ranks) == pytest.approx(result.figures[parse_measure("median_rank")].value, abs=0.5)


def test_the_query_table_names_no_patient_unless_asked(evaluation: Evaluation) -> None:
    result = evaluation.tasks[0]
    assert result.detail is not None
    table = query_table(result, result.detail)
    assert "patient_id" not in table.column_names
    assert not any("pat-" in str(value) for name in table.column_names for value in table[name].to_pylist())
    named = query_table(result, result.detail, patients=True)
    patients = result.detail.built.queries.of("patient")
    assert named["patient_id"].to_pylist() == [one[0] for one in patients]
    pairs = set(zip(named["patient_id"].to_pylist(), named["patient"].to_pylist(), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({one for _, one in pairs})


def test_the_query_table_comes_back_from_its_file(evaluation: Evaluation, tmp_path: Any) -> None:
    result = evaluation.tasks[0]
    assert result.detail is not None
    table = query_table(result, result.detail)
    write_query_table(tmp_path / "queries" / "one.parquet", table)
    read = pq.read_table(tmp_path / "queries" / "one.parquet")
    assert read.equals(table)
    assert read.column_names[:6] == ["query", "id", "patient", "relevant", "pool", "first_rank"]
    said = json.loads(read.schema.metadata[b"mrseek"])
    assert said["version"] == 1 and said["task"] == result.spec.task.value
    assert read.column_names[6:9] == ["first_above", "first_tied", "first_tied_relevant"]
    assert said["measures"] == list(map(str, result.figures)) == read.column_names[9:]


def test_a_query_that_nothing_is_relevant_to_has_nulls(evaluation: Evaluation) -> None:
    result: TaskResult = evaluation.tasks[0]
    assert result.detail is not None
    ranks, scores = result.detail.ranks.copy(), result.detail.scores
    ranks[0] = np.nan
    values = scores.reached.values.copy()
    values[0] = np.nan
    missing = replace(
        result.detail, ranks=ranks, scores=replace(scores, reached=replace(scores.reached, values=values))
    )
    table = query_table(result, missing)
    assert table["first_rank"][0].as_py() is None and table["hit@1"][0].as_py() is None
    assert table["hit@1"][1].as_py() is not None
