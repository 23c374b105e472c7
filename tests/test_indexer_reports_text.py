"""Sections, sentences and passages: what radiologists write, and offsets that hold for anything."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UsageError
from indexer.reports.headers import HEADERS
from indexer.reports.passages import passages_of
from indexer.reports.sections import split_sections
from indexer.reports.sentences import sentence_spans, sentences_of

REPORT = """MRI BRAIN WITHOUT AND WITH CONTRAST

CLINICAL INDICATION: 45-year-old, seen by Dr. Smith. Rule out mass.
COMPARISON: None.

FINDINGS:
There is a 3.5 cm mass in the left frontal lobe, which is hyperintense on T2. No
restricted diffusion is seen. See Fig. 3 and Im. 12.

1. Ventricles are normal.
2. No midline shift
- Sinuses clear
- Orbits: normal

IMPRESSION:
1. Left frontal mass, approx. 3.5 x 2 cm.
2. No acute infarct.
"""

# Text that looks like reports: words, points, headers, lists, line breaks.
PIECES = st.sampled_from(
    [
        "Findings:",
        "IMPRESSION",
        "\n",
        "\n\n",
        ". ",
        " ",
        "1. ",
        "- ",
        "Dr. ",
        "3.5 cm",
        "Mass",
        "no",
        "e.g. ",
        "T2. ",
        "ü",
    ]
)
REPORTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)


def names(text: str) -> list[str]:
    return [section.name for section in split_sections(text)]


def test_a_whole_report() -> None:
    sections = {section.name: section for section in split_sections(REPORT)}
    assert list(sections) == ["preamble", "indication", "comparison", "findings", "impression"]
    assert sections["indication"].sentences == ("45-year-old, seen by Dr. Smith.", "Rule out mass.")
    assert sections["findings"].sentences == (
        "There is a 3.5 cm mass in the left frontal lobe, which is hyperintense on T2.",
        "No restricted diffusion is seen.",
        "See Fig. 3 and Im. 12.",
        "1. Ventricles are normal.",
        "2. No midline shift",
        "- Sinuses clear",
        "- Orbits: normal",
    )
    assert sections["impression"].sentences == ("1. Left frontal mass, approx. 3.5 x 2 cm.", "2. No acute infarct.")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Findings:", "findings"),
        ("FINDINGS", "findings"),
        ("**Impression:**", "impression"),
        ("## Conclusion", "impression"),
        ("OPINION -", "impression"),
        ("2. TECHNIQUE:", "technique"),
        ("Clinical  history:", "indication"),
        ("Befund:", "findings"),
        ("Beurteilung:", "impression"),
        ("Klinische Angaben:", "indication"),
        ("Résultats :", "findings"),
        ("CONCLUSION :", "impression"),
        ("Hallazgos:", "findings"),
        ("Impresión diagnóstica:", "impression"),
        ("Conclusioni:", "impression"),
        ("Quesito clinico:", "indication"),
        ("Bevindingen:", "findings"),
        ("Conclusie:", "impression"),
    ],
)
def test_headers_in_six_languages_and_many_dresses(header: str, name: str) -> None:
    (first, section) = split_sections(f"MRT\n{header}\nKein Infarkt.")
    assert (first.name, section.name, section.sentences) == ("preamble", name, ("Kein Infarkt.",))


def test_headers_inside_a_line_whose_breaks_were_lost() -> None:
    text = "MRI KNEE. INDICATION: Pain. FINDINGS: ACL intact. No effusion. IMPRESSION: Normal."
    assert names(text) == ["preamble", "indication", "findings", "impression"]


@pytest.mark.parametrize(
    "text",
    [
        "The findings are stable.",
        "Findings are stable. No impression on the cord.",
        "Stable. history: of no use.",
        "Impression on the cord is mild.",
    ],
)
def test_words_in_running_text_are_no_headers(text: str) -> None:
    (section,) = split_sections(text)
    assert (section.name, section.start, section.end) == ("text", 0, len(text))


def test_empty_texts_and_empty_sections_give_nothing() -> None:
    assert split_sections("") == split_sections(" \n ") == ()
    assert names("FINDINGS:\n\nIMPRESSION:\nNormal.") == ["impression"]


def test_a_map_of_ones_own() -> None:
    (section,) = split_sections("Resumen:\nNormal.", {"impression": ("resumen",)})
    assert section.name == "impression"


def test_header_words_are_lower_case_and_mean_one_section() -> None:
    words = [word for section in HEADERS.values() for word in section]
    assert all(word == word.lower() for word in words)
    owners = {word: [name for name, section in HEADERS.items() if word in section] for word in words}
    assert {word: names for word, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seen by Dr. Who. Normal.", ["Seen by Dr. Who.", "Normal."]),
        ("Use e.g. CISS. Normal.", ["Use e.g. CISS.", "Normal."]),
        ("A 3.5 cm mass. 2 cysts.", ["A 3.5 cm mass.", "2 cysts."]),
        ("Bright on T2. Dark on T1.", ["Bright on T2.", "Dark on T1."]),
        ("J. Smith reported. Normal.", ["J. Smith reported.", "Normal."]),
        ("Prior surgery: no. The disc is normal.", ["Prior surgery: no.", "The disc is normal."]),
        ("Series No. 4 is blurred. Repeat?  Yes!", ["Series No. 4 is blurred.", "Repeat?", "Yes!"]),
        ("Am 3. Mai z. B. li. Knie. Kein Erguss.", ["Am 3. Mai z. B. li. Knie.", "Kein Erguss."]),
        ("Lines are\nwrapped here.", ["Lines are wrapped here."]),
        ("1. First\n2. Second item\n   goes on.", ["1. First", "2. Second item goes on."]),
        ("* a\n* b", ["* a", "* b"]),
        ("First.\n\nSecond", ["First.", "Second"]),
        ('He said "Normal." Then left.', ['He said "Normal."', "Then left."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences_of(text)) == expected


def test_wrapped_lines_join_and_short_lines_part() -> None:
    wrapped = "The anterior cruciate ligament is intact and the posterior cruciate\nLigament is normal as well."
    assert len(sentences_of(wrapped)) == 1
    assert sentences_of("Ventricles normal\nNo midline shift\nOrbits normal") == (
        "Ventricles normal",
        "No midline shift",
        "Orbits normal",
    )


@given(REPORTS)
def test_sentence_offsets_lose_nothing_and_overlap_nowhere(text: str) -> None:
    spans = sentence_spans(text)
    pieces = [text[span.start : span.end] for span in spans]
    assert all(piece and piece == piece.strip() for piece in pieces)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(text.split())


@given(REPORTS)
def test_section_offsets_hold_their_sentences(text: str) -> None:
    sections = split_sections(text)
    for section in sections:
        content = text[section.start : section.end]
        assert content == content.strip() != ""
        assert " ".join(section.sentences).split() == content.split()
    assert all(one.end <= other.start for one, other in pairwise(sections))


@given(REPORTS, st.integers(1, 30))
def test_passages_hold_every_word_and_none_is_too_long(text: str, max_words: int) -> None:
    passages = passages_of(text, max_words=max_words)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(0 < len(passage.text.split()) <= max_words for passage in passages)
    words = [word for section in split_sections(text) for word in text[section.start : section.end].split()]
    assert [word for passage in passages for word in passage.text.split()] == words


def test_passages_keep_sentences_whole() -> None:
    text = "FINDINGS: One two three. Four five six. Seven eight.\nIMPRESSION: Nine."
    assert [(one.section, one.text) for one in passages_of(text, max_words=6)] == [
        ("findings", "One two three. Four five six."),
        ("findings", "Seven eight."),
        ("impression", "Nine."),
    ]
    assert [one.text for one in passages_of("a b c d e", max_words=2)] == ["a b", "c d", "e"]


def test_a_passage_has_at_least_one_word() -> None:
    with pytest.raises(UsageError):
        passages_of("x", max_words=0)


def test_sections_and_passages_show_no_text() -> None:
    assert "mass" not in repr(split_sections(REPORT)) + repr(passages_of(REPORT))
