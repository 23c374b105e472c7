"""Who is scanned, when, where and how: patients, their studies, the series of each. A plan; nothing is drawn yet."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from phantoms import seeds
from phantoms.anatomy import Body, Region, draw_body
from phantoms.contrast import Weighting
from phantoms.findings import Finding, FindingKind, draw_finding
from phantoms.protocols import PROTOCOLS, Protocol, Timing, timing_of
from phantoms.scanners import SCANNERS, Scanner, series_description

_CONTRAST_AGENT = "Gadobutrol"
_FIRST_DAY = dt.date(2019, 1, 7)
_MATRICES = (88, 96, 104)
_MAX_SERIES = 4
_SHARE_WITH_PRIOR = 0.3  # of the patients, who come twice
_FAT_SUPPRESSED = {Weighting.T2_FAT_SAT, Weighting.PD_FAT_SAT, Weighting.DWI, Weighting.ADC}
_K = FindingKind

# Each dozen patients hold these regions, so that a small archive has them all; most archives have brains most.
_REGION_DECK = (
    *(Region.BRAIN,) * 4,
    *(Region.LUMBAR_SPINE,) * 2,
    *(Region.KNEE,) * 2,
    *(Region.ABDOMEN,) * 2,
    Region.CERVICAL_SPINE,
    Region.PROSTATE,
)
# The studies of a region take these in turn.
_FINDING_DECKS: dict[Region, tuple[tuple[FindingKind, ...], ...]] = {
    Region.BRAIN: ((_K.GLIOMA,), (_K.WHITE_MATTER_LESIONS,), (_K.INFARCT,), (), (_K.INFARCT, _K.WHITE_MATTER_LESIONS)),
    Region.CERVICAL_SPINE: ((_K.DISC_HERNIATION,), (_K.CORD_LESION,), ()),
    Region.LUMBAR_SPINE: ((_K.DISC_HERNIATION,), (), (_K.DISC_HERNIATION,)),
    Region.KNEE: ((_K.MENISCAL_TEAR,), (_K.EFFUSION,), (), (_K.MENISCAL_TEAR, _K.EFFUSION)),
    Region.ABDOMEN: ((_K.LIVER_METASTASIS,), (_K.RENAL_CYST,), (_K.HEPATIC_CYST,), ()),
    Region.PROSTATE: ((_K.PROSTATE_CANCER,), ()),
}
_MINIMUM_AGE = {Region.PROSTATE: 48, Region.ABDOMEN: 30}


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a study, as it is to be scanned."""

    number: int
    uid: str
    protocol: Protocol
    timing: Timing
    matrix: int
    description: str

    @property
    def contrast_agent(self) -> str:
        """The agent given, "" for none."""
        return _CONTRAST_AGENT if self.protocol.weighting is Weighting.T1_CONTRAST else ""

    @property
    def fat_suppressed(self) -> bool:
        """Whether fat is saturated; STIR nulls it by its inversion time instead."""
        return self.protocol.weighting in _FAT_SUPPRESSED

    @property
    def b_value(self) -> int | None:
        """The b-value in s/mm2 of a diffusion-weighted series."""
        return 1000 if self.protocol.weighting is Weighting.DWI else None


