"""Tables that users bring: what is read is what was written, and what cannot be read says so."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common.errors import NotFoundError, UsageError
from retrieval.brought.raw_table import RawTable
from retrieval.brought.read_table import read_table
from retrieval.brought.table_items import table_items
from retrieval.brought.unit_vectors import unit_vectors
from tests.brought_files import clustered, write_parquet


def test_parquet_comes_back_as_it_was_written(tmp_path: Path) -> None:
    vectors, regions = clustered(7)
    columns = {
        "patient_id": [1, 1, 2, None, 3, 3, 4],
        "finding": [["a", "b"], [], None, ["b"], ["b", "b"], ["c"], ["a"]],
        "age": [1.0, 2.5, None, float("nan"), 3.0, 4.0, 5.0],
        "contrast": [True, False, None, True, True, True, True],
        "region": pa.array(regions).dictionary_encode().to_pylist(),
    }
    table = read_table(write_parquet(tmp_path / "t.parquet", [f"s{i}" for i in range(7)], vectors, columns))
    items = table_items(table, "series").items
    assert items.ids == tuple(f"s{i}" for i in range(7))
    assert items.columns["patient"] == [("1",), ("1",), ("2",), (), ("3",), ("3",), ("4",)]
    assert items.columns["finding"] == [("a", "b"), (), (), ("b",), ("b",), ("c",), ("a",)]
    assert items.columns["age"] == [("1",), ("2.5",), (), (), ("3",), ("4",), ("5",)]
    assert items.columns["contrast"][:3] == [("true",), ("false",), ()]
    assert items.columns["region"] == [(one,) for one in regions]
    assert np.array_equal(items.vectors.vectors, vectors)
    assert np.array_equal(items.vectors.offsets, np.arange(8))


def test_a_patient_with_gaps_in_one_table_is_the_patient_of_the_other(tmp_path: Path) -> None:
    """pandas makes 1.0 of 1 where a column has a gap."""
    whole = read_table(write_parquet(tmp_path / "a.parquet", ["x", "y"], columns={"patient": [1, 2]}))
    gaps = read_table(write_parquet(tmp_path / "b.parquet", ["x", "y"], columns={"patient": [1.0, float("nan")]}))
    assert whole.columns["patient"][0] == gaps.columns["patient"][0] == ("1",)
    assert gaps.columns["patient"][1] == ()


def test_several_rows_of_one_id_are_several_vectors_of_one_item(tmp_path: Path) -> None:
    vectors, _ = clustered(5)
    columns = {"label": ["a", "b", "a", "c", "a"]}
    file = write_parquet(tmp_path / "t.parquet", ["x", "y", "x", "z", "x"], vectors, columns)
    items = table_items(read_table(file), "series").items
    assert items.ids == ("x", "y", "z")
    assert items.columns["label"] == [("a",), ("b",), ("c",)]
    assert items.vectors.offsets.tolist() == [0, 3, 4, 5]
    assert np.array_equal(items.vectors.vectors, vectors[[0, 2, 4, 1, 3]])


@pytest.mark.parametrize("kind", ["list", "large_list", "fixed"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_vectors_of_every_list_type(tmp_path: Path, kind: str, dtype: str) -> None:
    vectors, _ = clustered(4)
    inner = {"float16": pa.float16(), "float32": pa.float32(), "float64": pa.float64()}[dtype]
    of = {"list": pa.list_(inner), "large_list": pa.large_list(inner), "fixed": pa.list_(inner, 16)}[kind]
    rows = [None if place == 2 else vectors[place].astype(dtype) for place in range(4)]
    pq.write_table(pa.table({"id": list("abcd"), "vector": pa.array(rows, of)}), tmp_path / "t.parquet")
    items = table_items(read_table(tmp_path / "t.parquet"), "series").items
    assert items.vectors.with_vectors.tolist() == [True, True, False, True]
    assert items.vectors.vectors == pytest.approx(vectors[[0, 1, 3]], abs=1e-3 if dtype == "float16" else 1e-7)


def test_row_groups_and_slices_do_not_matter(tmp_path: Path) -> None:
    vectors, _ = clustered(100)
    table = pa.table(
        {
            "id": [f"s{i}" for i in range(100)],
            "vector": pa.array([None if i % 7 == 0 else vectors[i] for i in range(100)], pa.list_(pa.float32())),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=9)
    items = table_items(read_table(tmp_path / "t.parquet"), "series").items
    assert np.array_equal(items.vectors.vectors, vectors[[i for i in range(100) if i % 7]])


def test_csv_and_tsv(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        '\ufeffid,study_id,finding,note\na,1,mass; oedema,"x, y"\nb,2,,\n', encoding="utf-8"
    )
    (tmp_path / "t.tsv").write_text("id\tstudy\na\t1\n")
    table = read_table(tmp_path / "t.csv")
    assert table.columns == {"study": [("1",), ("2",)], "finding": [("mass", "oedema"), ()], "note": [("x, y",), ()]}
    assert read_table(tmp_path / "t.tsv").columns == {"study": [("1",)]}
    assert table.vectors is None


def test_npz_with_columns(tmp_path: Path) -> None:
    vectors, _ = clustered(3)
    np.savez(tmp_path / "t.npz", ids=np.array([7, 8, 9]), vectors=vectors, patient_id=np.array([b"x", b"y", b"x"]))
    table = read_table(tmp_path / "t.npz")
    assert list(table.ids) == ["7", "8", "9"]
    assert table.columns == {"patient": [("x",), ("y",), ("x",)]}
    assert table.vectors is not None and np.array_equal(table.vectors, vectors)


def test_vectors_are_normalised_and_that_is_said(tmp_path: Path) -> None:
    vectors, _ = clustered(6)
    scaled = vectors.astype(np.float64) * np.array([1, 1, 3, 1e-200, 1e200, 1])[:, None]
    np.savez(tmp_path / "t.npz", ids=np.array(list("abcdef")), vectors=scaled)
    found = table_items(read_table(tmp_path / "t.npz"), "series")
    assert found.notes == ("3 of the 6 vectors of t.npz were not of unit norm: normalised.",)
    assert found.items.vectors.vectors == pytest.approx(vectors, abs=1e-7)
    kept = found.items.vectors.vectors[[0, 1, 5]]
    assert np.array_equal(kept, vectors[[0, 1, 5]]), "what is of unit norm keeps its bits"


def test_zero_and_infinite_vectors_are_refused_and_counted() -> None:
    rows = np.eye(4)
    rows[1:3] = 0
    with pytest.raises(UsageError, match="2 of the 4 vectors of x are all zero"):
        unit_vectors("x", rows)
    rows[0, 0] = np.nan
    rows[3, 0] = np.inf
    with pytest.raises(UsageError, match="2 of the 4 vectors of x hold values that are not finite"):
        unit_vectors("x", rows)


def test_a_value_that_no_float32_holds_is_no_infinity() -> None:
    rows, changed = unit_vectors("x", np.array([[1e300, 1e300]]))
    assert changed == 1 and rows == pytest.approx(np.sqrt([[0.5, 0.5]]))


def test_scanner_and_age_band_are_made_as_for_collections(tmp_path: Path) -> None:
    columns = {"manufacturer": ["GE", None], "model": ["SIGNA", "X"], "age_years": [44.0, None]}
    items = table_items(read_table(write_parquet(tmp_path / "t.parquet", ["a", "b"], columns=columns)), "series").items
    assert items.columns["scanner"] == [("GE SIGNA",), ()]
    assert items.columns["age_band"] == [("40-59",), ()]


def hostile(folder: Path, name: str) -> Path:
    """A file that no reader may swallow, crash on, or execute."""
    vectors, _ = clustered(50)
    whole = write_parquet(folder / "whole.parquet", [f"s{i}" for i in range(50)], vectors).read_bytes()
    np.savez(folder / "whole.npz", ids=np.array(["a", "b"]), vectors=np.eye(2))
    zipped = (folder / "whole.npz").read_bytes()
    garbage = np.random.default_rng(0).bytes(5000)
    flipped = bytearray(whole)
    for place in range(8, len(flipped) - 600, 40):
        flipped[place] ^= 0xFF
    contents = {
        "empty.parquet": b"",
        "cut.parquet": whole[: len(whole) // 2],
        "headless.parquet": whole[100:],
        "flipped.parquet": bytes(flipped),
        "garbage.parquet": garbage,
        "magic.parquet": b"PAR1" + garbage + b"PAR1",
        "empty.npz": b"",
        "cut.npz": zipped[: len(zipped) // 2],
        "garbage.npz": garbage,
        "flipped.npz": bytes(byte ^ 0x55 if 60 < place < 90 else byte for place, byte in enumerate(zipped)),
        "pickled.npz": pickle.dumps({"ids": ["a"]}),
        "empty.csv": b"",
        "garbage.csv": garbage,
        "blank.csv": b"\n\n",
        "quote.csv": b'id,x\na,"open\n',
        "latin.csv": "id,x\na,ödem\n".encode("latin-1"),
    }
    (folder / name).write_bytes(contents[name])
    return folder / name


@pytest.mark.parametrize(
    "name",
    [
        *("empty.parquet", "cut.parquet", "headless.parquet", "flipped.parquet", "garbage.parquet", "magic.parquet"),
        *("empty.npz", "cut.npz", "garbage.npz", "flipped.npz", "pickled.npz"),
        *("empty.csv", "garbage.csv", "blank.csv", "quote.csv", "latin.csv"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        read_table(hostile(tmp_path, name))
    assert caught.value.remedy


class Exploit:
    """Pickled, it would leave a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


