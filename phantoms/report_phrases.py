"""Which words belong to which finding: how it is stated, and how its absence is."""

from collections.abc import Mapping
from dataclasses import dataclass

from phantoms import report_phrases_body as body
from phantoms import report_phrases_brain as brain
from phantoms.findings import Finding, Side
from phantoms.findings import FindingKind as K
from phantoms.report_wording import Wording

_WORDINGS: Mapping[K, Wording | Mapping[str, Wording]] = {
    K.GLIOMA: brain.GLIOMA,
    K.METASTASES: brain.METASTASES,
    K.MENINGIOMA: brain.MENINGIOMA,
    K.INFARCT: brain.INFARCT,
    K.HAEMORRHAGE: brain.HAEMORRHAGE,
    K.WHITE_MATTER_LESIONS: brain.WHITE_MATTER_LESIONS,
    K.HYDROCEPHALUS: brain.HYDROCEPHALUS,
    K.ARACHNOID_CYST: brain.ARACHNOID_CYST,
    K.DISC_HERNIATION: body.DISC_HERNIATION,
    K.CORD_LESION: body.CORD_LESION,
    K.MENISCAL_TEAR: body.MENISCAL_TEAR,
    K.EFFUSION: body.EFFUSION,
    K.LIGAMENT_RUPTURE: body.LIGAMENT_RUPTURE,
    K.LIVER_METASTASIS: body.LIVER_METASTASIS,
    K.HEPATIC_CYST: body.HEPATIC_CYST,
    K.RENAL_CYST: body.RENAL_CYST,
    K.RENAL_MASS: body.RENAL_MASS,
    K.PROSTATE_CANCER: body.PROSTATE_CANCER,
}


def wording_of(finding: Finding) -> Wording:
    """The words for a finding: those of its stage, and of one or of several."""
    if finding.kind is K.METASTASES and finding.count == 1:
        return brain.METASTASIS
    wording = _WORDINGS[finding.kind]
    return wording if isinstance(wording, Wording) else wording[finding.stage]


@dataclass(frozen=True, slots=True)
class Absence:
    """A noun that may be denied, and what its denial rules out.

    Attributes:
        stage: only this stage of each kind is ruled out; "" for all.
        region: where alone the noun makes sense; "" for wherever the kinds can be.
    """

    noun: str
    kinds: tuple[K, ...]
    stage: str = ""
    region: str = ""


ABSENCES = (
    Absence("[intra-axial mass|glioma|glial tumour]", (K.GLIOMA,)),
    Absence("[intracranial mass|mass lesion|space-occupying lesion]", (K.GLIOMA, K.METASTASES, K.MENINGIOMA)),
    Absence("[brain|cerebral|intracranial] metastas[is|es]", (K.METASTASES,)),
    Absence("[meningioma|extra-axial mass]", (K.MENINGIOMA,)),
    Absence("[acute infarct|acute infarction|acute ischaemic infarct]", (K.INFARCT,), "acute"),
    Absence("acute territorial infarct", (K.INFARCT,), "acute"),
    Absence("[chronic|old] [infarct|territorial infarct]", (K.INFARCT,), "chronic"),
    Absence("acute [parenchymal |intracerebral |]haemorrhage", (K.HAEMORRHAGE,), "acute"),
    Absence("[intracranial |intracerebral |parenchymal |][haemorrhage|haematoma]", (K.HAEMORRHAGE,)),
    Absence("[demyelinating |focal |][white matter lesion|white matter lesions]", (K.WHITE_MATTER_LESIONS,)),
    Absence("hydrocephalus", (K.HYDROCEPHALUS,)),
    Absence("[arachnoid cyst|extra-axial cyst]", (K.ARACHNOID_CYST,)),
    Absence("[significant |focal |]disc [herniation|protrusion|extrusion]", (K.DISC_HERNIATION,)),
    Absence("[cord lesion|intramedullary lesion|intrinsic cord lesion]", (K.CORD_LESION,)),
    Absence("[meniscal tear|tear of the menisci]", (K.MENISCAL_TEAR,)),
    Absence("[significant |sizeable |][joint |]effusion", (K.EFFUSION,)),
    Absence(
        "[cruciate |cruciate or collateral |][ligament tear|ligament rupture]", (K.LIGAMENT_RUPTURE,), region="knee"
    ),
    Absence("[full-thickness |]rotator cuff tear", (K.LIGAMENT_RUPTURE,), region="shoulder"),
    Absence("[liver|hepatic] metastas[is|es]", (K.LIVER_METASTASIS,)),
    Absence("[hepatic|liver] cyst", (K.HEPATIC_CYST,)),
    Absence("focal [hepatic|liver] lesion", (K.LIVER_METASTASIS, K.HEPATIC_CYST)),
    Absence("renal cyst", (K.RENAL_CYST,)),
    Absence("[solid |]renal [mass|tumour]", (K.RENAL_MASS,)),
    Absence("[focus|lesion] suspicious for [clinically significant |]prostate cancer", (K.PROSTATE_CANCER,)),
    Absence("prostate cancer", (K.PROSTATE_CANCER,)),
)

_FINE = "[normal|unremarkable]"
_OTHER_SIDE: Mapping[K, str] = {
    K.RENAL_CYST: f"[the |]{{side}} kidney is {_FINE}",
    K.RENAL_MASS: f"[the |]{{side}} kidney is {_FINE}",
    K.PROSTATE_CANCER: "[the |]{side} peripheral zone is [normal|of normal signal]",
    K.GLIOMA: "[no|there is no] [intra-axial mass|glioma] in the {side} hemisphere",
    K.INFARCT: "[no|there is no] infarct in the {side} hemisphere",
    K.HAEMORRHAGE: "[no|there is no] haemorrhage in the {side} hemisphere",
}
# A normal neighbour of a torn one: kind -> place -> sentence.
_OTHER_PLACE: Mapping[K, Mapping[str, str]] = {
    K.MENISCAL_TEAR: {
        "medial meniscus": "[the |]lateral meniscus is [intact|normal]",
        "lateral meniscus": "[the |]medial meniscus is [intact|normal]",
    },
    K.LIGAMENT_RUPTURE: {
        "anterior cruciate ligament": "[the |]posterior cruciate ligament is [intact|normal]",
        "posterior cruciate ligament": "[the |]anterior cruciate ligament is [intact|normal]",
    },
}
_OPPOSITE = {Side.LEFT: "right", Side.RIGHT: "left"}


def counterpart_of(finding: Finding) -> str:
    """A sentence's pattern about the healthy counterpart of what a finding is in, "" where it has none."""
    if finding.place in _OTHER_PLACE.get(finding.kind, {}):
        return _OTHER_PLACE[finding.kind][finding.place]
    side = _OPPOSITE.get(finding.side, "")
    return _OTHER_SIDE.get(finding.kind, "").replace("{side}", side) if side else ""
