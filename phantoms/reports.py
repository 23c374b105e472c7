"""Reports: what a radiologist would write about a study, from its findings, in varied English.

Every finding of the study is stated with side, place and size, in the findings and again in the impression; the other
findings of its region are denied or left out, never stated. report_parse.py reads reports back and checks that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from phantoms import report_phrases_general as general
from phantoms import report_sentences as say
from phantoms import seeds
from phantoms.findings import Finding, FindingKind, kinds_in
from phantoms.report_grammar import expand, pick, sentence
from phantoms.report_phrases import ABSENCES, Absence, counterpart_of, wording_of
from phantoms.report_phrases_regions import REGION_WORDS
from phantoms.report_style import Layout, Style, draw_style, slip, styled
from phantoms.study import Study

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole and in sentences.

    Attributes:
        text: as the hospital's system would export it.
        findings, impression: the sentences of these two sections, without bullets and numbers.
    """

    text: str
    findings: tuple[str, ...]
    impression: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said about the images, in order."""
        return self.findings + self.impression


def write_report(study: Study, seed: int) -> Report:
    """The report of a study: indication, technique, comparison, findings, impression."""
    random = seeds.generator(seed, "report", study.uid)
    style = draw_style(random, len(general.HEADERS))
    findings = _finished(random, style, _findings(random, study))
    impression = _finished(random, style, _impression(random, study))
    texts = (
        sentence(expand(random, pick(random, REGION_WORDS[study.region.value].indications))),
        sentence(styled(random, style, _technique(random, study))),
        sentence(_comparison(random, study)),
        _laid_out(style.layout, findings),
        _numbered(random, impression),
    )
    join = (": ", ":\n")[random.integers(2)]
    text = "\n\n".join(f"{name}{join}{part}" for name, part in zip(general.HEADERS[style.headers], texts, strict=True))
    return Report(text.upper() if style.capitals else text, findings, impression)


def _finished(random: np.random.Generator, style: Style, sentences: Sequence[str]) -> tuple[str, ...]:
    """Sentences in the writer's style, with the writer's slips."""
    finished = (slip(random, style, sentence(styled(random, style, text))) for text in sentences)
    return tuple(text.upper() if style.capitals else text for text in finished)


def _findings(random: np.random.Generator, study: Study) -> list[str]:
    """What is there, what is not, and what is as it should be; in varied order."""
    present = [text for finding in study.findings for text in _about(random, study, finding)]
    present += [say.resolved(random, gone) for gone in _gone(study)]
    denials = _denials(random, study)
    normal = _normal(random, study)
    order = (present + denials + normal, normal + present + denials, denials[:1] + present + normal + denials[1:])
    return pick(random, order)


def _about(random: np.random.Generator, study: Study, finding: Finding) -> list[str]:
    """A finding described, its looks on what was scanned, its change, and its healthy counterpart."""
    before = _earlier(finding, study.prior)
    sentences = [say.described(random, finding, again=before is not None)]
    scanned = {series.sequence.weighting for series in study.series}
    looks = [look for look in wording_of(finding).looks if look.needs <= scanned]
    sentences.extend(expand(random, look.pattern) for look in looks if random.random() < 0.4)
    if study.prior is not None:
        sentences.append(say.compared(random, finding, before))
    counterpart = counterpart_of(finding)
    if counterpart and len(study.findings) == 1 and random.random() < 0.3:
        sentences.append(expand(random, counterpart))
    return sentences


def _earlier(finding: Finding, prior: Study | None) -> Finding | None:
    """The same finding at the prior study, None without one."""
    same = (
        [
            old
            for old in prior.findings
            if (old.kind, old.side, old.place) == (finding.kind, finding.side, finding.place)
        ]
        if prior
        else []
    )
    return same[0] if same else None


def _gone(study: Study) -> list[Finding]:
    """Findings of the prior study whose kind is no longer there."""
    present = {finding.kind for finding in study.findings}
    return [old for old in study.prior.findings if old.kind not in present] if study.prior else []


def _denials(random: np.random.Generator, study: Study) -> list[str]:
    """Most of what could have been there and is not, alone or several in a sentence."""
    present = {(finding.kind, finding.stage) for finding in study.findings}
    possible = set(kinds_in(study.region))
    true = [
        absence
        for absence in ABSENCES
        if possible.issuperset(absence.kinds)
        and absence.region in ("", study.region.value)
        and not _contradicts(absence, present)
    ]
    chosen = [absence for absence in _shuffled(random, true) if random.random() < 0.6]
    sentences = []
    while chosen:
        size = int(random.integers(1, 4))
        sentences.append(say.denied(random, chosen[:size]))
        chosen = chosen[size:]
    return sentences


def _contradicts(absence: Absence, present: set[tuple[FindingKind, str]]) -> bool:
    return any(kind in absence.kinds and absence.stage in ("", stage) for kind, stage in present)


def _normal(random: np.random.Generator, study: Study) -> list[str]:
    present = {finding.kind for finding in study.findings}
    true = [normal for normal in REGION_WORDS[study.region.value].normal if not present.intersection(normal.denies)]
    return [expand(random, normal.pattern) for normal in _shuffled(random, true)[: int(random.integers(2, 7))]]


def _shuffled(random: np.random.Generator, items: Sequence[_T]) -> list[_T]:
    return [items[int(place)] for place in random.permutation(len(items))]


def _impression(random: np.random.Generator, study: Study) -> list[str]:
    if not study.findings:
        region = expand(random, REGION_WORDS[study.region.value].name)
        return [expand(random, pick(random, general.UNREMARKABLE), {"region": region})]
    lines = [
        say.concluded(random, finding, study.prior is not None, _earlier(finding, study.prior))
        for finding in study.findings
    ]
    advice = [text for finding in study.findings for text in wording_of(finding).advice]
    if advice and random.random() < 0.5:
        lines.append(expand(random, pick(random, advice)))
    return lines


def _technique(random: np.random.Generator, study: Study) -> str:
    described = [f"{series.protocol.plane} {series.sequence.words}" for series in study.series]
    listed = ", ".join(described[:-1]) + f" and {described[-1]}" if len(described) > 1 else described[0]
    agent = next((series.contrast_agent for series in study.series if series.contrast_agent), "")
    words = {
        "region": expand(random, REGION_WORDS[study.region.value].name),
        "listed": listed,
        "field": f"{study.scanner.field_strength_t:g}{pick(random, (' T', 'T', ' tesla'))}",
        "given": expand(
            random, pick(random, general.CONTRAST if agent else general.NO_CONTRAST), {"agent": agent.lower()}
        ),
    }
    return expand(random, pick(random, general.TECHNIQUES), words)


def _comparison(random: np.random.Generator, study: Study) -> str:
    if study.prior is None:
        return expand(random, pick(random, general.NO_PRIOR))
    date = study.prior.date.strftime(pick(random, ("%d %B %Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")))
    return expand(random, pick(random, general.PRIOR), {"date": date})


def _laid_out(layout: Layout, sentences: Sequence[str]) -> str:
    match layout:
        case Layout.PROSE:
            return " ".join(sentences)
        case Layout.LINES:
            return "\n".join(sentences)
        case Layout.BULLETS:
            return "\n".join(f"- {text}" for text in sentences)


def _numbered(random: np.random.Generator, lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    return (
        "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
        if random.random() < 0.7
        else " ".join(lines)
    )
