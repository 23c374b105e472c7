"""Thumbnails: a PNG that decodes to the pixels that went in, the right slice, the right shape; readers apart."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.run import index_archive
from retrieval.collection import Collection
from retrieval.report.png import grey_png
from retrieval.report.slices import example_ids, middle_slice, slices_of
from tests.report_cases import skilled
from volumes.volume import Volume


@dataclass
class Png:
    """A grey PNG without filters, taken apart by the book."""

    width: int = 0
    height: int = 0
    kinds: list[bytes] = field(default_factory=list)
    pixels: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 0), np.uint8))


def decoded(content: bytes) -> Png:
    assert content[:8] == bytes((0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A))
    found, place, data = Png(), 8, b""
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        found.kinds.append(kind)
        if kind == b"IHDR":
            found.width, found.height, *rest = struct.unpack(">IIBBBBB", body)
            assert rest == [8, 0, 0, 0, 0]
        data += body if kind == b"IDAT" else b""
        place += 12 + length
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(found.height, found.width + 1)
    assert not rows[:, 0].any()
    found.pixels = rows[:, 1:]
    return found


def test_a_png_decodes_to_its_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9), np.uint8)
    found = decoded(grey_png(pixels))
    assert (found.width, found.height, found.kinds) == (9, 5, [b"IHDR", b"IDAT", b"IEND"])
    np.testing.assert_array_equal(found.pixels, pixels)


def test_the_middle_slice_of_an_axial_stack_has_square_pixels() -> None:
    """64 x 32 pixels of 2 x 2 mm and ten slices of 5 mm: 128 x 64 mm, so 128 columns, 64 rows. The patient's left half
    is bright in the middle slice alone: it must be on the right of the picture.
    """
    voxels = np.zeros((64, 32, 10), np.float32)
    voxels[:32, :, 5] = 100.0  # x grows to the right of the patient, so low x is the left
    picture = middle_slice(Volume(voxels, np.diag([2.0, 2.0, 5.0, 1.0])))
    assert picture.shape == (64, 128) and picture.dtype == np.uint8
    assert (picture[:, :60] == 0).all() and (picture[:, 68:] == 255).all()


def test_a_sagittal_stack_is_shown_in_its_own_plane() -> None:
    voxels = np.zeros((6, 40, 80), np.float32)
    voxels[3, :, 40:] = 50.0  # the upper half, in the middle slice
    picture = middle_slice(Volume(voxels, np.diag([6.0, 1.0, 1.0, 1.0])))
    assert picture.shape == (128, 64)
    assert (picture[:60] == 255).all() and (picture[68:] == 0).all()


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("slices")
    (place / "scans").mkdir()
    for name in ("one_T1w", "two_T2w"):
        noise = np.random.default_rng(len(name)).normal(100, 20, (24, 20, 12)).astype(np.float32)
        nib.save(nib.Nifti1Image(noise, np.diag([1.0, 1.0, 4.0, 1.0])), place / "scans" / f"{name}.nii.gz")
    index_archive([place / "scans"], place / "made", encoder="baseline")
    return place


def test_series_and_studies_have_slices_and_what_is_gone_is_left_out(collection: Path) -> None:
    with Collection.open(collection / "made") as opened:
        rows: Any = opened.tables.rows("SELECT series_id, study_id, path FROM series ORDER BY path")
        (first, study, _), (second, _, gone) = rows
        (collection / "scans" / gone).unlink()
        found = slices_of(opened, [first, study, second, "rep-0123", "ser-unknown"])
    assert found.keys() == {first, study}
    picture = decoded(found[first])
    assert (picture.width, picture.height) == (128, 107)  # 24 x 20 mm
    assert int(np.ptp(picture.pixels)) > 100


def test_the_ids_are_those_of_the_examples() -> None:
    evaluation = skilled()
    ids = example_ids(evaluation)
    assert len(ids) == len(set(ids))
    first = evaluation.tasks[0].examples[0]
    assert ids[0] == first.query.id and ids[1] == first.hits[0].id
