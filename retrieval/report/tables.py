"""An evaluation as Markdown and as aligned tables for the terminal, both made from its JSON document."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.words import bounds, digits_of, in_order, plain, shown

Document = Mapping[str, Any]
Row = tuple[str, ...]

BASELINE_NAMES = {
    "random": "random vectors",
    "permuted": "permuted pairs",
    "header": "header only",
    "length": "length only",
}
NAIVE_COLUMNS = ("random", "vectors", "random_apart", "vectors_apart")
_MOST_STRATA = 8


def as_markdown(document: Document) -> str:
    """A section a task, with a table of its measures, and the settings at the end."""
    blocks = ["# Recall benchmark", *subject_lines(document)]
    for task in document["tasks"]:
        blocks += [f"## {title(task)}", sentence(task), markdown_table(figure_rows(task))]
        blocks += [f"> {note}" for note in task["notes"]]
        blocks += [worst_sentence(task)] if task["worst"] else []
        blocks += [markdown_table(strata_rows(task))] if task["strata"] else []
        blocks += [naive_sentence(task), markdown_table(naive_rows(task))] if task["naive"] else []
    if document["probes"]:
        blocks += ["## Probes", markdown_table(probe_rows(document))]
    if document["skipped"]:
        reasons = [f"- {skipped_sentence(one)}" for one in document["skipped"]]
        blocks += ["## Not scored", "\n".join(reasons)]
    settings = [f"- {name}: {plain(value)}" for name, value in document["configuration"].items()]
    made = [f"- {name}: {plain(value)}" for name, value in document["environment"].items()]
    return "\n\n".join([*blocks, "## Settings", "\n".join(settings), "## Made by", "\n".join(made)]) + "\n"


def as_table(document: Document) -> str:
    """For the terminal: a block a task, its measures in aligned columns."""
    blocks = subject_lines(document)
    for task in document["tasks"]:
        lines = [f"{title(task)}: {sentence(task)}", *aligned(figure_rows(task))]
        lines += [f"  {worst_sentence(task)}"] if task["worst"] else []
        blocks.append("\n".join([*lines, *(f"  note: {note}" for note in task["notes"])]))
    if document["probes"]:
        blocks.append("\n".join(["probes:", *aligned(probe_rows(document))]))
    blocks += [skipped_sentence(one) for one in document["skipped"]]
    return "\n\n".join(blocks) + "\n"


def title(task: Document) -> str:
    """Such as "text-to-image on card", with level and aggregate where they are not the usual ones."""
    text = f"{task['task']} on {task['channel']}"
    if task["level"] != "series":
        text += f", by {task['level']}"
    return text if task["aggregate"] == "best" else f"{text}, {task['aggregate']} vectors"


def subject_lines(document: Document) -> list[str]:
    """What was evaluated, one sentence each."""
    lines = []
    for who, role in ((document["subject"], ""), (document["asked"], "Queries from: ")):
        if who is not None:
            snapshot = f"snapshot {who['snapshot']} of " if who["snapshot"] is not None else ""
            encoder = who["encoder"]["name"] or "not stated"
            print_of = f" ({who['encoder']['fingerprint'][:16]})" if who["encoder"]["fingerprint"] else ""
            held = f"{who['series']} series and {who['reports']} reports"
            lines.append(f"{role}{snapshot}{who['name']}, {held}, encoder {encoder}{print_of}.")
    clusters = document["report_clusters"]
    if clusters and clusters["members"]:
        lines.append(
            f"{clusters['members']} of {clusters['reports']} reports say (nearly) the same as another, from "
            f"{clusters['similarity']:g} alike; there are {clusters['clusters']} sets of such reports."
        )
    return lines


def sentence(task: Document) -> str:
    """Who asked whom, in words."""
    text = (
        f"{task['queries']} queries ({task['queried']}) of {task['patients']} patients, pool {task['pool']} "
        f"({task['ranked']}) of {task['pool_studies']} studies, relevant by {' or '.join(task['relevance'])}"
    )
    excluded, relevant = task["excluded"], task["relevant"]
    if excluded["by"]:
        low, high = excluded["min"], excluded["max"]
        text += (
            f", {' and '.join(excluded['by'])} excluded ({low if low == high else f'{low} to {high}'} items a query)"
        )
    text += f", {relevant['median']:g} relevant (median)"
    if task["queries_without_relevant"]:
        share = task["share_without_relevant"]
        text += f"; {task['queries_without_relevant']} ({share:.0%}) without any relevant item, not counted"
    if task["queries_without_vector"]:
        text += f"; {task['queries_without_vector']} without a vector, counted as failures"
    return text + "."


def worst_sentence(task: Document) -> str:
    """The group that is served worst."""
    worst = task["worst"]
    return (
        f"Worst group by {task['headline']}: {worst['by']} {worst['value']}, {shown(worst['metric']['value'])} "
        f"{bounds(worst['metric']['interval'])} over {worst['queries']} queries of {worst['patients']} patients "
        f"(chance {shown(worst['metric']['chance'])}; all: {shown(task['metrics'][task['headline']])})."
    )


def naive_sentence(task: Document) -> str:
    """What the table of the naive script shows."""
    return (
        "What a published script would have said (label overlap among the first k; query and own patient left in, one "
        f"list for all k), beside the same with {' and '.join(task['excluded']['by']) or 'the query'} excluded:"
    )


def skipped_sentence(one: Document) -> str:
    """Why a task was not scored."""
    return f"{one['task']} on {one['channel']}: not scored, {one['reason']}."


def figure_rows(task: Document) -> list[Row]:
    """Every measure with its interval, chance, baselines and ceiling; a head first."""
    kinds = [kind for kind in BASELINE_NAMES if kind in task["baselines"]]
    head = ("measure", "value", "95 % interval", "chance", *(BASELINE_NAMES[kind] for kind in kinds), "ceiling")
    rows = [head]
    for name in in_order(task["metrics"]):
        value = task["metrics"][name]
        digits = digits_of(name)
        below = (shown(task["baselines"][kind][name], digits) for kind in kinds)
        interval = bounds(task["intervals"][name], digits)
        known = (shown(task["chance"][name], digits), *below, shown(task["ceiling"][name], digits))
        rows.append((name, shown(value, digits), interval, *known))
    return rows


def strata_rows(task: Document) -> list[Row]:
    """The groups of each column, worst first; at most some of a column."""
    digits = digits_of(task["headline"])
    rows: list[Row] = [("by", "group", "queries", "patients", task["headline"], "95 % interval", "chance")]
    for column in dict.fromkeys(one["by"] for one in task["strata"]):
        groups = [one for one in task["strata"] if one["by"] == column][:_MOST_STRATA]
        for one in groups:
            metric = one["metric"]
            numbers = (shown(metric["value"], digits), bounds(metric["interval"], digits))
            who = (column, one["value"], str(one["queries"]), str(one["patients"]))
            rows.append((*who, *numbers, shown(metric["chance"], digits)))
    return rows


def naive_rows(task: Document) -> list[Row]:
    """Script and truth, side by side."""
    head = (
        "k",
        "script, random vectors",
        "script, these vectors",
        "done right, random vectors",
        "done right, these vectors",
    )
    return [head, *((str(one["k"]), *(shown(one[column]) for column in NAIVE_COLUMNS)) for one in task["naive"])]


def probe_rows(document: Document) -> list[Row]:
    """What the probes found, each beside who else was asked the same."""
    rows: list[Row] = [("probe", "asked", "of", "n", "right", "95 % interval", "others, asked the same")]
    for one in document["probes"]:
        name = f"{one['kind']} (control)" if one["control"] else one["kind"]
        others = ", ".join(f"{each['name']} {shown(each['value'])}" for each in one["references"])
        numbers = (str(one["n"]), shown(one["value"]), bounds(one["interval"]))
        rows.append((name, one["form"], one["channel"] or "text", *numbers, others or one["note"] or "-"))
    return rows


def markdown_table(rows: Sequence[Row]) -> str:
    """A head and its rows, numbers to the right; a cell may hold anything, and stays one cell."""
    head, *body = rows
    rule = ("---", *("---:" for _ in head[1:]))
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in (head, rule, *body))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def aligned(rows: Sequence[Row]) -> list[str]:
    """Columns of equal width, numbers to the right, two spaces before each line."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
