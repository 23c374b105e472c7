"""An audit as blocks of sentences and tables, the same for a terminal and for Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.audit.audit_results import Audit, ConfoundingAudit, HealthAudit
from retrieval.audit.confounding import Confounding, Lift
from retrieval.audit.health import Figures, Health
from retrieval.audit.health_verdict import Finding, gap_finding, health_findings
from retrieval.audit.leak_results import Leak, LeakAudit
from retrieval.audit.shared_keys import Example

Row = tuple[str, ...]

_CONFOUNDING_HEAD = (
    "confounder", "values", "queries", "observed", "random", "lift", "same stratum", "lift", "predicted", "majority"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the report.

    Attributes:
        title: its heading.
        sentence: what it is about.
        rows: a table, the head first; empty for none.
        notes: sentences after it.
    """

    title: str
    sentence: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()


def blocks_of(audit: Audit) -> tuple[Block, ...]:
    """The blocks, in reading order."""
    blocks: list[Block] = []
    if audit.leaks:
        blocks += _leak_blocks(audit.leaks)
    if audit.confounding:
        blocks.append(_confounding_block(audit.confounding))
    if audit.health:
        blocks += _health_blocks(audit.health)
    blocks += [Block(one.check.value.capitalize(), f"Not checked: {one.reason}.") for one in audit.skipped]
    return tuple(blocks)


def _leak_blocks(leaks: LeakAudit) -> Iterator[Block]:
    sizes = (
        f"{one.name}: {one.series} series of {one.patients} patients, {one.reports} reports" for one in leaks.sides
    )
    sides = "; ".join(sizes)
    left = f" {leaks.left_out} series have no value and are on no side." if leaks.left_out else ""
    head = ("leak", "status", "shared", *(f"of {one.name}" for one in leaks.sides), "threshold", "usual")
    rows = tuple(_leak_row(leak, len(leaks.sides)) for leak in leaks.leaks)
    notes = [f"{leak.kind}: {note}" for leak in leaks.leaks for note in leak.notes]
    yield Block("Leaks between splits", f"{leaks.verdict} {sides}.{left}", (head, *rows), (*leaks.notes, *notes))
    examples = tuple(_example_row(leak, example) for leak in leaks.leaks for example in leak.examples)
    if examples:
        yield Block(
            "Examples", "Pairs behind the counts, by pseudonym.", (("leak", "one", "other", "similarity"), *examples)
        )


def _leak_row(leak: Leak, sides: int) -> Row:
    shares = [
        f"{hit} of {whole} ({share:.1%})"
        for hit, whole, share in zip(leak.affected, leak.compared, leak.shares, strict=True)
    ] or ["-"] * sides
    usual = "-" if leak.usual is None else f"{leak.usual:.1%}"
    threshold = "-" if leak.threshold is None else f"{leak.threshold:g}"
    return (leak.kind.value, leak.status.value, str(leak.keys) if leak.compared else "-", *shares, threshold, usual)


def _example_row(leak: Leak, example: Example) -> Row:
    members = (f"{member.side}: {member.item}" for member in (example.one, example.other))
    return (leak.kind.value, *members, "equal" if example.score is None else f"{example.score:.4f}")


def _confounding_block(found: ConfoundingAudit) -> Block:
    sentence = (
        f"{found.queries} of {found.series} series asked, their own patient left out, top {found.k}. Lift: how many "
        f"times as often hits agree with the query as random ones, of all series and of each hit's own "
        f"{' and '.join(found.strata)}."
    )
    notes = tuple(f"{one.name}: {one.severity}. {one.verdict}" for one in found.confounders)
    if not found.confounders:
        return Block("Confounding", sentence, notes=("No confounder is known of any series.",))
    return Block("Confounding", sentence, (_CONFOUNDING_HEAD, *map(_confounder_row, found.confounders)), notes)


def _confounder_row(one: Confounding) -> Row:
    return (
        one.name,
        str(one.values),
        str(one.queries),
        f"{one.observed:.3f}",
        f"{one.pool.expected:.3f}",
        _lift(one.pool),
        f"{one.stratum.expected:.3f}",
        _lift(one.stratum),
        f"{one.accuracy:.3f}",
        f"{one.majority:.3f}",
    )


def _lift(lift: Lift) -> str:
    bounds = f" ({lift.interval.low:.2f} to {lift.interval.high:.2f})" if lift.interval else ""
    return f"{lift.ratio:.2f}{bounds}"


def _health_blocks(health: HealthAudit) -> Iterator[Block]:
    for channel in health.channels:
        sentence = f"{channel.vectors} vectors of length {channel.dimension}; figures of {channel.sampled} of them."
        notes = tuple(map(_said, health_findings(channel)))
        yield Block(f"Health of the {channel.channel} vectors", sentence, tuple(_health_rows(channel)), notes)
    if health.gaps:
        head = ("channels", "centroids apart", "random", "spread", "within", "between")
        rows = (
            (
                f"{gap.one}, {gap.other}",
                *(f"{value:.3f}" for value in (gap.distance, gap.isotropic, gap.spread)),
                f"{gap.within[0]:.3f}, {gap.within[1]:.3f}",
                f"{gap.between:.3f}",
            )
            for gap in health.gaps
        )
        notes = tuple(_said(gap_finding(gap)) for gap in health.gaps)
        yield Block("Modality gap", "Channels of one space: mean cosines within and between.", (head, *rows), notes)


def _health_rows(health: Health) -> Iterator[Row]:
    yield "figure", "here", "random vectors"
    for name, count in (
        ("not finite", health.not_finite), ("not of length 1", health.not_unit), ("equal to another", health.equal)
    ):  # fmt: skip
        yield name, str(count), "0"
    if health.figures is not None and health.isotropic is not None:
        names = _figure_cells(health.figures, health.k)
        for (name, here), (_, random) in zip(names, _figure_cells(health.isotropic, health.k), strict=True):
            yield name, here, random


def _figure_cells(figures: Figures, k: int) -> tuple[tuple[str, str], ...]:
    return (
        ("effective rank", f"{figures.effective_rank:.1f}"),
        ("variance in one component", f"{figures.first_component:.3f}"),
        ("mean cosine of random pairs", f"{figures.mean_cosine:.3f}"),
        (f"skewness of N_{k}", f"{figures.hubness.skewness:.2f}"),
        (f"largest N_{k}", str(figures.hubness.largest)),
        ("found by nobody", f"{figures.hubness.antihubs:.1%}"),
        ("with a near-duplicate", f"{figures.near:.1%}"),
    )


def _said(finding: Finding) -> str:
    return f"{finding.severity}. {finding.text}"
