"""The page says what the document says, asks nothing of the network, and cannot be made to run what a header holds."""

import copy
import re
from typing import Any

import pytest

from retrieval.evaluation.evaluate import evaluate_data
from retrieval.report.page import as_page, document_names
from retrieval.report.words import digits_of, shown
from tests.evaluation_cases import world
from tests.report_cases import SETTINGS, ReadPage, plain, skilled

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def document() -> Any:
    return plain(skilled())


@pytest.fixture
def changed(document: Any) -> Any:
    return copy.deepcopy(document)


def test_every_number_of_the_document_stands_on_the_page(document: Any) -> None:
    cells = set(ReadPage(as_page([document])).texts)
    for task in document["tasks"]:
        for name, value in task["metrics"].items():
            digits = digits_of(name)
            assert {name, shown(value, digits), shown(task["chance"][name], digits)} <= cells
            assert shown(task["ceiling"][name], digits) in cells
            low, high = task["intervals"][name]
            assert f"{low:.{digits}f} to {high:.{digits}f}" in cells
            assert {shown(task["baselines"][kind][name], digits) for kind in task["baselines"]} <= cells
        for point in task["curve"]:
            assert {str(point["k"]), shown(point["hit"]["value"]), shown(point["recall"]["value"])} <= cells
        for one in task["strata"]:
            assert {one["value"], shown(one["metric"]["value"])} <= cells
        for note in task["notes"]:
            assert note in cells
        for one in task["naive"]:
            assert {shown(one["random"]), shown(one["vectors_apart"])} <= cells
        for one in task["examples"]:
            assert one["query"]["id"] in cells


def test_the_row_of_a_measure_holds_its_own_numbers(document: Any) -> None:
    """Not only somewhere: in the right order, in one row."""
    task = document["tasks"][0]
    low, high = task["intervals"]["mrr"]
    numbers = [f"{task['metrics']['mrr']:.3f}", f"{low:.3f} to {high:.3f}", f"{task['chance']['mrr']:.3f}"]
    numbers += [f"{task['baselines'][kind]['mrr']:.3f}" for kind in ("random", "permuted", "header")]
    row = [">mrr</td>", *(f"<td>{number}</td>" for number in (*numbers, f"{task['ceiling']['mrr']:.3f}"))]
    assert "".join(row) in as_page([document])


def test_the_page_asks_nothing_of_the_network(document: Any) -> None:
    page = as_page([document])
    read = ReadPage(page)
    links = [value for _, attributes in read.tags for key, value in attributes.items() if key in {"src", "href"}]
    assert links and all(link and link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert not re.search(r"https?:|@import|url\(", page)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in read.tags}
    anchors = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    assert {str(link)[1:] for link in links if str(link).startswith("#")} <= anchors


def test_names_from_headers_are_text_never_markup(changed: Any) -> None:
    changed["subject"]["name"] = HOSTILE
    changed["environment"]["processor"] = HOSTILE
    changed["configuration"][HOSTILE] = HOSTILE
    for task in changed["tasks"]:
        task["queried"] = task["ranked"] = task["relevance"][0] = HOSTILE
        task["notes"] = [HOSTILE]
        for one in (*task["strata"], *([task["worst"]] if task["worst"] else [])):
            one["by"] = one["value"] = HOSTILE
        for one in task["confusions"]:
            one["by"], one["classes"] = HOSTILE, [f'"{HOSTILE}'] * len(one["classes"])
        for one in task["examples"]:
            for item in (one["query"], *one["hits"]):
                item["id"], item["facts"] = HOSTILE, {HOSTILE: HOSTILE}
    comparison = {HOSTILE: HOSTILE, "task": HOSTILE, "effect": 0.1, "interval": [0.0, 0.2], "p": 0.04}
    page = as_page([changed], slices={HOSTILE: b"png"}, comparisons=[comparison])
    read = ReadPage(page)
    assert "<script" not in page and HOSTILE in read.text
    assert not read.of("script")
    assert not [key for _, attributes in read.tags for key in attributes if key.startswith("on")]


def test_an_evaluation_without_any_task_says_why() -> None:
    evaluation = evaluate_data(world([("a", "1", "x")], (), {}), SETTINGS)
    assert not evaluation.tasks
    read = ReadPage(as_page([plain(evaluation)]))
    assert "Nothing could be scored" in read.text
    assert read.text.count("not scored") == len(evaluation.skipped) == 3
    assert not read.of("svg")


def test_numbers_that_do_not_exist_are_dashes(changed: Any) -> None:
    task = changed["tasks"][0]
    for name in task["metrics"]:
        task["intervals"][name] = None
        task["chance"][name] = task["ceiling"][name] = None
    task["metrics"]["hit@5"] = None
    task["intervals"]["hit@1"] = [None, None]
    for point in task["curve"]:
        point["hit"] = {"value": None, "interval": None, "chance": None, "ceiling": None}
    for one in task["strata"]:
        one["metric"] = {"value": None, "interval": [None, None], "chance": None, "ceiling": None}
    task["worst"] = None
    page = as_page([changed])
    ReadPage(page)
    assert "<td>-</td>" in page and "None" not in page and ">nan" not in page


