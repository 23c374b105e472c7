"""Reports: what a radiologist would write about a study, from its findings, in varied English.

Every finding of the study is stated with side, place and size; the other findings of its region are denied or left out,
never stated.
"""

import numpy as np

from phantoms import report_phrases as phrases
from phantoms import seeds
from phantoms.contrast import Weighting
from phantoms.findings import Finding, Side, kinds_in
from phantoms.study import Study

_SEQUENCE_WORDS = {
    Weighting.T1: "T1-weighted",
    Weighting.T1_CONTRAST: "post-contrast T1-weighted",
    Weighting.T2: "T2-weighted",
    Weighting.T2_FAT_SAT: "fat-suppressed T2-weighted",
    Weighting.PD: "proton density",
    Weighting.PD_FAT_SAT: "fat-suppressed proton density",
    Weighting.FLAIR: "FLAIR",
    Weighting.STIR: "STIR",
    Weighting.DWI: "diffusion-weighted",
    Weighting.ADC: "ADC",
}


def write_report(study: Study, seed: int) -> str:
    """The whole report of a study: indication, technique, comparison, findings, impression."""
    random = seeds.generator(seed, "report", study.uid)
    sections = {
        "INDICATION": _pick(random, phrases.INDICATIONS[study.region]),
        "TECHNIQUE": _technique(random, study),
        "COMPARISON": _comparison(study),
        "FINDINGS": " ".join(_findings(random, study)),
        "IMPRESSION": " ".join(_impression(random, study)),
    }
    join = (": ", ":\n")[random.integers(2)]
    return "\n\n".join(f"{name}{join}{text}" for name, text in sections.items())


def _findings(random: np.random.Generator, study: Study) -> list[str]:
    """What is there, what is not, and what is as it should be; in varied order."""
    present = [_stated(random, finding, study) for finding in study.findings]
    absent = [kind for kind in kinds_in(study.region) if kind not in {finding.kind for finding in study.findings}]
    denied = [_pick(random, phrases.DENIED[kind]) for kind in absent if random.random() < 0.85]
    normal = list(phrases.NORMAL[study.region])
    kept = [normal[place] for place in sorted(random.permutation(len(normal))[: random.integers(2, len(normal) + 1)])]
    order = (present + denied + kept, kept + present + denied, denied[:1] + present + kept + denied[1:])
    return order[random.integers(len(order))]


def _stated(random: np.random.Generator, finding: Finding, study: Study) -> str:
    sentence = _filled(random, phrases.STATED[finding.kind], finding)
    change = _change(finding, study.prior)
    return f"{sentence} {change}" if change else sentence


def _filled(random: np.random.Generator, choices: tuple[str, ...], finding: Finding) -> str:
    """A phrase with a finding's words in it, its first letter large."""
    sentence = _pick(random, choices).format(**_words(finding))
    return sentence[:1].upper() + sentence[1:]


def _words(finding: Finding) -> dict[str, str]:
    """What the sentences may say about a finding: sizes in mm below 2 cm, in cm above, as is usual."""
    size_mm = finding.size_mm
    return {
        "side": phrases.SIDE_WORDS[finding.side],
        "place": finding.place,
        "size": f"{size_mm:.0f} mm" if size_mm < 20 else f"{size_mm / 10:.1f} cm",
        "count": str(finding.count),
        "direction": "central" if finding.side is Side.MIDLINE else f"{finding.side} paracentral",
    }


def _change(finding: Finding, prior: Study | None) -> str:
    """How a finding compares with the same one at the prior visit, "" without one."""
    before = [old for old in prior.findings if old.kind is finding.kind] if prior else []
    if not before:
        return ""
    if finding.size_mm > before[0].size_mm:
        return f"It has increased in size, previously {_words(before[0])['size']}."
    if finding.size_mm < before[0].size_mm:
        return f"It has decreased in size, previously {_words(before[0])['size']}."
    return "It is unchanged in size."


def _impression(random: np.random.Generator, study: Study) -> list[str]:
    if not study.findings:
        return [_pick(random, phrases.UNREMARKABLE).format(region=phrases.REGION_WORDS[study.region])]
    lines = [_filled(random, phrases.CONCLUDED[finding.kind], finding) for finding in study.findings]
    if len(lines) == 1:
        return lines
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)]


def _technique(random: np.random.Generator, study: Study) -> str:
    described = [f"{series.protocol.plane} {_SEQUENCE_WORDS[series.protocol.weighting]}" for series in study.series]
    listed = ", ".join(described[:-1]) + f" and {described[-1]}"
    agent = next((series.contrast_agent for series in study.series if series.contrast_agent), "")
    given = f" after intravenous {agent.lower()}" if agent else " without intravenous contrast"
    region = phrases.REGION_WORDS[study.region]
    field = f"{study.scanner.field_strength_t:g} T"
    return _pick(random, phrases.TECHNIQUES).format(region=region, listed=listed, field=field, given=given)


def _comparison(study: Study) -> str:
    return f"MRI of {study.prior.date:%d %B %Y}." if study.prior else "None."


def _pick(random: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[random.integers(len(choices))]


def sentences_of(report: str) -> tuple[str, ...]:
    r"""The sentences of a report's findings and impression, in order.

    >>> sentences_of("TECHNIQUE: Axial T2.\n\nFINDINGS: No mass. Ventricles normal.\n\nIMPRESSION:\nNormal study.")
    ('No mass.', 'Ventricles normal.', 'Normal study.')
    """
    sentences: list[str] = []
    for section in report.split("\n\n"):
        name, _, text = section.partition(":")
        if name in ("FINDINGS", "IMPRESSION"):
            sentences.extend(f"{part.strip().rstrip('.')}." for part in text.strip().split(". ") if part.strip())
    return tuple(sentence for sentence in sentences if not sentence.rstrip(".").isdigit())
