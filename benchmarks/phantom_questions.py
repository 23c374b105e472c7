"""What is asked about simulated studies: reports, findings without place, sides right and wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.phantom_truth import PoolStudy
from phantoms.findings import HABITS, Finding, FindingKind, Side
from phantoms.report_parse import parse_report
from retrieval.probes.sides import swap_sides
from training.pool import Pool

_SIDES = (Side.LEFT, Side.RIGHT)
JOINTS = ("knee", "shoulder", "wrist")


@dataclass(frozen=True, slots=True)
class SideQuestion:
    """A sentence that is true of a study, and the same with sides exchanged.

    Attributes:
        study: index of the study.
        joint: whether the side is that of a joint, which the whole picture shows, or one within the body.
    """

    study: int
    said: str
    swapped: str
    joint: bool


def report_passages(pool: Pool, study: PoolStudy, *, technique: bool) -> tuple[str, ...]:
    """The sections of a study's report: about the scan, or findings and impression alone.

    Technique restates what a header says; simulated reports put it first, and findings and impression last.
    """
    sections = pool.texts(study.samples[0]).sections
    return sections if technique else sections[-2:]


def finding_phrases(kind: FindingKind) -> tuple[str, ...]:
    """How a kind of finding is asked for: no region, side, place or size, beyond what its name says.

    >>> finding_phrases(FindingKind.INFARCT)
    ('infarct', 'There is infarct.', 'MRI showing infarct')
    """
    return (kind.value, f"There is {kind.value}.", f"MRI showing {kind.value}")


def side_questions(pool: Pool, studies: Sequence[PoolStudy]) -> Iterator[SideQuestion]:
    """Every sentence that states a finding on the left or the right, where its place could be on either side.

    A liver segment has but one side: there, words alone would tell right from wrong, without any scan.
    """
    for number, study in enumerate(studies):
        sided = {one.kind: one for one in study.findings if one.side in _SIDES and _either_side(study.region, one)}
        for sentence in pool.texts(study.samples[0]).sentences if sided else ():
            swapped = swap_sides(sentence)
            if swapped != sentence and _states_one_of(sentence, sided.values()):
                yield SideQuestion(number, sentence, swapped, study.region in JOINTS)


def _either_side(region: str, finding: Finding) -> bool:
    return set(_SIDES) <= set(HABITS[region][finding.kind].places[finding.place])


def _states_one_of(sentence: str, findings: Iterable[Finding]) -> bool:
    statements = parse_report(f"Findings: {sentence}")
    wanted = {(one.kind, frozenset({one.side})) for one in findings}
    return any(said.present and (said.kind, said.sides) in wanted for said in statements)
