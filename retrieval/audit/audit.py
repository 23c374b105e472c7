"""The audit of a collection: reads what each check needs, and asks the check."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.audit.audit_results import Audit, ConfoundingAudit, HealthAudit, Skipped
from retrieval.audit.checks import Check
from retrieval.audit.confounders import Labels, codes_of, read_confounders, read_strata
from retrieval.audit.confounding import measure_all
from retrieval.audit.health import measure_health
from retrieval.audit.leak_limits import LeakLimits
from retrieval.audit.leak_results import LeakAudit
from retrieval.audit.leaks import find_leaks
from retrieval.audit.modality_gap import modality_gap
from retrieval.audit.neighbours import nearest_rows, sample_rows
from retrieval.audit.progress import Listener, silent
from retrieval.audit.reading import as_texts, finite_rows, read_groups, read_sides
from retrieval.audit.sides import Side
from retrieval.collection import Collection
from retrieval.exact import gather
from retrieval.tables import Table


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """How an audit is made.

    Attributes:
        k: neighbours, in confounding and hubness.
        strata: columns that make series alike for good reasons.
        confounders: columns to look at beside the standard ones.
        limits: what counts as near.
        queries: most series that ask, in confounding.
        sample: most vectors of a channel whose neighbours are looked at, in health.
        seed: of all that is drawn.
    """

    k: int = 10
    strata: tuple[str, ...] = ("region", "sequence")
    confounders: tuple[str, ...] = ()
    limits: LeakLimits = field(default_factory=LeakLimits)
    queries: int = 2000
    sample: int = 10_000
    seed: int = 0


DEFAULT_SETTINGS = AuditSettings()


def audit(
    collection: Collection,
    *,
    against: Collection | None = None,
    split: str | None = None,
    checks: Sequence[Check] = (),
    settings: AuditSettings = DEFAULT_SETTINGS,
    listener: Listener = silent,
) -> Audit:
    """What makes a benchmark on a collection lie.

    Args:
        collection: the one that is audited: the test side.
        against: the other side of the split.
        split: a column of the series table whose values are the sides; instead of `against`.
        checks: which; all that apply for an empty list.
        settings: how.
        listener: is told how far it is.

    Raises:
        UsageError: an empty collection, both or neither of `against` and `split` where leaks were asked for, or a
            column that is no split (NotFoundError for an unknown one, and for image vectors that are not there).
    """
    _check(collection, against, split, checks)
    wanted, skipped = _that_apply(collection, against, split, checks)
    manifest = collection.manifest
    return Audit(
        snapshot=manifest.snapshot,
        encoder=manifest.encoder.name,
        code_version=manifest.code_version,
        leaks=_leaks(collection, against, split, settings, listener) if Check.LEAKS in wanted else None,
        confounding=_confounding(collection, settings, listener) if Check.CONFOUNDING in wanted else None,
        health=_health(collection, settings, listener) if Check.HEALTH in wanted else None,
        skipped=skipped,
        configuration={"split": split, **asdict(settings)},
    )


def _check(collection: Collection, against: Collection | None, split: str | None, checks: Sequence[Check]) -> None:
    if not collection.tables.count(Table.SERIES):
        raise UsageError(f"{collection.path} holds no series: there is nothing to audit.", remedy="Index an archive.")
    if against is not None and split is not None:
        raise UsageError("Two splits were named: another collection and a column.", remedy="Name one of them.")
    if Check.LEAKS in checks and against is None and split is None:
        raise UsageError(
            "Leaks are between two sides, and no other side was named.",
            remedy="Add --against with the other collection, or --split with a column of this one.",
        )


def _that_apply(
    collection: Collection, against: Collection | None, split: str | None, checks: Sequence[Check]
) -> tuple[tuple[Check, ...], tuple[Skipped, ...]]:
    """What to check; checks that were named are made, or raise."""
    if checks:
        return tuple(checks), ()
    skipped = []
    if against is None and split is None:
        skipped.append(Skipped(Check.LEAKS, "no other side was named (--against, --split)"))
    if not collection.manifest.channels.get(Channel.IMAGE.value):
        skipped.append(Skipped(Check.CONFOUNDING, "the collection has no image vectors"))
    left_out = {one.check for one in skipped}
    return tuple(check for check in Check if check not in left_out), tuple(skipped)


def _leaks(
    collection: Collection,
    against: Collection | None,
    split: str | None,
    settings: AuditSettings,
    listener: Listener,
) -> LeakAudit:
    sides: tuple[Side, ...]
    if against is not None:
        sides, left_out = read_sides(collection, against), 0
    else:
        sides, left_out = read_groups(collection, split or "")
    return find_leaks(sides, left_out=left_out, limits=settings.limits, seed=settings.seed, listener=listener)


def _confounding(collection: Collection, settings: AuditSettings, listener: Listener) -> ConfoundingAudit:
    """Image-to-image search of a sample of the series, each without its own patient."""
    stored, owners = collection.vectors(Channel.IMAGE), collection.owners(Channel.IMAGE)
    finite = finite_rows(stored.vectors)
    vectors, owners = gather(stored.vectors, finite), owners[finite]
    series = as_texts(collection.series_table(["patient_id"])["patient_id"])
    patients = codes_of([series], missing_is_a_value=True)[owners]
    strata = read_strata(collection, settings.strata)[owners]
    labels = [Labels(one.name, one.codes[owners]) for one in read_confounders(collection, settings.confounders)]
    queries = sample_rows(len(vectors), settings.queries, np.random.default_rng(settings.seed))
    hits = nearest_rows(vectors, queries, settings.k, patients, step="scans that find scans", listener=listener).rows
    found = measure_all(labels, patients, strata, queries, hits, seed=settings.seed)
    return ConfoundingAudit(settings.k, len(vectors), len(queries), settings.strata, found)


def _health(collection: Collection, settings: AuditSettings, listener: Listener) -> HealthAudit:
    names = [channel for channel in Channel if channel.value in collection.manifest.channels]
    stored = {channel: collection.vectors(channel).vectors for channel in names}
    channels = tuple(
        measure_health(
            channel.value,
            stored[channel],
            k=settings.k,
            near=settings.limits.image,
            sample=settings.sample,
            seed=settings.seed,
            listener=listener,
        )
        for channel in names
    )
    space = {channel: collection.manifest.channels[channel.value].space for channel in names}
    clouds = {channel: _cloud(stored[channel], settings) for channel in names}
    gaps = tuple(
        modality_gap(one.value, clouds[one], other.value, clouds[other])
        for one, other in combinations(names, 2)
        if space[one] == space[other] and len(clouds[one]) and len(clouds[other])
    )
    return HealthAudit(channels, gaps)


def _cloud(vectors: NDArray[np.float32], settings: AuditSettings) -> NDArray[np.float32]:
    """The finite ones of a channel's vectors, or a sample of them."""
    finite = finite_rows(vectors)
    return gather(vectors, finite[sample_rows(len(finite), settings.sample, np.random.default_rng(settings.seed))])
