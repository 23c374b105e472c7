"""Making patients up: regions, ages, scanners, series, findings and how they change from one visit to the next.

Every patient is drawn from the seed and the patient's number alone, so that any part of an archive of any size can be
planned without the rest.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.finding_course import followed_up
from phantoms.findings import Finding, FindingKind, draw_finding, kinds_in
from phantoms.protocols import PROTOCOLS, Protocol, acquisition_of
from phantoms.scanners import Scanner, scanners_for
from phantoms.scene import Subject
from phantoms.series_names import series_description
from phantoms.study import Patient, Series, Study

MATRIX = 96
_MATRIX_STEPS = (-8, 0, 8)
_FIRST_DAY = dt.date(2019, 1, 7)
_MAX_SERIES = 4
_K = FindingKind

# Each two dozen patients hold these regions, so that a small archive has them all; most archives have brains most.
_DECK = (
    *("brain",) * 6,
    *("lumbar spine",) * 3,
    *("knee",) * 2,
    *("abdomen",) * 2,
    *("cervical spine",) * 2,
    *("prostate",) * 2,
    *("shoulder", "thoracic spine", "heart", "wrist", "upper leg", "lower leg", "fetal brain"),
)
_REGION_DECK = tuple(Region(name) for name in _DECK)
_AGES = {Region.PROSTATE: (48, 86), Region.ABDOMEN: (30, 86), Region.FETAL: (19, 43)}  # a fetus': its mother's
_SEXES = {Region.PROSTATE: "M", Region.FETAL: "F"}
# At most one of these in a head; and what may come more than once.
_MASSES = frozenset({_K.GLIOMA, _K.METASTASES, _K.MENINGIOMA, _K.HAEMORRHAGE, _K.ARACHNOID_CYST})
_REPEATED = frozenset({_K.DISC_HERNIATION, _K.LIVER_METASTASIS, _K.HEPATIC_CYST, _K.RENAL_CYST, _K.INFARCT})


def plan_patients(patients: int, seed: int, *, matrix: int = MATRIX) -> tuple[Patient, ...]:
    """The patients of an archive; the first n are the same for any larger number."""
    return tuple(plan_patient(number, seed, matrix=matrix) for number in range(1, patients + 1))


def plan_patient(number: int, seed: int, *, matrix: int = MATRIX) -> Patient:
    """The patient with a number, from 1.

    Args:
        number: which.
        seed: of the archive.
        matrix: pixels along a side of an image, give or take a few.
    """
    region, nth = _region_of(number, seed)
    random = seeds.generator(seed, "patient", number)
    age_years = int(random.integers(*_AGES.get(region, (19, 86))))
    sex = _SEXES.get(region) or ("M" if random.random() < 0.5 else "F")
    left = bool(random.random() < 0.5)
    date = _FIRST_DAY + dt.timedelta(days=int(random.integers(0, 1800)))
    birth_date = date - dt.timedelta(days=int(age_years * 365.25) + int(random.integers(1, 364)))
    findings = _draw_findings(random, region, _first_kind(region, nth, seed), left=left)
    studies: list[Study] = []
    for visit in range(1, _visits(random) + 1):
        subject = Subject(region, _body_seed(seed, number), _age_at(birth_date, date), left, findings)
        study = _plan_study((number, visit), date=date, subject=subject, seed=seed, matrix=matrix)
        studies.append(replace(study, prior=studies[-1] if studies else None))
        date += dt.timedelta(days=int(random.integers(40, 700)))
        findings = _next_findings(random, region, findings, left=left)
    return Patient(number, sex, birth_date, tuple(studies))


def _region_of(number: int, seed: int) -> tuple[Region, int]:
    """A patient's region, and how many patients before have had it: freshly shuffled decks."""
    deal, place = divmod(number - 1, len(_REGION_DECK))
    order = seeds.generator(seed, "regions", deal).permutation(len(_REGION_DECK))
    dealt = [_REGION_DECK[card] for card in order]
    region = dealt[place]
    return region, deal * _REGION_DECK.count(region) + dealt[:place].count(region)