@dataclass(frozen=True, slots=True)
class Study:
    """One visit: what was scanned on which scanner, and what is there to be seen."""

    number: int
    uid: str
    accession: str
    date: dt.date
    age_years: int
    region: Region
    body: Body
    scanner: Scanner
    findings: tuple[Finding, ...]
    series: tuple[Series, ...]
    prior: "Study | None" = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One made-up patient with one or two studies of one region, oldest first."""

    number: int
    sex: str
    birth_date: dt.date
    studies: tuple[Study, ...]

    @property
    def patient_id(self) -> str:
        """Such as "PHANTOM-0007"."""
        return f"PHANTOM-{self.number:04d}"


def plan_patients(patients: int, seed: int) -> tuple[Patient, ...]:
    """The patients of an archive; the first n are the same for any larger number."""
    regions = _deal_regions(patients, seed)
    seen = dict.fromkeys(Region, 0)
    planned = []
    for number, region in enumerate(regions, start=1):
        deck = _FINDING_DECKS[region]
        planned.append(_plan_patient(number, region, deck[seen[region] % len(deck)], seed))
        seen[region] += 1
    return tuple(planned)


def _deal_regions(patients: int, seed: int) -> list[Region]:
    """One region a patient, from a freshly shuffled deck for every dozen."""
    dealt: list[Region] = []
    while len(dealt) < patients:
        order = seeds.generator(seed, "regions", len(dealt)).permutation(len(_REGION_DECK))
        dealt.extend(_REGION_DECK[place] for place in order)
    return dealt[:patients]


@dataclass(frozen=True, slots=True)
class _Person:
    """What all visits of a patient share."""

    number: int
    birth_date: dt.date
    region: Region
    body: Body


@dataclass(frozen=True, slots=True)
class _Visit:
    """What changes from one visit to the next."""

    number: int
    date: dt.date
    findings: tuple[Finding, ...]


def _plan_patient(number: int, region: Region, kinds: tuple[FindingKind, ...], seed: int) -> Patient:
    random = seeds.generator(seed, "patient", number)
    age_years = int(random.integers(_MINIMUM_AGE.get(region, 19), 86))
    sex = "M" if region is Region.PROSTATE or random.random() < 0.5 else "F"
    body = draw_body(random, region, age_years)
    findings = tuple(draw_finding(random, region, kind, body) for kind in kinds)
    date = _FIRST_DAY + dt.timedelta(days=int(random.integers(0, 1800)))
    birth_date = date - dt.timedelta(days=int(age_years * 365.25) + int(random.integers(1, 364)))
    person = _Person(number, birth_date, region, body)
    first = _plan_study(person, _Visit(1, date, findings), seed)
    if random.random() >= _SHARE_WITH_PRIOR:
        return Patient(number, sex, birth_date, (first,))
    later = date + dt.timedelta(days=int(random.integers(60, 700)))
    changed = tuple(_followed_up(random, finding) for finding in findings)
    second = _plan_study(person, _Visit(2, later, changed), seed)
    return Patient(number, sex, birth_date, (first, replace(second, prior=first)))


def _followed_up(random: np.random.Generator, finding: Finding) -> Finding:
    """A finding at the next visit: smaller, as it was, or larger."""
    factor = (0.75, 1.0, 1.3)[random.integers(3)]
    return replace(finding, size_mm=float(max(3, round(finding.size_mm * factor))))


def _plan_study(person: _Person, visit: _Visit, seed: int) -> Study:
    random = seeds.generator(seed, "study", person.number, visit.number)
    scanner = SCANNERS[random.integers(len(SCANNERS))]
    protocols = _choose_protocols(random, person.region, {finding.kind for finding in visit.findings})
    series = tuple(
        Series(
            number=place,
            uid=seeds.uid(seed, "series", person.number, visit.number, place),
            protocol=protocol,
            timing=_jittered(random, timing_of(protocol.weighting, protocol.plane)),
            matrix=int(_MATRICES[random.integers(len(_MATRICES))]),
            description=series_description(scanner.vendor, protocol.weighting, protocol.plane),
        )
        for place, protocol in enumerate(protocols, start=1)
    )
    return Study(
        number=visit.number,
        uid=seeds.uid(seed, "study", person.number, visit.number),
        accession=f"PH{person.number:05d}{visit.number:02d}",
        date=visit.date,
        age_years=_age_at(person.birth_date, visit.date),
        region=person.region,
        body=person.body,
        scanner=scanner,
        findings=visit.findings,
        series=series,
    )


def _age_at(birth_date: dt.date, date: dt.date) -> int:
    return date.year - birth_date.year - ((date.month, date.day) < (birth_date.month, birth_date.day))


def _choose_protocols(random: np.random.Generator, region: Region, kinds: set[FindingKind]) -> list[Protocol]:
    """The core of the region's protocol, what shows the findings, and others up to three or four; in protocol order."""
    protocols = PROTOCOLS[region]
    chosen = [protocol for protocol in protocols if protocol.core or kinds & set(protocol.shows)]
    others = [protocol for protocol in protocols if protocol not in chosen]
    wanted = int(random.integers(_MAX_SERIES - 1, _MAX_SERIES + 1))
    extra = random.permutation(len(others))[: max(0, wanted - len(chosen))]
    chosen.extend(others[place] for place in extra)
    return [protocol for protocol in protocols if protocol in chosen]


def _jittered(random: np.random.Generator, timing: Timing) -> Timing:
    """A timing as another site would have set it: up to 10 % off."""
    factor = float(random.uniform(0.9, 1.1))
    return replace(
        timing,
        tr_ms=round(timing.tr_ms * factor, 0),
        te_ms=round(timing.te_ms * factor, 2 if timing.te_ms < 5 else 0),
        ti_ms=None if timing.ti_ms is None else round(timing.ti_ms * factor, 0),
    )
