import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import IntegrityError, NotFoundError, UsageError
from encoders.framing import Framing, GridPreparer
from phantoms.archive import make_archive
from phantoms.layout import ArchiveLayout
from tests.training_cases import SHAPE, MadeSource, make_pool
from training.pool import check_no_patient_in_both, open_pools, split_by_patient
from training.pool_collection import CollectionSource
from training.pool_phantoms import PhantomSource
from training.pool_write import write_pool

PROJECT = Path(__file__).resolve().parent.parent


def test_a_pool_holds_what_the_encoder_will_see(tmp_path: Path) -> None:
    """The stored bytes are the prepared grid to within half a step of 1/255, the scale exactly."""
    source = MadeSource(3)
    write_pool(tmp_path / "pool", source, Framing(SHAPE))
    pool = open_pools([tmp_path / "pool"])
    assert [label.sample for label in pool.labels] == ["s0-0", "s0-1", "s1-0", "s1-1", "s2-0", "s2-1"]
    prepared = GridPreparer(Framing(SHAPE))(source.volume(2, "T2"))
    np.testing.assert_array_equal(pool.scales([5])[0], prepared[:9])
    stored = pool.grids([5])[0].astype(np.float64) / 255
    assert stored.shape == SHAPE
    assert np.abs(stored.ravel() - prepared[9:]).max() <= 0.5 / 255 + 1e-6
    assert pool.texts(5).card == "prostate, axial T2-weighted (T2) MRI; 3 T"
    assert pool.texts(5).sentences == ("There is a lesion of 2 mm.", "The prostate is normal.")


def test_only_missing_shards_are_made_again_and_bytes_do_not_depend_on_that(tmp_path: Path) -> None:
    whole = make_pool(tmp_path / "whole", 10)
    begun = make_pool(tmp_path / "begun", 10)
    for name in ("shard-00001.parquet", "shard-00002.grids.npy", "shard-00002.parquet"):
        (begun / name).unlink()  # as a kill leaves it: no table, so the shard is not there
    source = MadeSource(10)
    assert write_pool(begun, source, Framing(SHAPE)) == 2
    assert source.asked == [1, 2]
    assert {p.name: p.read_bytes() for p in begun.iterdir()} == {p.name: p.read_bytes() for p in whole.iterdir()}


def test_a_pool_that_is_not_complete_or_not_one_is_refused(tmp_path: Path) -> None:
    pool = make_pool(tmp_path / "pool", 6)
    (pool / "shard-00001.parquet").unlink()
    with pytest.raises(UsageError, match="not complete"):
        open_pools([pool])
    with pytest.raises(UsageError, match="something else"):
        write_pool(pool, MadeSource(6, seed=1), Framing(SHAPE))
    with pytest.raises(NotFoundError, match="mrseek train prepare"):
        open_pools([tmp_path])
    with pytest.raises(UsageError, match="not empty"):
        write_pool(tmp_path, MadeSource(6), Framing(SHAPE))
    (pool / "pool.json").write_text(json.dumps({"format": "other", "version": 9}))
    with pytest.raises(IntegrityError):
        open_pools([pool])


def test_pools_are_joined_if_their_framing_is_one(tmp_path: Path) -> None:
    first, second = make_pool(tmp_path / "a", 3), make_pool(tmp_path / "b", 6, seed=1)
    joined = open_pools([first, second])
    assert len(joined) == 18
    alone = open_pools([second])
    np.testing.assert_array_equal(joined.grids([7, 17]), alone.grids([1, 11]))
    assert joined.texts(17) == alone.texts(11)
    write_pool(tmp_path / "c", MadeSource(3), Framing((8, 8, 8)))
    with pytest.raises(UsageError, match="framing"):
        open_pools([first, tmp_path / "c"])


def test_a_patient_is_on_one_side_only(tmp_path: Path) -> None:
    pool = open_pools([make_pool(tmp_path / "pool", 40)])
    train, held_out = split_by_patient(pool, 0.3)
    assert len(train) + len(held_out) == len(pool) == 80
    assert 4 < len(held_out) < 44
    check_no_patient_in_both(train, held_out)
    assert [label.sample for label in split_by_patient(pool, 0.3)[1].labels] == [one.sample for one in held_out.labels]
    with pytest.raises(UsageError, match="40 patients"):
        check_no_patient_in_both(pool, pool)


def test_workers_write_the_same_bytes(tmp_path: Path) -> None:
    one, two = make_pool(tmp_path / "one", 9), tmp_path / "two"
    script = (
        "import sys; from pathlib import Path; from encoders.framing import Framing\n"
        "from tests.training_cases import SHAPE, MadeSource; from training.pool_write import write_pool\n"
        "if __name__ == '__main__':\n"
        "    write_pool(Path(sys.argv[1]), MadeSource(9), Framing(SHAPE), processes=2)\n"
    )
    (tmp_path / "make.py").write_text(script)
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, tmp_path / "make.py", two], check=True, cwd=PROJECT, env=environment)
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


def test_phantoms_and_their_indexed_archive_say_the_same(tmp_path: Path) -> None:
    """Cards, labels, sections and grids of a pool of phantoms are those of the same patients written and indexed."""
    from indexer.run import index_archive

    archive = make_archive(tmp_path / "archive", patients=2, seed=11, layout=ArchiveLayout.DICOM, matrix=32)
    index_archive([archive.root], tmp_path / "collection", reports=archive.reports, encoder="tiny")
    write_pool(tmp_path / "indexed", CollectionSource(tmp_path / "collection"), Framing((16, 16, 16)))
    write_pool(tmp_path / "phantoms", PhantomSource(2, 11, matrix=32), Framing((16, 16, 16)))
    indexed, phantoms = open_pools([tmp_path / "indexed"]), open_pools([tmp_path / "phantoms"])
    assert len(indexed) == len(phantoms) == archive.series

    def said(pool, row):
        label, texts = pool.labels[row], pool.texts(row)
        return (texts.card, texts.captions, label.region, label.sequence, label.plane, sorted(texts.sections))

    assert sorted(said(indexed, row) for row in range(len(indexed))) == sorted(
        said(phantoms, row) for row in range(len(phantoms))
    )
    mean = lambda pool: np.sort(pool.grids(range(len(pool))).mean(axis=(1, 2, 3)))  # noqa: E731
    np.testing.assert_allclose(mean(indexed), mean(phantoms), atol=0.2)


def test_a_series_that_is_gone_is_left_out(tmp_path: Path) -> None:
    from indexer.run import index_archive

    archive = make_archive(tmp_path / "archive", patients=1, seed=3, layout=ArchiveLayout.BIDS, matrix=32)
    index_archive([archive.root], tmp_path / "collection", encoder="tiny")
    next(archive.root.rglob("*.nii.gz")).unlink()
    write_pool(tmp_path / "pool", CollectionSource(tmp_path / "collection"), Framing((16, 16, 16)))
    pool = open_pools([tmp_path / "pool"])
    assert len(pool) == archive.series - 1
    assert pool.texts(0).sections == () and pool.texts(0).report_hash == ""
