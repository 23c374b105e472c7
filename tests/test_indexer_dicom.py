"""DICOM inventories: grouped by header, read by gdcm and pydicom alike, nobody identified by the tags."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian, generate_uid

from indexer.records import FoundSeries, Stage
from indexer.sources import dicom_scan
from indexer.sources.dicom import find_dicom_series
from indexer.sources.dicom_tags import ALL, DESCRIPTIVE, IDENTIFYING, IMAGE_TYPE_VARIANTS, ORIENTATION_COUNT
from indexer.sources.found import Found
from indexer.sources.reasons import SkipReason
from indexer.sources.walk import walk
from tests.archive_files import HeaderMemory
from tests.dicom_files import write_dicom, write_enhanced, write_series

STORAGE = "1.2.840.10008.5.1.4.1.1."


def find(root: Path, **options: object) -> Found:
    return find_dicom_series(root, walk(root).files, **options)  # type: ignore[arg-type]


def only(root: Path) -> FoundSeries:
    found = find(root)
    assert len(found.series) == 1
    return found.series[0]


def files_of(series: FoundSeries) -> list[str]:
    return [stat.path for stat in series.files]


def test_tag_numbers_are_those_of_the_standard() -> None:
    assert {keyword: (group << 16) + element for keyword, (group, element) in ALL.items()} == {
        keyword: tag_for_keyword(keyword) for keyword in ALL
    }
    assert not DESCRIPTIVE.keys() & IDENTIFYING.keys()


def test_files_are_grouped_by_header_whatever_their_names(tmp_path: Path) -> None:
    for number in range(6):
        uid = f"1.2.{number % 2 + 1}"
        write_dicom(tmp_path / "heap" / f"IM{5 - number}", SeriesInstanceUID=uid, InstanceNumber=number)
    found = find(tmp_path)
    assert [(one.key, one.path, files_of(one)) for one in found.series] == [
        ("1.2.1", "heap", ["heap/IM1", "heap/IM3", "heap/IM5"]),
        ("1.2.2", "heap", ["heap/IM0", "heap/IM2", "heap/IM4"]),
    ]


def test_identifiers_go_to_their_fields_and_age_replaces_birth_date(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1")
    series = only(tmp_path)
    assert (series.patient_key, series.study_key, series.accession) == ("SECRET-ID-7", "1.2.3.4", "SECRET-ACC")
    assert series.tags["PatientAge"] == "040Y"
    assert "secret" not in str(dict(series.tags)).lower()
    assert "1980" not in str(dict(series.tags))
    assert "secret" not in repr(series).lower()
    assert series.tags.keys() <= DESCRIPTIVE.keys()


def test_a_stated_age_wins_and_a_blanked_one_does_not(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", SeriesInstanceUID="1.1", PatientAge="035Y")
    write_dicom(tmp_path / "b" / "1", SeriesInstanceUID="1.2", PatientAge="000Y")
    write_dicom(tmp_path / "c" / "1", SeriesInstanceUID="1.3", PatientBirthDate="", PatientAge="000Y")
    assert [one.tags.get("PatientAge") for one in find(tmp_path).series] == ["035Y", "040Y", None]


def test_two_folders_of_one_series_are_one_and_the_lowest_echo_names_it(tmp_path: Path) -> None:
    write_series(tmp_path / "echo_38", 3, SeriesInstanceUID="1.9", EchoTime="38.1", EchoNumbers=6)
    write_series(tmp_path / "echo_6", 3, SeriesInstanceUID="1.9", EchoTime="6.3", EchoNumbers=1)
    series = only(tmp_path)
    assert (series.path, len(series.files)) == ("echo_6", 6)
    assert (series.tags["EchoTime"], series.tags["EchoNumbers"]) == ("6.3\\38.1", "1\\6")


def test_the_folder_with_most_files_names_the_series(tmp_path: Path) -> None:
    write_series(tmp_path / "part_a", 1, SeriesInstanceUID="1.9", EchoTime="5")
    write_series(tmp_path / "part_b", 3, SeriesInstanceUID="1.9", EchoTime="80")
    assert only(tmp_path).path == "part_b"


def test_one_loose_file_is_its_own_place(tmp_path: Path) -> None:
    write_dicom(tmp_path / "one.dcm")
    assert only(tmp_path).path == "one.dcm"


def test_mixed_orientations_and_image_types_are_counted(tmp_path: Path) -> None:
    for number, cosines in enumerate(([1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1])):
        kind = ["ORIGINAL", "PRIMARY", "M" if number else "P"]
        write_dicom(tmp_path / "loc" / str(number), ImageOrientationPatient=cosines, ImageType=kind)
    tags = only(tmp_path).tags
    assert tags[ORIENTATION_COUNT] == "3"
    assert tags[IMAGE_TYPE_VARIANTS] == "ORIGINAL\\PRIMARY\\M | ORIGINAL\\PRIMARY\\P"
    assert tags["ImageType"] == "ORIGINAL\\PRIMARY\\P"


def test_an_instance_counts_once_and_its_copy_is_told(tmp_path: Path) -> None:
    uid = generate_uid()
    write_dicom(tmp_path / "a" / "1", SOPInstanceUID=uid, InstanceNumber=1)
    write_dicom(tmp_path / "b" / "copy", SOPInstanceUID=uid, InstanceNumber=1)
    found = find(tmp_path)
    assert files_of(found.series[0]) == ["a/1"]
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("b/copy", SkipReason.DUPLICATE)]


def test_one_uid_for_all_slices_is_no_copy(tmp_path: Path) -> None:
    for number in range(3):
        write_dicom(tmp_path / "a" / str(number), SOPInstanceUID="1.7", InstanceNumber=number)
    assert len(only(tmp_path).files) == 3


def test_without_series_uid_folder_and_series_number_stand_in(tmp_path: Path) -> None:
    for folder, number in (("a", 1), ("a", 2), ("b", 1)):
        for copy in range(2):
            write_dicom(tmp_path / folder / f"{number}-{copy}", SeriesInstanceUID=None, SeriesNumber=number)
    keys = [one.key for one in find(tmp_path).series]
    assert keys == ["a#series-1", "a#series-2", "b#series-1"]


def test_one_uid_in_two_studies_is_two_series(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", SeriesInstanceUID="1.5", StudyInstanceUID="1.1")
    write_dicom(tmp_path / "b" / "1", SeriesInstanceUID="1.5", StudyInstanceUID="1.2")
    assert [(one.key, one.study_key) for one in find(tmp_path).series] == [("1.5", "1.1"), ("1.5#study-2", "1.2")]


def test_classic_and_enhanced_images_of_one_uid_are_two_series(tmp_path: Path) -> None:
    write_series(tmp_path / "classic", 2, SeriesInstanceUID="1.5")
    write_enhanced(tmp_path / "enhanced" / "1", [10.0], SeriesInstanceUID="1.5")
    assert [(one.key, one.path) for one in find(tmp_path).series] == [("1.5", "classic"), ("1.5#enhanced", "enhanced")]


def test_enhanced_files_give_what_their_frames_say(tmp_path: Path) -> None:
    write_enhanced(tmp_path / "e" / "1", [40.0, 10.0, 10.0])
    tags = only(tmp_path).tags
    expected = {
        "EchoTime": "10.0\\40.0",
        "RepetitionTime": "2000.0",
        "FlipAngle": "90.0",
        "BodyPartExamined": "Brain",
        "NumberOfFrames": "3",
    }
    assert {keyword: tags[keyword] for keyword in expected} == expected
    assert tags["ImageOrientationPatient"].split("\\")[0] in {"1", "1.0"}


@pytest.mark.parametrize(
    ("sop_class", "modality", "reason"),
    [
        (STORAGE + "88.11", "SR", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "88.59", "KO", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "11.1", "PR", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "66", "MR", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "104.1", "DOC", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "4.2", "MR", SkipReason.NOT_AN_IMAGE),
        (STORAGE + "66.4", "SEG", SkipReason.SEGMENTATION),
        (STORAGE + "2", "CT", SkipReason.NOT_MR),
        ("1.2.840.10008.1.3.10", "", SkipReason.DICOMDIR),
    ],
)
def test_what_is_no_mr_image_is_left_out_with_its_reason(
    tmp_path: Path, sop_class: str, modality: str, reason: SkipReason
) -> None:
    write_series(tmp_path / "mr", 1)
    # Raw data may share the image's series UID; that must not mix them.
    write_dicom(tmp_path / "other" / "1", SOPClassUID=sop_class, Modality=modality)
    write_dicom(tmp_path / "other" / "2", SOPClassUID=sop_class, Modality=modality)
    found = find(tmp_path)
    assert [one.path for one in found.series] == ["mr"]
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("other", reason)]


def test_mr_without_modality_counts_by_its_class(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", Modality=None)
    assert only(tmp_path).path == "a"


def test_a_series_without_pixels_fails_with_a_remedy(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", Rows=None, Columns=None, PixelData=None)
    found = find(tmp_path)
    assert found.series == ()
    (failure,) = found.failed
    assert (failure.path, failure.stage) == ("a", Stage.INVENTORY)
    assert "pixels" in failure.reason
    assert failure.remedy


@pytest.mark.parametrize(
    ("syntax", "mark"),
    [
        (ImplicitVRLittleEndian, True),
        (DeflatedExplicitVRLittleEndian, True),
        (ImplicitVRLittleEndian, False),
    ],
)
def test_dicom_is_known_by_content(tmp_path: Path, syntax: str, mark: bool) -> None:
    write_dicom(tmp_path / "a" / "photo.jpg", transfer_syntax=syntax, mark=mark)
    assert only(tmp_path).tags["SeriesDescription"] == "t2_tse_sag"


def test_big_endian_files_are_read(tmp_path: Path) -> None:
    from pydicom.dataset import FileMetaDataset

    from tests.dicom_files import mr_header

    header = mr_header()
    del header["PixelData"]
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    header.save_as(tmp_path / "big", enforce_file_format=True)
    assert only(tmp_path).tags["EchoTime"] == "90"


def test_other_files_are_passed_over_in_silence(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1")
    (tmp_path / "a" / "notes").write_bytes(b"\x08\x00 is how a note may begin, too")
    (tmp_path / "a" / "empty").write_bytes(b"")
    (tmp_path / "a" / "picture.png").write_bytes(bytes(range(256)))
    found = find(tmp_path)
    assert (len(found.series), found.skipped, found.failed) == (1, (), ())


@pytest.mark.parametrize("size", [140, 300])
def test_a_damaged_header_fails_without_naming_anybody(tmp_path: Path, size: int) -> None:
    write_dicom(tmp_path / "a" / "whole")
    raw = (tmp_path / "a" / "whole").read_bytes()
    (tmp_path / "a" / "cut").write_bytes(raw[:size])
    (tmp_path / "a" / "junk").write_bytes(bytes(128) + b"DICM" + b"\xff" * 400)
    found = find(tmp_path)
    assert [one.path for one in found.series] == ["a"]
    assert {"a/junk"} <= {failure.path for failure in found.failed} <= {"a/junk", "a/cut"}
    assert "secret" not in repr(found).lower()


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("ISO_IR 100", "Schädel Übersicht"),
        ("ISO_IR 192", "頭部 T2"),
        (["", "ISO 2022 IR 87"], "頭部 T2"),
        ("GB18030", "头部 T2"),
        ("ISO_IR 144", "Головной мозг"),
    ],
)
def test_odd_character_sets_are_decoded(tmp_path: Path, charset: str, text: str) -> None:
    write_dicom(tmp_path / "a" / "1", SpecificCharacterSet=charset, SeriesDescription=text)
    assert only(tmp_path).tags["SeriesDescription"] == text


def test_undeclared_latin_text_is_decoded(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", SpecificCharacterSet="ISO_IR 100", SeriesDescription="Schädel")
    raw = (tmp_path / "a" / "1").read_bytes().replace(b"ISO_IR 100", b"ISO_IR 6  ")
    (tmp_path / "a" / "1").write_bytes(raw)
    assert only(tmp_path).tags["SeriesDescription"] == "Schädel"


def test_pydicom_reads_the_same_as_gdcm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "a", 2, SpecificCharacterSet="ISO_IR 100", SeriesDescription="Schädel")
    fast = only(tmp_path)
    monkeypatch.setattr(dicom_scan, "_scan", lambda paths: {})
    slow = only(tmp_path)
    numbers = {"EchoTime", "RepetitionTime", "ImageOrientationPatient"}
    assert slow.tags.keys() == fast.tags.keys()
    assert {k: v for k, v in slow.tags.items() if k not in numbers} == {
        k: v for k, v in fast.tags.items() if k not in numbers
    }
    for keyword in numbers:
        assert [float(part) for part in slow.tags[keyword].split("\\")] == [
            float(part) for part in fast.tags[keyword].split("\\")
        ]


def test_a_cache_spares_opening_files_and_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "a", 2)
    write_enhanced(tmp_path / "b" / "1", [10.0, 20.0], SeriesInstanceUID="1.8")
    (tmp_path / "notes").write_text("no DICOM")
    cache = HeaderMemory()
    first = find(tmp_path, cache=cache)
    assert len(cache) == 4
    assert not any("PatientBirthDate" in header for header in cache.values())
    monkeypatch.setattr(dicom_scan, "_mark_of", pytest.fail)
    assert find(tmp_path, cache=cache) == first


def test_a_file_that_cannot_be_opened_fails_and_is_read_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "a", 3)
    cache = HeaderMemory()
    real = dicom_scan._mark_of

    def refuse(path: Path) -> bool | None:
        raise PermissionError(path)

    monkeypatch.setattr(dicom_scan, "_mark_of", refuse)
    (failure,) = find(tmp_path, cache=cache).failed
    assert (failure.path, failure.stage) == ("a", Stage.INVENTORY)
    assert "opened: 3" in failure.reason
    monkeypatch.setattr(dicom_scan, "_mark_of", real)
    (series,) = find(tmp_path, cache=cache).series
    assert len(series.files) == 3


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", SeriesDescription="one")
    cache = HeaderMemory()
    find(tmp_path, cache=cache)
    write_dicom(tmp_path / "a" / "1", SeriesDescription="two")
    os.utime(tmp_path / "a" / "1", ns=(1, 1))
    assert find(tmp_path, cache=cache).series[0].tags["SeriesDescription"] == "two"


def test_progress_counts_files(tmp_path: Path) -> None:
    write_series(tmp_path / "a", 120)
    seen: list[int] = []
    find(tmp_path, progress=seen.append)
    assert seen == [100]


def test_python_can_still_compress_after_gdcm_was_imported() -> None:
    # gdcm 3.2.6 imported before zlib breaks zlib ("double free"); the scanner's import order must prevent that.
    code = (
        "import indexer.sources.dicom_scan, gdcm, zlib;"
        "assert zlib.decompress(zlib.compress(b'x' * 9000)) == b'x' * 9000"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parent.parent)
