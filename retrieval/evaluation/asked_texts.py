"""Free texts as queries: what people would type, from a table, by the text tower that made a collection."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from common.atomic import sha256_of_file
from common.errors import UsageError
from common.suggest import nearest
from encoders.contract import TextTower
from retrieval.evaluation.facts import TEXT_LENGTH, TEXT_NEGATION, TEXT_SIDE, interned
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, Values
from retrieval.evaluation.results import Subject
from retrieval.evaluation.rules import Rule, RuleKind, with_joined
from retrieval.probes.text_facts import length_band, negation_of, side_of

TEXT, ID = "text", "id"
SEVERAL = ";"
"""Between the values of a cell that names several."""

_MATCHED = Rule(RuleKind.MATCH, ("region", "sequence", "plane"))


def usual_text_rules(texts: Items) -> tuple[Rule, ...]:
    """What is relevant to free texts unless the user says otherwise: who has all that the text's columns name.

    Raises:
        UsageError: the table has none of these columns.
    """
    if not any(name in texts.columns for name in _MATCHED.columns):
        raise UsageError(
            f"The queries have none of the columns {', '.join(_MATCHED.columns)}, so nothing says what they seek.",
            remedy="Add one, or say what is relevant: `--relevance match:COLUMN`.",
        )
    return (_MATCHED,)


def texts_subject(file: Path, asked: Items) -> Subject:
    """The table, for the report."""
    return Subject(
        name=file.name,
        snapshot=None,
        content=sha256_of_file(file),
        encoder="",
        fingerprint="",
        code_version="",
        series=0,
        reports=len(asked),
    )


def read_asked_texts(file: Path, tower: TextTower, rules: Sequence[Rule] = ()) -> Items:
    """The texts of a CSV or TSV table, encoded: column `text`, perhaps `id`, all others are what is known of each.

    A cell may name several values, with ";" between them. Lines are numbered where there is no id.

    Raises:
        UsageError: no such file, no column `text`, no or doubled ids, an empty text.
    """
    rows = _read_rows(file)
    texts = [row[TEXT].strip() for row in rows]
    if empty := [number for number, text in enumerate(texts, 2) if not text]:
        raise UsageError(f"{file.name} has {len(empty)} rows without a text, line {empty[0]} first.")
    ids = tuple(row.get(ID) or f"text {number}" for number, row in enumerate(rows, 1))
    if len(set(ids)) < len(ids):
        raise UsageError(f"{file.name} has {len(ids) - len(set(ids))} ids that are there twice; each must be unique.")
    columns = {name: interned([_values(row[name]) for row in rows]) for name in rows[0] if name not in {TEXT, ID}}
    columns |= {TEXT_LENGTH: interned([(length_band(text),) for text in texts])}
    columns |= {TEXT_NEGATION: interned([(negation_of(text),) for text in texts])}
    columns |= {TEXT_SIDE: interned([(side_of(text),) for text in texts])}
    vectors = np.ascontiguousarray(tower.encode(texts), np.float32)
    return Items(
        noun="text",
        ids=ids,
        columns=with_joined(columns, rules, len(ids)),
        vectors=ItemVectors(vectors, np.arange(len(ids) + 1)),
        space=tower.spec.space,
        sizes=np.array([len(text) for text in texts], np.float64),
    )


def _read_rows(file: Path) -> list[Mapping[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t" if file.suffix == ".tsv" else ",", restval="")
            rows: list[Mapping[str, str]] = [{name: cell or "" for name, cell in row.items() if name} for row in reader]
            names = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{file.name} cannot be read as a table ({type(error).__name__}).",
            remedy="Give a CSV or TSV file in UTF-8 with a column `text`.",
        ) from error
    if TEXT not in names:
        raise UsageError(f"{file.name} has no column `{TEXT}`.", remedy=nearest(TEXT, names))
    if not rows:
        raise UsageError(f"{file.name} holds no query.", remedy="Give a row for each text that is to be asked.")
    return rows


def _values(cell: str) -> Values:
    return tuple(dict.fromkeys(value.strip() for value in cell.split(SEVERAL) if value.strip()))
