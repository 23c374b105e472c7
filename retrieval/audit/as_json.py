"""An audit as JSON: the contract of `mrseek audit --json`."""

import math
from dataclasses import asdict
from typing import Any

from retrieval.audit.audit_results import Audit, ConfoundingAudit, HealthAudit
from retrieval.audit.confounding import Confounding, Lift
from retrieval.audit.health import Health
from retrieval.audit.health_verdict import gap_finding, health_findings
from retrieval.audit.leak_results import Leak, LeakAudit

VERSION = 1


def as_json(audit: Audit) -> dict[str, Any]:
    """Plain types for `json.dumps`; a number that does not exist is null."""
    document = {
        "version": VERSION,
        "snapshot": audit.snapshot,
        "encoder": audit.encoder,
        "code_version": audit.code_version,
        "leaks": _leaks(audit.leaks) if audit.leaks else None,
        "confounding": _confounding(audit.confounding) if audit.confounding else None,
        "health": _health(audit.health) if audit.health else None,
        "skipped": [{"check": one.check.value, "reason": one.reason} for one in audit.skipped],
        "configuration": dict(audit.configuration),
    }
    return {name: _plain(value) for name, value in document.items()}


def _leaks(leaks: LeakAudit) -> dict[str, Any]:
    return {
        "verdict": leaks.verdict,
        "sides": [asdict(side) for side in leaks.sides],
        "series_on_no_side": leaks.left_out,
        "kinds": [_leak(leak, leaks) for leak in leaks.leaks],
        "notes": list(leaks.notes),
    }


def _leak(leak: Leak, leaks: LeakAudit) -> dict[str, Any]:
    sides = [side.name for side in leaks.sides] if leak.compared else []
    return {
        "kind": leak.kind.value,
        "status": leak.status.value,
        "shared": leak.keys,
        "affected": [
            {"side": side, "items": hit, "of": whole, "share": share}
            for side, hit, whole, share in zip(sides, leak.affected, leak.compared, leak.shares, strict=True)
        ],
        "threshold": leak.threshold,
        "usual_share": leak.usual,
        "examples": [asdict(example) for example in leak.examples],
        "notes": list(leak.notes),
    }


def _confounding(found: ConfoundingAudit) -> dict[str, Any]:
    return {
        "k": found.k,
        "series": found.series,
        "queries": found.queries,
        "strata": list(found.strata),
        "confounders": [_confounder(one) for one in found.confounders],
    }


def _confounder(one: Confounding) -> dict[str, Any]:
    return {
        "name": one.name,
        "values": one.values,
        "queries": one.queries,
        "patients": one.patients,
        "known_share": one.known,
        "observed": one.observed,
        "pool": _lift(one.pool),
        "stratum": _lift(one.stratum) | {"alternatives": one.alternatives},
        "prediction": {"accuracy": one.accuracy, "majority": one.majority},
        "severity": one.severity.value,
        "verdict": one.verdict,
    }


def _lift(lift: Lift) -> dict[str, Any]:
    bounds = lift.interval
    return {
        "expected": lift.expected,
        "lift": lift.ratio,
        "interval": [bounds.low, bounds.high] if bounds else None,
        "excess": lift.excess,
    }


def _health(health: HealthAudit) -> dict[str, Any]:
    gaps = [asdict(gap) | {"severity": gap.severity.value, "verdict": gap_finding(gap).text} for gap in health.gaps]
    return {"channels": [_channel(channel) for channel in health.channels], "gaps": gaps}


def _channel(health: Health) -> dict[str, Any]:
    findings = [{"severity": one.severity.value, "text": one.text} for one in health_findings(health)]
    return asdict(health) | {"findings": findings}


def _plain(value: Any) -> Any:
    """The value with null for every number that does not exist."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
