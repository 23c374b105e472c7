"""The pool of decoding processes: one that dies, or takes too long, costs one series."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from common.errors import MrseekError, UsageError
from indexer.decode import Decoded, DecodeTask, FailedSeries, Result, Untouched
from indexer.pool import WorkerPool
from tests.indexer_archives import write_scan
from volumes.volume import Volume


class Touchy:
    """A preparer that does, by the brightness of a voxel, what a decoder may do at its worst."""

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        match float(volume.voxels[0, 0, 0]):
            case 1.0:
                os.kill(os.getpid(), signal.SIGKILL)
            case 2.0:
                time.sleep(60)
            case 3.0:
                raise ValueError("Mustermann^Max came up")
            case 4.0:
                return np.full(4, np.nan, np.float32)
            case 5.0:
                raise MrseekError("Nothing to see.", remedy="Look elsewhere.")
        return volume.voxels[:2, :2, 0].ravel()


def scan(folder: Path, name: str, corner: float) -> DecodeTask:
    import nibabel as nib

    path = folder / f"{name}.nii"
    voxels = np.arange(2 * 2 * 2, dtype=np.float32).reshape(2, 2, 2)
    voxels[0, 0, 0] = corner
    path.write_bytes(nib.Nifti1Image(voxels, np.eye(4)).to_bytes())
    return DecodeTask(ticket=int(name), row_id=0, root=str(folder), files=(path.name,))


def work(tasks: list[DecodeTask], *, workers: int = 2, seconds: float = 60.0) -> dict[int, Result]:
    results: dict[int, Result] = {}
    waiting = list(tasks)
    with WorkerPool(Touchy(), workers=workers, task_seconds=seconds) as pool:
        while waiting or pool.pending:
            while waiting and pool.room:
                pool.give(waiting.pop())
            for result in pool.results(seconds=0.1):
                assert result.ticket not in results
                results[result.ticket] = result
    return results


def test_each_bad_one_costs_itself(tmp_path: Path) -> None:
    tasks = [scan(tmp_path, str(number), float(number) if number < 6 else 9.0) for number in range(1, 13)]
    results = work([task for task in tasks if task.ticket != 2])
    failed = {ticket: result for ticket, result in results.items() if isinstance(result, FailedSeries)}
    assert sorted(results) == [1, *range(3, 13)]
    assert sorted(failed) == [1, 3, 4, 5]
    assert failed[1].error_class == "ProcessDied"
    assert (failed[3].stage, failed[3].error_class) == ("prepare", "ValueError")
    assert "Mustermann" not in failed[3].reason + failed[3].remedy
    assert "finite" in failed[4].reason
    assert (failed[5].reason, failed[5].remedy) == ("Nothing to see.", "Look elsewhere.")
    good = results[7]
    assert isinstance(good, Decoded)
    assert good.prepared.tolist() == [9.0, 2.0, 4.0, 6.0]
    assert good.reading.geometry.shape == (2, 2, 2)


def test_a_slow_one_is_given_up(tmp_path: Path) -> None:
    tasks = [scan(tmp_path, str(number), 2.0 if number == 6 else 9.0) for number in range(6, 11)]
    began = time.monotonic()
    results = work(tasks, workers=1, seconds=3.0)
    assert time.monotonic() - began < 30
    assert {ticket for ticket, result in results.items() if isinstance(result, FailedSeries)} == {6}
    assert results[6].error_class == "TimeoutError"  # type: ignore[union-attr]


def test_known_content_is_not_decoded(tmp_path: Path) -> None:
    from dataclasses import replace

    task = scan(tmp_path, "7", 9.0)
    (first,) = work([task]).values()
    assert isinstance(first, Decoded)
    (again,) = work([replace(task, content_hash=first.content_hash)]).values()
    assert again == Untouched(7)


def test_folder_and_file_names_stay_out_of_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "Mustermann_Max"
    write_scan(folder / "Mustermann_T1.nii", 1)
    path = folder / "Mustermann_T1.nii"
    path.write_bytes(path.read_bytes()[:400])
    task = DecodeTask(7, 0, str(folder), ("Mustermann_T1.nii",))
    (result,) = work([task]).values()
    assert isinstance(result, FailedSeries)
    assert "Mustermann" not in result.reason + result.remedy
    assert result.reason


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    (result,) = work([DecodeTask(7, 0, str(tmp_path), ("gone.nii",))]).values()
    assert isinstance(result, FailedSeries)
    assert "gone" in result.reason
    assert "mrseek index" in result.remedy


def test_a_preparer_that_cannot_travel_is_refused() -> None:
    with pytest.raises(UsageError, match="another process"):
        WorkerPool(lambda volume: volume.voxels, workers=1)


def test_many_large_tasks_and_results_do_not_block_each_other(tmp_path: Path) -> None:
    """Both directions of the socket are full at once: tasks of half a megabyte, results of a megabyte."""
    import nibabel as nib

    path = tmp_path / "7.nii"
    path.write_bytes(nib.Nifti1Image(np.full((2, 2, 2), 9, np.float32), np.eye(4)).to_bytes())
    padding = {f"k{number}": "x" * 1000 for number in range(500)}
    tasks = [DecodeTask(7 + n, 0, str(tmp_path), (path.name,), padding) for n in range(6)]
    assert len(work(tasks)) == 6


@pytest.mark.parametrize("how", ["closed", "terminated"])
def test_a_worker_that_nobody_waits_for_leaves_its_task(tmp_path: Path, how: str) -> None:
    """As after a kill of the main process: the decoder in hand is unwound, and does not go on for a minute."""
    pool = WorkerPool(Touchy(), workers=1)
    pool.give(scan(tmp_path, "2", 2.0))
    (worker,) = pool._workers
    while not worker.ready:
        assert list(pool.results(seconds=0.1)) == []
    time.sleep(0.5)  # it is in its task by then
    if how == "closed":
        worker.connection.close()
    else:
        worker.process.terminate()
    assert worker.process.wait(10) == 0
