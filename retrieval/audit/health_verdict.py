"""What is wrong with a channel's vectors, in words, by documented limits."""

from dataclasses import dataclass

from indexer.records import Channel
from retrieval.audit.health import Figures, Health
from retrieval.audit.modality_gap import ModalityGap
from retrieval.audit.verdict import Severity

# Shares of the effective rank of random vectors. Judgement: RankMe (Garrido 2023) compares runs and gives no limit; the
# shipped towers have 0.3 and 0.6 on 56 real series, `default` 0.05 on 1,057 phantoms, 16 directions of 384 have 0.04.
LOW_RANK, COLLAPSED_RANK = 0.1, 0.02
# Judgement: images of 56 real series have 0.59 under `default`, 0.35 under `tiny`; GPT-2's last layer, the cone of
# Ethayarajh 2019, has 0.99.
CONE, NARROW_CONE = 0.7, 0.95
# From this skewness of N_10 on, data sets count as hubby: Feldbauer and Flexer, "A comprehensive empirical comparison
# of hubness reduction in high-dimensional spaces", 2019.
HUBBY = 1.4
# Judgement: random unit vectors leave 0.01 % unfound (10,000 of length 512).
ANTIHUBS = 0.1
# Judgement: half of all variance along one line is one property (brightness, field of view), not anatomy.
ONE_COMPONENT = 0.5
# Judgement, for images alone: cards and passages repeat because their texts do.
EQUAL_IMAGES, NEAR_IMAGES = 0.01, 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and how bad it is."""

    severity: Severity
    text: str


def health_findings(health: Health) -> tuple[Finding, ...]:
    """What is wrong with a channel, worst first; one finding that says so where it is sound or too small."""
    found = [*_of_rows(health)]
    if health.figures is None or health.isotropic is None:
        found.append(Finding(Severity.UNKNOWN, f"{health.sampled} vectors are too few for figures at k = {health.k}."))
    else:
        found += _of_figures(health.channel, health.figures, health.isotropic)
    order = [Severity.BAD, Severity.LOOK, Severity.UNKNOWN]
    found.sort(key=lambda finding: order.index(finding.severity))
    return tuple(found) or (Finding(Severity.GOOD, "Within all limits."),)


def gap_finding(gap: ModalityGap) -> Finding:
    """What a modality gap means."""
    names = f"{gap.one} and {gap.other}"
    if gap.severity is Severity.LOOK:
        text = f"{names} vectors lie further apart ({gap.distance:.2f}) than they spread ({gap.spread:.2f}): scores of"
        return Finding(gap.severity, f"{text} the two are not on one scale.")
    return Finding(gap.severity, f"{names} vectors overlap.")


def _of_rows(health: Health) -> list[Finding]:
    found = []
    if health.not_finite:
        found.append(Finding(Severity.BAD, f"{health.not_finite} vectors are not finite: they rank by luck."))
    if health.not_unit:
        found.append(Finding(Severity.BAD, f"{health.not_unit} vectors are not of length 1: scores are no cosines."))
    if health.channel == Channel.IMAGE and health.equal > EQUAL_IMAGES * health.vectors:
        share = health.equal / health.vectors
        found.append(Finding(Severity.LOOK, f"{share:.0%} of the vectors equal another: copies, or a dead input."))
    return found


def _of_figures(channel: str, own: Figures, random: Figures) -> list[Finding]:
    found = []
    rank = own.effective_rank / max(random.effective_rank, 1.0)
    if rank < LOW_RANK:
        text = f"Effective rank {own.effective_rank:.1f}, {rank:.0%} of random vectors': few directions tell all apart."
        found.append(Finding(Severity.BAD if rank < COLLAPSED_RANK else Severity.LOOK, text))
    if own.mean_cosine > CONE:
        text = f"Random pairs have cosine {own.mean_cosine:.2f}: a narrow cone, thresholds on scores mean little."
        found.append(Finding(Severity.BAD if own.mean_cosine > NARROW_CONE else Severity.LOOK, text))
    if own.hubness.skewness > HUBBY:
        text = f"Hubs: skewness {own.hubness.skewness:.1f}, the largest in {own.hubness.largest} answers."
        found.append(Finding(Severity.LOOK, text))
    if own.hubness.antihubs > ANTIHUBS:
        found.append(Finding(Severity.LOOK, f"{own.hubness.antihubs:.0%} of the vectors are found by nobody."))
    if own.first_component > ONE_COMPONENT:
        found.append(Finding(Severity.LOOK, f"One component holds {own.first_component:.0%} of the variance."))
    if channel == Channel.IMAGE and own.near > NEAR_IMAGES:
        found.append(Finding(Severity.LOOK, f"{own.near:.0%} of the vectors have a near-duplicate."))
    return found
