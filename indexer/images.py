"""The image phase: every open work item decoded in processes, encoded beside them, and committed batch by batch.

    claim -> worker pool (decode, prepare) -> batch -> encoder thread (encode, write the shard) -> one transaction

What is in memory at any moment is bounded by the number of workers and the batch size, never by the archive. A batch
that was encoded but not committed when the process died leaves a shard that nobody knows (swept at the next start) and
leases that end with the process.
"""

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field

from encoders.contract import ImageTower
from indexer.catalog.readings import set_reading
from indexer.catalog.vectors import add_shard, has_vectors
from indexer.catalog.work import (
    FailureNote,
    WorkItem,
    claim,
    count_open,
    fail,
    lease_owners,
    release,
    renew,
    settle,
    still_held,
)
from indexer.decode import Decoded, DecodeTask, FailedSeries, Result, Untouched
from indexer.image_batch import EncodedBatch, encode_batch
from indexer.pool import WorkerPool
from indexer.progress import Phase, Progress, ProgressListener
from indexer.records import Channel
from indexer.session import Session
from indexer.writers import LEASE_SECONDS

_POLL_SECONDS = 0.2
_OLDEST_SECONDS = 5.0  # a batch that fills slowly is committed by then


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """How the image phase runs.

    Attributes:
        workers: decoding processes.
        batch: series a shard; what a crash can cost.
        task_seconds: a series that takes longer to decode is given up.
    """

    workers: int
    batch: int = 32
    task_seconds: float = 900.0


@dataclass(slots=True)
class ImageTally:
    """What became of the series that this process took."""

    encoded: list[int] = field(default_factory=list)
    untouched: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    @property
    def done(self) -> int:
        """All of them."""
        return len(self.encoded) + len(self.untouched) + len(self.failed)


def encode_images(
    session: Session,
    tower: ImageTower,
    options: ImageOptions,
    progress: ProgressListener,
) -> ImageTally:
    """Works until no item is open, here or with another living writer.

    Raises:
        StorageError: the disk is full or read-only; what was committed stays.
    """
    with (
        WorkerPool(tower.prepare, workers=options.workers, task_seconds=options.task_seconds) as pool,
        ThreadPoolExecutor(1, thread_name_prefix="encoder") as encoder,
    ):
        run = _Run(session, tower, options, progress, pool=pool, encoder=encoder)
        return run.work()


