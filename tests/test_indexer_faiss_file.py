"""The hand-written index file against FAISS's own."""

from pathlib import Path

import faiss
import numpy as np
import pytest

from indexer.faiss_file import flat_index_file


@pytest.mark.parametrize(("rows", "dimension"), [(1, 1), (3, 4), (257, 32)])
def test_is_byte_for_byte_what_faiss_writes(tmp_path: Path, rows: int, dimension: int) -> None:
    rng = np.random.default_rng(rows)
    vectors = rng.normal(size=(rows, dimension)).astype(np.float32)
    ids = np.sort(rng.choice(2**62, rows, replace=False)).astype(np.int64)
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    index.add_with_ids(vectors, ids)
    faiss.write_index(index, str(tmp_path / "theirs"))
    with flat_index_file(tmp_path / "ours", ids, dimension) as ours:
        for place in rng.permutation(rows):
            ours.put(int(ids[place]), vectors[place])
    assert ours.filled == rows
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_faiss_finds_each_vector_by_its_id(tmp_path: Path) -> None:
    vectors = np.eye(3, dtype=np.float32)
    with flat_index_file(tmp_path / "x.faiss", np.array([5, 7, 1 << 60]), 3) as index:
        for row, vector in zip((5, 7, 1 << 60), vectors, strict=True):
            index.put(row, vector)
    scores, found = faiss.read_index(str(tmp_path / "x.faiss")).search(vectors[2:], 1)
    assert (found[0, 0], scores[0, 0]) == (1 << 60, 1.0)
