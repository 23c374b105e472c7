"""The converter in its child process: hangs, crashes, partial work, hunger end in the fallback and leave nothing."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal
from pydicom.uid import generate_uid

from tests.dicom_series import noise, truth, write_stack
from volumes import scratch
from volumes.dcm2niix import ConversionError, convert
from volumes.dcm2niix_output import label_of
from volumes.even_grid import even_grid
from volumes.limits import DecodeLimits
from volumes.load import load_series
from volumes.sidecar import ALLOWED_KEYS, allowed
from volumes.stored import Part, StackLabel


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Puts a shell script in the place of the converter."""
    program = folder / "converter"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("dcm2niix.bin", program)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sleep 60", "took longer than 0.3 s"),
        ("kill -SEGV $$", "ended by signal 11"),
        ("exit 1", "left with code 1: an error"),
        ("exit 2", "left with code 2: no DICOM"),
        ("exit 8", "left with code 8: a part"),
        ("exit 0", "wrote no image"),
    ],
)
def test_whatever_the_converter_does_the_series_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    stored = noise(4)
    files = write_stack(tmp_path / "in", stored, series=generate_uid())
    pretend(monkeypatch, tmp_path, script)
    started = time.monotonic()
    series = load_series(files, limits=DecodeLimits(seconds=0.3))
    assert time.monotonic() - started < 10
    assert series.reader == "nicom"
    assert reason in next(d.message for d in series.defects if d.code == "reader-fallback")
    assert_array_equal(series.chosen.voxels, truth(stored)[0])
    assert not list(Path("/dev/shm").glob(f"mrseek-{os.getpid()}-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits on a running child exist on Linux only")
def test_the_converter_has_a_memory_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hungry = f'exec {sys.executable} -c "import time; time.sleep(0.2); bytearray(1 << 30)"'
    files = write_stack(tmp_path / "in", noise(2), series=generate_uid())
    pretend(monkeypatch, tmp_path, hungry)
    with pytest.raises(ConversionError, match="code 1"), convert(files, DecodeLimits(memory_bytes=1 << 29)):
        pass


def test_the_command_asks_for_no_identifying_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = write_stack(tmp_path / "in", noise(2), series=generate_uid())
    with convert(files, DecodeLimits()) as conversion:
        text = conversion.images[0].with_suffix(".json").read_text()
        folder = conversion.images[0].parent
        assert "Secret" not in text and "SECRET" not in text
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert not folder.exists()


def test_folders_of_dead_processes_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = tmp_path / f"mrseek-{dead.pid}-abc"
    left.mkdir()
    mine = tmp_path / f"mrseek-{os.getpid()}-abc"
    mine.mkdir()
    monkeypatch.setattr(scratch, "_RAM_DISK", tmp_path)
    with scratch.scratch_folder() as folder:
        assert folder.parent == tmp_path
    assert (left.exists(), mine.exists(), folder.exists()) == (False, True, False)


def test_what_does_not_fit_the_ram_disk_goes_to_the_disk() -> None:
    with scratch.scratch_folder(1 << 60) as folder:
        assert not folder.is_relative_to("/dev/shm")


@pytest.mark.parametrize(
    ("stem", "label"),
    [
        ("v", StackLabel()),
        ("va", StackLabel()),
        ("v_e2", StackLabel(echo=2)),
        ("v_e2_ph", StackLabel(echo=2, part=Part.PHASE)),
        ("v_e1a", StackLabel(echo=1)),
        ("v_real", StackLabel(part=Part.REAL)),
        ("v_imaginary", StackLabel(part=Part.IMAGINARY)),
        ("v_e1_fieldmaphz", StackLabel(echo=1, part=Part.FIELDMAP)),
        ("v_ROI1", StackLabel(part=Part.OVERLAY)),
        ("v_i00004", StackLabel()),
        ("v_Eq_1", StackLabel()),
        ("v_e3_Eq_1", StackLabel(echo=3)),
        ("v_t120", StackLabel(variant="t120")),
    ],
)
def test_suffixes_say_what_an_output_is(stem: str, label: StackLabel) -> None:
    assert label_of(stem, {}) == label


def test_phase_without_a_suffix_is_told_by_its_image_type() -> None:
    assert label_of("v", {"ImageType": ["ORIGINAL", "PRIMARY", "P", "ND"]}).part is Part.PHASE


def test_only_allowed_keys_leave() -> None:
    identifying = [
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientSex",
        "PatientAge",
        "AccessionNumber",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "StudyID",
        "InstitutionName",
        "InstitutionAddress",
        "OperatorsName",
        "PerformingPhysicianName",
        "ReferringPhysicianName",
        "StationName",
        "DeviceSerialNumber",
        "AcquisitionDateTime",
        "AcquisitionTime",
        "ProcedureStepDescription",
        "ImageComments",
        "RawImage",
    ]
    assert not ALLOWED_KEYS & set(identifying)
    assert allowed(dict.fromkeys([*identifying, "BidsGuess"], 1)) == {"BidsGuess": 1}


@pytest.mark.parametrize(
    ("offsets", "count", "mixed"),
    [([0, 2, 4], 3, 0), ([0, 2.04, 4], 3, 0), ([0, 2, 6], 4, 1), ([0, 2, 4, 10], 6, 2), ([7], 1, 0)],
)
def test_even_grids(offsets: list[float], count: int, mixed: int) -> None:
    grid = even_grid(offsets)
    assert (grid.count, sum(weight > 0 for weight in grid.weight)) == (count, mixed)
