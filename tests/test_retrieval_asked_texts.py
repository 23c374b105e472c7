"""Free texts as queries: how a table of them is read, and what fits them."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from encoders.contract import TextTower
from encoders.hashed_text import HashedTextTower
from retrieval.evaluation.asked_texts import read_asked_texts, texts_subject, usual_text_rules
from retrieval.evaluation.relevance import Matching, shared_keys
from retrieval.evaluation.rules import parse_rule


@pytest.fixture
def tower() -> TextTower:
    return HashedTextTower()


def table(folder: Path, text: str, name: str = "queries.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_a_query_and_its_cells_are_what_it_seeks(tmp_path: Path, tower: TextTower) -> None:
    file = table(tmp_path, "text,region,sequence\nFLAIR brain,brain,FLAIR\nspine,spine; cervical spine,\n")
    asked = read_asked_texts(file, tower, (parse_rule("region+sequence"),))
    assert asked.ids == ("text 1", "text 2")
    assert asked.of("region") == [("brain",), ("spine", "cervical spine")]
    assert asked.of("sequence") == [("FLAIR",), ()]
    assert asked.of("region+sequence") == [("brain\x1fFLAIR",), ()]
    assert asked.of("text_length") == [("1-50 words",)] * 2
    np.testing.assert_array_equal(asked.vectors.vectors, tower.encode(["FLAIR brain", "spine"]))
    assert asked.space == tower.spec.space
    assert str(usual_text_rules(asked)[0]) == "match:region+sequence+plane"
    assert texts_subject(file, asked).reports == 2


def test_a_tsv_keeps_its_commas_and_its_ids(tmp_path: Path, tower: TextTower) -> None:
    asked = read_asked_texts(table(tmp_path, "id\ttext\nq1\tknee, left\n", "queries.tsv"), tower)
    assert asked.ids == ("q1",)
    with pytest.raises(UsageError, match="nothing says what they seek"):
        usual_text_rules(asked)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("txt,region\nknee,knee\n", "no column `text`.*txt"),
        ("text,region\n", "holds no query"),
        ("text,region\nknee,knee\n ,brain\n", "1 rows without a text, line 3"),
        ("id,text\na,knee\na,brain\n", "1 ids that are there twice"),
        ("", "no column `text`"),
    ],
)
def test_a_table_that_cannot_be_asked_is_refused(content: str, says: str, tmp_path: Path, tower: TextTower) -> None:
    with pytest.raises(UsageError, match=says):
        read_asked_texts(table(tmp_path, content), tower)


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_refused(tmp_path: Path, tower: TextTower) -> None:
    (tmp_path / "q.csv").write_bytes(b"text\n\xff\xfe\x00")
    for name in ("q.csv", "none.csv"):
        with pytest.raises(UsageError, match="cannot be read as a table"):
            read_asked_texts(tmp_path / name, tower)


def test_an_item_must_have_all_that_the_query_names() -> None:
    regions = shared_keys(
        [frozenset({"brain"}), frozenset({"brain", "knee"}), frozenset(), frozenset({"hip"})],
        [frozenset({"brain"}), frozenset({"brain"}), frozenset({"knee"}), frozenset()],
    )
    sequences = shared_keys(
        [frozenset({"T1"}), frozenset(), frozenset(), frozenset()],
        [frozenset({"T1"}), frozenset({"T2"}), frozenset(), frozenset({"T1"})],
    )
    matching = Matching((regions, sequences))
    assert [matching.judged(query).positions.tolist() for query in range(4)] == [[0], [0, 1, 2], [], []]
    assert matching.only(np.array([1])).judged(0).gains.tolist() == [1.0, 1.0, 1.0]