def test_a_curve_of_one_point_is_drawn(changed: Any) -> None:
    changed["tasks"] = changed["tasks"][:1]
    changed["tasks"][0]["curve"] = changed["tasks"][0]["curve"][:1]
    read = ReadPage(as_page([changed]))
    assert any("hit@k over k" in str(one.get("aria-label")) for one in read.of("svg"))


def test_a_task_by_its_median_rank_has_an_axis_of_ranks(changed: Any) -> None:
    task = changed["tasks"][0]
    task["headline"] = "median_rank"
    rank = task["metrics"]["median_rank"]
    for one in task["strata"]:
        one["metric"] = {"value": 3.0, "interval": [1.0, 7.0], "chance": 21.0, "ceiling": 1.0}
    read = ReadPage(as_page([changed]))
    assert f"{rank:.1f}" in read.texts and "21.0" in read.texts


def test_documents_of_one_page_are_told_apart(document: Any, changed: Any) -> None:
    changed["subject"]["encoder"]["name"] = "baseline"
    assert document_names([document, changed]) == ["archive, towers", "archive, baseline"]
    assert document_names([document, document]) == ["archive, towers (1)", "archive, towers (2)"]
    page = as_page([document, changed])
    summary = page[: page.index("</table>")]
    assert summary.count("archive, towers</a>") == summary.count("archive, baseline</a>") == len(document["tasks"])
    value = document["tasks"][0]["metrics"]["hit@10"]
    assert f'<td class="strong">{value:.3f}</td>' in summary


def test_the_worst_group_is_named_and_marked(document: Any) -> None:
    task = next(one for one in document["tasks"] if one["worst"])
    page = as_page([document | {"tasks": [task]}])
    assert f"▸ {task['worst']['value']}" in page
    assert f"{task['worst']['by']} {task['worst']['value']}, {task['headline']}" in ReadPage(page).text


def test_slices_are_data_and_missing_ones_are_counted(document: Any) -> None:
    task = document["tasks"][0]
    hit = task["examples"][0]["hits"][0]["id"]
    page = as_page([document | {"tasks": [task]}], slices={hit: b"\x89PNG"})
    shown_slices = ReadPage(page).of("img")
    assert shown_slices and {one["src"] for one in shown_slices} == {"data:image/png;base64,iVBORw=="}
    assert all(one["alt"] for one in shown_slices)
    ids = {item["id"] for one in task["examples"] for item in (one["query"], *one["hits"])}
    assert f"{len(ids) - 1} of {len(ids)} items have no slice to show." in page
    assert "no slice" not in as_page([document])


def test_probes_clusters_and_comparisons_are_shown(changed: Any) -> None:
    share = {"name": "same region", "n": 9, "value": 0.4567}
    probe = {"kind": "side", "control": False, "form": "forced choice", "channel": "image", "n": 50, "found": 61}
    probe |= {"patients": 20, "value": 0.635, "interval": [0.412, 0.853], "chance": 0.5, "note": ""}
    probe |= {"directions": [], "references": [share]}
    missing = probe | {"kind": "region", "value": None, "interval": None, "note": "not applicable: spaces differ"}
    changed["probes"] = [probe, missing]
    changed["report_clusters"] = {
        "similarity": 0.9,
        "reports": 40,
        "clusters": 2,
        "members": 7,
        "largest": [["rep-1", "rep-2"]],
    }
    compared = {"task": "image-to-image", "measure": "hit@1", "a": "old", "b": "new"}
    compared |= {"value_a": 0.5, "value_b": 0.4659, "effect": -0.0341}
    compared |= {"interval": [-0.07, 0.001], "p": 0.0512, "p_corrected": 0.0004, "patients": 30}
    rank = compared | {"measure": "median_rank", "effect": 2.5, "interval": None}
    read = ReadPage(as_page([changed], comparisons=[compared, rank]))
    assert {"0.635", "0.412 to 0.853", "50 of 61", "not applicable: spaces differ"} <= set(read.texts)
    assert "same region 0.457 (9)" in read.text
    assert "7 of 40 reports say (nearly) the same" in read.text and "rep-1, rep-2" in read.text
    assert {"-0.034", "-0.070 to 0.001", "old", "0.466", "0.051", "<0.001", "30", "2.5", "p corrected"} <= set(
        read.texts
    )
    (drawn,) = (one["aria-label"] for one in read.of("svg") if "Difference" in str(one.get("aria-label")))
    assert drawn == "Difference, b less a: hit@1 -0.034"