class _Run:
    """One pass of the image phase: what is where between claim and commit."""

    def __init__(
        self,
        session: Session,
        tower: ImageTower,
        options: ImageOptions,
        progress: ProgressListener,
        *,
        pool: WorkerPool,
        encoder: ThreadPoolExecutor,
    ) -> None:
        self._catalog, self._layout, self._writer = session.catalog, session.layout, session.writer
        self._tower = tower
        self._options, self._progress, self._pool, self._encoder = options, progress, pool, encoder
        self._waiting: list[Decoded] = []
        self._encoding: deque[tuple[int, Future[EncodedBatch]]] = deque()  # with the number of series
        self._claimed: deque[WorkItem] = deque()
        self._tally = ImageTally()
        self._began = self._last_commit = self._last_renewal = time.monotonic()
        with self._catalog.read() as connection:
            self._total = count_open(connection)

    def work(self) -> ImageTally:
        """Feeds, collects, encodes and commits until nothing is left."""
        while True:
            self._feed()
            if not (self._pool.pending or self._waiting or self._encoding):
                if not self._others_at_work():
                    return self._tally
                continue
            self._collect()
            self._commit_finished()
            self._encode_waiting()
            self._keep_leases()
            self._tell()

    def _feed(self) -> None:
        """Gives the workers what they take, unless the encoder is far behind; claims a batch at a time."""
        while self._pool.room > 0 and len(self._waiting) < self._options.batch:
            if not self._claimed:
                with self._catalog.write() as connection:
                    items = claim(connection, self._writer.name, most=self._options.batch, seconds=LEASE_SECONDS)
                self._claimed.extend(items)
            if not self._claimed:
                return
            self._pool.give(_task(self._claimed.popleft()))

    def _collect(self) -> None:
        """Takes what the workers have finished."""
        settled: list[Result] = []
        if not self._pool.pending and self._encoding:
            wait_for([self._encoding[0][1]], _POLL_SECONDS)
        for result in self._pool.results(seconds=_POLL_SECONDS if self._pool.pending else 0.0):
            if isinstance(result, Decoded):
                self._waiting.append(result)
            else:
                settled.append(result)
        if settled:
            self._settle(settled)

    def _settle(self, results: Sequence[Result]) -> None:
        """Commits series that need no encoding: untouched ones and failures."""
        with self._catalog.write() as connection:
            held = still_held(connection, self._writer.name, [result.ticket for result in results])
            for result in results:
                if result.ticket not in held:
                    continue
                if isinstance(result, FailedSeries):
                    fail(connection, result.ticket, _note(result))
                else:
                    settle(connection, [result.ticket])
        self._tally.failed += [result.ticket for result in results if isinstance(result, FailedSeries)]
        self._tally.untouched += [result.ticket for result in results if isinstance(result, Untouched)]

    def _encode_waiting(self) -> None:
        """Hands a batch to the encoder: a full one, or what there is where no more is coming soon.

        It has the next batch before it ends one, so that it never waits for us.
        """
        if len(self._encoding) > 1 or not self._waiting:
            return
        late = time.monotonic() - self._last_commit > _OLDEST_SECONDS
        more = self._pool.pending or self._claimed
        if len(self._waiting) < self._options.batch and more and not late:
            return
        batch = tuple(self._waiting[: self._options.batch])
        del self._waiting[: len(batch)]
        fingerprint = self._tower.spec.fingerprint
        with self._catalog.read() as connection:
            known = has_vectors(connection, fingerprint, Channel.IMAGE, [series.image_hash for series in batch])
        future = self._encoder.submit(encode_batch, self._layout, self._writer.name, self._tower, batch, known)
        self._encoding.append((len(batch), future))

    def _commit_finished(self) -> None:
        """Commits what the encoder has finished."""
        while self._encoding and self._encoding[0][1].done():
            self._commit(self._encoding.popleft()[1].result())
            self._last_commit = time.monotonic()

    def _commit(self, batch: EncodedBatch) -> None:
        """Commits a batch: shard, readings and work items in one transaction."""
        with self._catalog.write() as connection:
            held = still_held(connection, self._writer.name, [series.ticket for series in batch.series])
            if batch.shard is not None:
                add_shard(connection, batch.shard, batch.contents)
            for series in batch.series:
                if series.ticket in held:
                    reading = series.reading.as_json()
                    set_reading(connection, series.ticket, series.content_hash, series.image_hash, reading)
            settle(connection, held)
        self._tally.encoded += [series.ticket for series in batch.series]
        if batch.refused:
            self._settle(batch.refused)

    def _others_at_work(self) -> bool:
        """Whether another writer has items in hand; those of the dead are put up again."""
        with self._catalog.read() as connection:
            owners = lease_owners(connection) - {self._writer.name}
        gone = {owner for owner in owners if self._writer.is_gone(owner)}
        if owners:
            with self._catalog.write() as connection:
                release(connection, gone)
            if not gone:
                time.sleep(_POLL_SECONDS)
        return bool(owners)

    def _keep_leases(self) -> None:
        if time.monotonic() - self._last_renewal > LEASE_SECONDS / 3:
            with self._catalog.write() as connection:
                renew(connection, self._writer.name, seconds=LEASE_SECONDS)
            self._last_renewal = time.monotonic()

    def _tell(self) -> None:
        done = self._tally.done + len(self._waiting) + sum(size for size, _ in self._encoding)
        rate = done / max(time.monotonic() - self._began, 1e-9)
        self._progress(Progress(Phase.IMAGES, done, max(self._total, done), len(self._tally.failed), rate))


def _task(item: WorkItem) -> DecodeTask:
    return DecodeTask(item.series, item.row_id, item.root, item.files, item.entities, item.content_hash)


def _note(failed: FailedSeries) -> FailureNote:
    return FailureNote(failed.stage.value, failed.error_class, failed.reason, failed.remedy)
