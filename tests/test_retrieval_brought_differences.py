"""Two reports number by number."""

import copy

from retrieval.brought.differences import compare_documents, lines_of

REPORT = {
    "version": 2,
    "subject": {"name": "a", "content": "12", "series": 3},
    "environment": {"made_at": "today"},
    "tasks": [{"metrics": {"hit@1": 0.1 + 0.2}, "interval": [0.25, None], "flag": True, "strata": []}],
}


def test_equal_reports_are_identical_whatever_the_machine_and_the_folder() -> None:
    other = copy.deepcopy(REPORT) | {"environment": {"made_at": "tomorrow"}}
    other["subject"] = {"name": "moved", "content": "12", "series": 3}
    found = compare_documents(REPORT, other)
    assert found.differences == ()
    assert lines_of(found) == ["identical: 4 numbers"], "version, series, hit@1 and the lower end of the interval"


def test_the_last_bit_is_seen() -> None:
    other = copy.deepcopy(REPORT)
    other["tasks"][0]["metrics"]["hit@1"] = 0.3  # type: ignore[index]
    (difference,) = compare_documents(REPORT, other).differences
    assert str(difference) == "tasks[0].metrics.hit@1: was 0.30000000000000004, is 0.3"


def test_what_is_missing_new_or_of_another_kind_is_seen() -> None:
    other = copy.deepcopy(REPORT)
    other["tasks"] = [{"metrics": {"hit@1": 0.1 + 0.2, "mrr": 1.0}, "interval": [0.25, 0.5], "flag": 1, "strata": [7]}]
    paths = {one.path: (one.before, one.after) for one in compare_documents(REPORT, other).differences}
    assert paths == {
        "tasks[0].metrics.mrr": ("nothing", "1.0"),
        "tasks[0].interval[1]": ("null", "0.5"),
        "tasks[0].flag": ("true", "1"),
        "tasks[0].strata": ("[]", "nothing"),
        "tasks[0].strata[0]": ("nothing", "7"),
    }
    assert compare_documents({"a": 1}, {"a": 1.0}).differences, "a whole number is no fraction"


def test_the_first_twenty_are_shown_and_all_are_counted() -> None:
    found = compare_documents({"a": list(range(30))}, {"a": list(range(1, 31))})
    lines = lines_of(found)
    assert len(lines) == 21
    assert lines[0] == "a[0]: was 0, is 1"
    assert lines[-1] == "different: 30 places, of 30 numbers compared"
