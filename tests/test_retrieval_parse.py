"""Command-line words to query parts."""

from pathlib import Path

import pytest

from common.errors import NotFoundError, UsageError
from retrieval.parse import parse_query_parts
from retrieval.query import ScanPart, SeriesPart, TextPart


def test_words_paths_and_ids(tmp_path: Path) -> None:
    scan = tmp_path / "scan.nii.gz"
    scan.touch()
    assert parse_query_parts(["FLAIR brain", str(scan), str(tmp_path), "ser-0123456789abcdef"]) == (
        TextPart("FLAIR brain"),
        ScanPart(scan),
        ScanPart(tmp_path),
        SeriesPart("ser-0123456789abcdef"),
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 * FLAIR", TextPart("FLAIR", 2.0)),
        ("0.5*ser-0123456789abcdef", SeriesPart("ser-0123456789abcdef", 0.5)),
        ("T2* brain", TextPart("T2* brain")),
        ("3 T brain", TextPart("3 T brain")),
        ("ser-0123", TextPart("ser-0123")),
        ("  knee ", TextPart("knee")),
        ("x" * 5000, TextPart("x" * 5000)),
        ("null \0 character", TextPart("null \0 character")),
        ("T1/T2 and/or FLAIR", TextPart("T1/T2 and/or FLAIR")),
        ("T1/T2", TextPart("T1/T2")),
        ("0.5 * text: tests", TextPart("tests", 0.5)),
    ],
)
def test_weights_and_what_only_looks_like_one(text: str, wanted: object) -> None:
    assert parse_query_parts([text]) == (wanted,)


def test_minus_pushes_away() -> None:
    assert parse_query_parts(["T1 brain"], minus=["contrast", "0.25 * knee"]) == (
        TextPart("T1 brain"),
        TextPart("contrast", -1.0),
        TextPart("knee", -0.25),
    )


@pytest.mark.parametrize("texts", [[], [""], ["  "], ["0 * brain"]])
def test_nothing_to_find(texts: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_query_parts(texts)


@pytest.mark.parametrize(
    "text", ["missing.nii.gz", "missing.NII", "a/b/missing.dcm", "./missing", "/missing/scan", "~/missing"]
)
def test_a_file_that_is_not_there_is_no_word(text: str) -> None:
    with pytest.raises(NotFoundError, match="missing"):
        parse_query_parts([text])


def test_a_word_that_begins_with_a_folder_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub-01").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse_query_parts(["sub-01"]) == (ScanPart(Path("sub-01")),)
    assert parse_query_parts(["text:sub-01"]) == (TextPart("sub-01"),)
    with pytest.raises(NotFoundError, match="sub-01/missing"):
        parse_query_parts(["sub-01/missing"])


def test_a_report_is_no_question() -> None:
    with pytest.raises(UsageError, match="is a report"):
        parse_query_parts(["rep-0123456789abcdef"])
