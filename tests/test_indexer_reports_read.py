"""Reports as users have them: tables in every format and encoding, folders of text, columns by name or by map."""

import json
from pathlib import Path

import pytest

from common.errors import ReportError
from indexer.records import Report
from indexer.reports.columns import ColumnMap
from indexer.reports.dedupe import folded_text_hash
from indexer.reports.read import is_row_number, iso_date, read_reports
from indexer.sources.column_names import Role, filter_name, find_roles, identifies

TEXT = 'FINDINGS: Läsion, 3 mm.\nIMPRESSION: "Normal"; no change.'


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding))
    return path


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_any_encoding_and_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["Study Instance UID", "Report Text", "PatientID"], ["1.2.3", quoted(TEXT), "P7"]]
    path = write(tmp_path / "r.csv", "\r\n".join(delimiter.join(row) for row in rows), encoding)
    (report,) = read_reports(path)
    assert report == Report("row-1", TEXT.replace("\r", ""), study_key="1.2.3", patient_key="P7")


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    records = [{"accession": 77, "text": TEXT, "report_id": "a"}, {"accession": None, "text": "x", "report_id": "b"}]
    write(tmp_path / "r.jsonl", "\n".join(json.dumps(record) for record in records) + "\n\n")
    parquet.write_table(pa.Table.from_pylist(records), tmp_path / "r.parquet")
    expected = (Report("a", TEXT, accession="77"), Report("b", "x"))
    assert read_reports(tmp_path / "r.jsonl") == expected
    assert [(one.key, one.text) for one in read_reports(tmp_path / "r.parquet")] == [("a", TEXT), ("b", "x")]


def test_a_folder_of_texts_is_keyed_by_stems(tmp_path: Path) -> None:
    write(tmp_path / "1.2.3.txt", "one\n", "utf-8-sig")
    write(tmp_path / "sub-01/ses-1.txt", "two")
    write(tmp_path / "sub-02/ses-1.txt", "three")
    write(tmp_path / "notes.md", "not a report")
    assert [(one.key, one.text, one.path) for one in read_reports(tmp_path)] == [
        ("1.2.3", "one", "1.2.3"),
        ("sub-01/ses-1", "two", "sub-01/ses-1"),
        ("sub-02/ses-1", "three", "sub-02/ses-1"),
    ]
    (alone,) = read_reports(tmp_path / "1.2.3.txt")
    assert (alone.key, alone.text) == ("1.2.3", "one")


def test_texts_may_lie_in_files_that_the_table_names(tmp_path: Path) -> None:
    write(tmp_path / "texts/a.txt", "Normal.")
    path = write(tmp_path / "r.csv", "study_id,text_path\ns1,texts/a.txt\ns2,texts/missing.txt\n")
    assert [(one.study_key, one.text) for one in read_reports(path)] == [("s1", "Normal."), ("s2", "")]


def test_one_column_a_section(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "VolumeName,Findings_EN,Impressions_EN\na.nii,Lesion.,n/a\nb.nii,None.,OK.\n")
    first, second = read_reports(path, ColumnMap(path="VolumeName"))
    assert (first.path, first.text) == ("a.nii", "FINDINGS:\nLesion.")
    assert second.text == "FINDINGS:\nNone.\n\nIMPRESSION:\nOK."


def test_a_column_map_wins_over_synonyms(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "text,translation,exam\nBefund,Finding,e1\n")
    assert read_reports(path)[0].text == "Befund"
    (mapped,) = read_reports(path, ColumnMap(text="translation", study=""))
    assert (mapped.text, mapped.study_key) == ("Finding", "")


def test_missing_and_empty_values_are_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "id,accession,patient_id,text\nr1,n/a,NaN,\nr2,A2,P2,Normal.\n\n")
    assert read_reports(path) == (Report("r1", ""), Report("r2", "Normal.", accession="A2", patient_key="P2"))


def test_keys_that_come_twice_stay_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "report_id,text\na,one\na,two\nb,three\na,four\n")
    assert [one.key for one in read_reports(path)] == ["a", "a#2", "b", "a#3"]


def test_very_long_reports_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "text\n" + quoted("word " * 60_000) + "\n")
    assert len(read_reports(path)[0].text.split()) == 60_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.csv", None, ["missing.csv"]),
        ("r.docx", "x", [".docx", ".csv"]),
        ("r.csv", "", ["(none)"]),
        ("r.csv", "colour,reprot\nred,Secretname\n", ["colour, reprot", "[reports.columns]"]),
        ("r.jsonl", '{"text": "Secretname', ["line 1"]),
        ("r.jsonl", '["Secretname"]\n', ["cannot be read"]),
        ("r.parquet", "Secretname", ["cannot be read"]),
    ],
)
def test_what_cannot_be_read_is_an_error_without_its_content(
    tmp_path: Path, name: str, content: str | None, words: list[str]
) -> None:
    if content is not None:
        write(tmp_path / name, content)
    with pytest.raises(ReportError) as caught:
        read_reports(tmp_path / name)
    assert caught.value.remedy
    assert all(word in str(caught.value) for word in words)
    assert "Secretname" not in str(caught.value)


def test_an_unknown_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "report_text,study\nx,y\n")
    with pytest.raises(ReportError, match='Did you mean "report_text"'):
        read_reports(path, ColumnMap(text="report_txt"))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no \.txt file"):
        read_reports(tmp_path)


def test_a_report_shows_neither_text_nor_patient(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "patient_id,accession,study_id,text\nSecretid,Secretacc,Secretstudy,Secrettext\n")
    assert "Secret" not in repr(read_reports(path))


@pytest.mark.parametrize("text", ["", "2020", "20201301", "31.02.2020", "yesterday", "03/04/2020"])
def test_no_dates(text: str) -> None:
    assert iso_date(text) == ""


def test_dates() -> None:
    assert iso_date("2020/03/01") == "2020-03-01"
    assert iso_date("1.3.2020") == "2020-03-01"
    assert iso_date("3/31/2020") == iso_date("31/3/2020") == "2020-03-31"
    assert iso_date("20200301103000.000") == ""


def test_roles_are_found_once_each() -> None:
    roles = find_roles(["id", "Patient_ID", "subject_id", "STUDYINSTANCEUID", "text"], tuple(Role))
    assert roles == {
        Role.KEY: "id",
        Role.PATIENT: "Patient_ID",
        Role.STUDY: "STUDYINSTANCEUID",
        Role.TEXT: "text",
    }


@pytest.mark.parametrize("name", ["Patient Name", "name", "DOB", "birth_date", "Referring Physician", "e-mail"])
def test_identifying_columns(name: str) -> None:
    assert identifies(name)


@pytest.mark.parametrize("name", ["model_name", "coil_name", "file_name", "lesions", "manufacturers_model_name"])
def test_columns_that_identify_nobody(name: str) -> None:
    assert not identifies(name)


def test_names_for_filters() -> None:
    assert [filter_name(name) for name in ("Größe (mm)", " a b ", "2nd", "")] == ["größe_mm", "a_b", "x_2nd", "x_"]


def test_row_numbers() -> None:
    assert is_row_number("row-12")
    assert not is_row_number("row-a")


def test_repeats_are_found_whatever_their_spaces_and_capitals() -> None:
    assert folded_text_hash("No  acute\ninfarct.") == folded_text_hash("no acute infarct.")
    assert folded_text_hash("a b") != folded_text_hash("ab")