def _first_kind(region: Region, nth: int, seed: int) -> FindingKind | None:
    """What the nth patient of a region has first, None for nothing: a shuffled deck of all kinds and some blanks."""
    kinds = kinds_in(region)
    deck = (*kinds, *(None,) * max(1, len(kinds) // 4))
    round_, place = divmod(nth, len(deck))
    order = seeds.generator(seed, "kinds", region, round_).permutation(len(deck))
    return deck[int(order[place])]


def _draw_findings(
    random: np.random.Generator, region: Region, first: FindingKind | None, *, left: bool
) -> tuple[Finding, ...]:
    """The first finding, and up to two more beside it."""
    if first is None:
        return ()
    findings = [draw_finding(random, region, first, left=left)]
    for _ in range(2):
        if random.random() < 0.3:
            _add_another(random, region, findings, left=left)
    return tuple(findings)


def _add_another(random: np.random.Generator, region: Region, findings: list[Finding], *, left: bool) -> None:
    """Adds a finding that may stand beside the others, if the draw gives one."""
    kinds = kinds_in(region)
    there = {finding.kind for finding in findings}
    another = draw_finding(random, region, kinds[random.integers(len(kinds))], left=left)
    crowded = any((old.side, old.place) == (another.side, another.place) for old in findings)
    repeated = another.kind in there and another.kind not in _REPEATED
    if not (crowded or repeated or (another.kind in _MASSES and there & _MASSES)):
        findings.append(another)


def _next_findings(
    random: np.random.Generator, region: Region, findings: Sequence[Finding], *, left: bool
) -> tuple[Finding, ...]:
    """What is there at the next visit: what has changed, less what has gone, and now and then something new."""
    later = [after for before in findings if (after := followed_up(random, before)) is not None]
    if kinds_in(region) and random.random() < 0.12:
        _add_another(random, region, later, left=left)
    return tuple(later)


def _body_seed(seed: int, number: int) -> int:
    return int(seeds.generator(seed, "body", number).integers(2**31))


def _visits(random: np.random.Generator) -> int:
    return 1 + int(random.random() < 0.3) + int(random.random() < 0.1)


def _plan_study(
    place: tuple[int, int],
    *,
    date: dt.date,
    subject: Subject,
    seed: int,
    matrix: int,
) -> Study:
    """One visit; `place` is the patient's number and the visit's."""
    random = seeds.generator(seed, "study", *place)
    scanners = scanners_for(subject.region)
    scanner = scanners[random.integers(len(scanners))]
    protocols = _choose_protocols(random, subject.region, {finding.kind for finding in subject.findings})
    return Study(
        number=place[1],
        uid=seeds.uid(seed, "study", *place),
        accession=f"PH{place[0]:05d}{place[1]:02d}",
        date=date,
        subject=subject,
        scanner=scanner,
        series=tuple(
            _plan_series(
                random,
                number,
                seeds.uid(seed, "series", *place, number),
                protocol=protocol,
                scanner=scanner,
                matrix=matrix,
            )
            for number, protocol in enumerate(protocols, start=1)
        ),
    )


def _plan_series(
    random: np.random.Generator, number: int, uid: str, *, protocol: Protocol, scanner: Scanner, matrix: int
) -> Series:
    return Series(
        number=number,
        uid=uid,
        protocol=protocol,
        acquisition=acquisition_of(random, protocol, scanner, matrix + _MATRIX_STEPS[random.integers(3)]),
        description=series_description(scanner.vendor, protocol.sequence, protocol.plane),
    )


def _age_at(birth_date: dt.date, date: dt.date) -> int:
    return date.year - birth_date.year - ((date.month, date.day) < (birth_date.month, birth_date.day))


def _choose_protocols(random: np.random.Generator, region: Region, kinds: set[FindingKind]) -> list[Protocol]:
    """The core of the region's protocol, what shows the findings, and others up to three or four; in protocol order."""
    protocols = PROTOCOLS[region.value]
    chosen = [protocol for protocol in protocols if protocol.core or kinds & set(protocol.shows)]
    others = [protocol for protocol in protocols if protocol not in chosen]
    wanted = int(random.integers(_MAX_SERIES - 1, _MAX_SERIES + 1))
    extra = random.permutation(len(others))[: max(0, wanted - len(chosen))]
    chosen.extend(others[place] for place in extra)
    return [protocol for protocol in protocols if protocol in chosen]