def test_no_flipped_byte_brings_anything_else_than_a_refusal(tmp_path: Path) -> None:
    vectors, regions = clustered(30)
    whole = {
        "t.parquet": write_parquet(tmp_path / "w", [f"s{i}" for i in range(30)], vectors, {"r": regions}).read_bytes()
    }
    np.savez(tmp_path / "w.npz", ids=np.array(["a", "b"]), vectors=np.eye(2))
    whole["t.npz"] = (tmp_path / "w.npz").read_bytes()
    generator = np.random.default_rng(0)
    refused = 0
    for name, content in whole.items():
        for _ in range(150):
            touched = bytearray(content)
            for place in generator.integers(0, len(content), 4):
                touched[place] = generator.integers(256)
            (tmp_path / name).write_bytes(touched)
            try:
                table_items(read_table(tmp_path / name), "series")
            except UsageError:
                refused += 1
    assert refused > 150


def test_objects_in_an_npz_are_never_loaded(tmp_path: Path) -> None:
    objects = np.array([Exploit(tmp_path / "ran"), None], dtype=object)
    np.savez(tmp_path / "t.npz", ids=np.array(["a", "b"]), patient=objects, allow_pickle=True)
    with pytest.raises(UsageError, match="never loaded"):
        read_table(tmp_path / "t.npz")
    assert not (tmp_path / "ran").exists()


