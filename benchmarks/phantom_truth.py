"""What is the matter with the simulated patients of a prepared pool: drawn again from its seed, as the pool drew it.

A pool keeps texts and labels, not findings; but everything follows from the seed. Nothing is rendered. A simulator
that has changed would draw others; so the truth is held against the pool's own sentences before it is used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import UsageError
from phantoms import seeds
from phantoms.findings import Finding, draw_finding, kinds_in
from phantoms.plan import plan_patient
from phantoms.random_series import REGIONS_DRAWN
from phantoms.report_parse import parse_report
from training.pool import Pool

GLIMPSE_FINDING_SHARE = 0.4  # as `training/pool_glimpses.py` draws them; `check_truth` would notice another
_CHECKED = 200

Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PoolStudy:
    """A study of a pool.

    Attributes:
        samples: its series, as rows of the pool.
        region: as the pool labels it.
    """

    study: str
    patient: str
    region: str
    samples: tuple[int, ...]
    findings: Findings


def pool_studies(pool: Pool, most: int) -> tuple[PoolStudy, ...]:
    """The first studies of a simulated pool, at most so many, with their findings.

    Raises:
        UsageError: the pool is of no simulated patients, or of another simulator.
    """
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(pool.labels):
        rows.setdefault(label.study, []).append(row)
    chosen = list(rows)[:most]
    truth = findings_of(pool.info.source, chosen)
    studies = tuple(
        PoolStudy(study, (first := pool.labels[rows[study][0]]).patient, first.region, tuple(rows[study]), truth[study])
        for study in chosen
    )
    check_truth(pool, studies)
    return studies


def findings_of(source: Mapping[str, Any], studies: Sequence[str]) -> dict[str, Findings]:
    """The findings of some studies by name, from what a pool was made from.

    Raises:
        UsageError: it was not made of simulated patients.
    """
    match source.get("kind"):
        case "glimpses":
            return {study: glimpse_findings(source["seed"], int(study.rsplit("-", 1)[1])) for study in studies}
        case "phantoms":
            every = dict(_planned(source))
            return {study: every[study] for study in studies}
        case other:
            raise UsageError(
                f'A pool of kind "{other}" came; expected one of simulated patients, whose findings are known.',
                remedy="Make one: mrseek train prepare POOL --glimpses 1000 --planes --seed 90001",
            )


def glimpse_findings(seed: int, number: int) -> Findings:
    """The findings of a subject: the first draws of `phantoms.random_series.draw_shown`, in its order."""
    random = seeds.generator(seed, "glimpse", number)
    region = REGIONS_DRAWN[random.integers(len(REGIONS_DRAWN))]
    left = bool(random.random() < 0.5)
    kinds = kinds_in(region)
    if not kinds or random.random() >= GLIMPSE_FINDING_SHARE:
        return ()
    return (draw_finding(random, region, kinds[random.integers(len(kinds))], left=left),)


def _planned(source: Mapping[str, Any]) -> Iterator[tuple[str, Findings]]:
    for number in range(1, source["patients"] + 1):
        for study in plan_patient(number, source["seed"], matrix=source["matrix"]).studies:
            yield study.uid, study.findings


def check_truth(pool: Pool, studies: Sequence[PoolStudy]) -> None:
    """Refuses findings that the pool's own sentences do not state: another simulator made it.

    Raises:
        UsageError: they do not.
    """
    for study in studies[:_CHECKED]:
        sentences = pool.texts(study.samples[0]).sentences
        stated = {said.kind for said in parse_report("Findings: " + "\n".join(sentences)) if said.present}
        if stated != {finding.kind for finding in study.findings}:
            raise UsageError(
                f"The report of {study.study} states {sorted(stated)}, and its seed draws "
                f"{sorted(finding.kind for finding in study.findings)}: the pool was made by another simulator.",
                remedy="Prepare the pool again with this version.",
            )
