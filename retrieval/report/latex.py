r"""Tables for a paper: `\input{tables.tex}` after `\usepackage{booktabs}`; the caption says what a reader must know."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.page_made import subject_name
from retrieval.report.tables import figure_rows, title
from retrieval.report.words import counted, shown

Document = Mapping[str, Any]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "\n": " ",
} | {sign: f"\\{sign}" for sign in "&%$#_"}


def as_latex(documents: Sequence[Document]) -> str:
    """A table a task; the empty text with a comment where nothing was scored."""
    tables = [_table(document, task) for document in documents for task in document["tasks"]]
    head = "% Made by mrseek. Needs \\usepackage{booktabs}.\n"
    return head + ("\n".join(tables) if tables else "% Nothing was scored.\n")


def escaped(text: str) -> str:
    r"""Text as LaTeX prints it.

    >>> print(escaped("50 % of T2*_w & {x} ~1 ^2"))
    50 \% of T2*\_w \& \{x\} \textasciitilde{}1 \textasciicircum{}2
    """
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def caption(document: Document, task: Document) -> str:
    """Pool, patients, exclusion, and chance: what any of the numbers means nothing without."""
    scored = task["queries"] - task["queries_without_relevant"]
    excluded = task["excluded"]["by"]
    left_out = f"items of the query's own {' and '.join(excluded)} excluded" if excluded else "nobody excluded"
    measure = task["headline"]
    return (
        f"{subject_name(document)}: {title(task)}. {counted(scored, 'query', 'queries')} ({task['queried']}) of "
        f"{counted(task['patients'], 'patient')}, pool of {task['pool']} ({task['ranked']}) from "
        f"{counted(task['pool_studies'], 'study', 'studies')}, {left_out}; relevant by "
        f"{' or '.join(task['relevance'])}. Intervals: 95 %, by patient. Chance (random order, exact) of "
        f"{measure}: {shown(task['chance'][measure])}."
    )


def _table(document: Document, task: Document) -> str:
    head, *rows = figure_rows(task)
    lines = [" & ".join(map(escaped, row)) + r" \\" for row in (head, *rows)]
    return "\n".join(
        (
            r"\begin{table}[t]",
            r"\centering",
            r"\small",
            rf"\caption{{{escaped(caption(document, task))}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        )
    )