def table(folder: Path, columns: dict[str, Any]) -> RawTable:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return read_table(folder / "t.parquet")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"name": ["a"]}, "no column `id`"),
        ({"id": pa.array([], pa.string())}, "no rows"),
        ({"id": ["a", None, ""]}, "2 rows without an id, row 2 first"),
        ({"id": [1.5, 2.5]}, "of type double"),
        ({"id": ["a\tb", "c"]}, "1 ids with a tab"),
        ({"id": ["a"], "patient": ["x"], "patient_id": ["y"]}, "two columns for `patient`"),
        ({"id": ["a"], "vector": ["0.1"]}, "expected lists of numbers"),
        ({"id": ["a"], "vector": [["0.1", "0.2"]]}, "expected lists of numbers"),
        ({"id": ["a"], "vector": [0.5]}, "expected lists of numbers"),
        ({"id": ["a", "b"], "vector": [[0.1, 0.2], [0.1]]}, "of 2 lengths, 1 to 2"),
        ({"id": ["a"], "vector": pa.array([[]], pa.list_(pa.float32()))}, "are empty"),
        ({"id": ["a"], "vector": [[0.1, None]]}, "1 empty places"),
        ({"id": ["a"], "scan": [b"bytes"]}, "names no values"),
        ({"id": ["a"], "scan": [{"x": 1}]}, "names no values"),
    ],
)
def test_wrong_columns_are_refused(tmp_path: Path, columns: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        table(tmp_path, columns)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"vectors": np.eye(2)}, "no array `ids`"),
        ({"ids": np.array(["a", "b"]), "vectors": np.eye(3)}, r"shape \(3, 3\)"),
        ({"ids": np.array(["a", "b"]), "vectors": np.ones(2)}, r"shape \(2,\)"),
        ({"ids": np.array(["a", "b"]), "vectors": np.array([["x"], ["y"]])}, "expected numbers"),
        ({"ids": np.array(["a", "b"]), "vectors": np.eye(2) * 1j}, "complex128"),
        ({"ids": np.array(["a", "b"]), "vectors": np.eye(2), "patient": np.array(["x"])}, "`patient`"),
        ({"ids": np.array(["a", "b"]), "vectors": np.eye(2), "when": np.array(["2020", "2021"], "M8[Y]")}, "`when`"),
        ({"ids": np.array("a"), "vectors": np.eye(1)}, "`ids`"),
        ({"ids": np.array([0.5]), "vectors": np.eye(1)}, "`ids`"),
    ],
)
def test_wrong_arrays_are_refused(tmp_path: Path, arrays: dict[str, Any], says: str) -> None:
    np.savez(tmp_path / "t.npz", **arrays)
    with pytest.raises(UsageError, match=says):
        read_table(tmp_path / "t.npz")


def test_rows_that_do_not_fit_their_head_are_counted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,region\na,brain\nb\nc,x,y\n")
    with pytest.raises(UsageError, match="2 rows that do not have 2 cells, row 2 first"):
        read_table(tmp_path / "t.csv")


def test_what_is_not_there_and_what_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_table(tmp_path / "none.parquet")
    (tmp_path / "t.xlsx").write_text("x")
    with pytest.raises(UsageError, match="no table"):
        read_table(tmp_path / "t.xlsx")
