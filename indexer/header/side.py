"""Left or right: for regions that come in pairs."""

from types import MappingProxyType

from indexer.header.evidence import STATED, Evidence, first_said
from indexer.header.region_names import PARENTS, Region
from indexer.header.text import find_phrase, phrases
from indexer.records import Derived

_SAID = MappingProxyType(
    {
        "left": phrases("left, lt, links, linkes, linker, gauche, izquierdo, izquierda, sinistro, sinistra, li"),
        "right": phrases("right, rt, rechts, rechtes, rechter, droit, droite, derecho, derecha, destro, destra, re"),
    }
)
_BOTH = phrases("bilateral, bilat, both, beidseits, bds, bilaterale, left right, right left, l r, r l, left to right")
_LETTERS = MappingProxyType({"left": ("l",), "right": ("r",)})
_PAIRED = frozenset(
    {
        Region.ARM,
        Region.LEG,
        Region.BREAST,
        Region.KIDNEY,
        Region.ADRENAL,
        Region.ORBIT,
        Region.INNER_EAR,
        Region.JAW_JOINT,
    }
)


def side_of(evidence: Evidence, region: str | None) -> Derived[str]:
    """The side, "left" or "right"; empty for both, for neither, and for regions that come once."""
    for keyword in ("ImageLaterality", "Laterality"):
        stated = {"L": "left", "R": "right"}.get(evidence.tag(keyword).upper())
        if stated is not None:
            return Derived(stated, evidence.tag(keyword), "laterality", STATED)
    if not is_paired(region):
        return Derived()
    fields = [field for field in evidence.texts if not find_phrase(field.text, _BOTH)]
    said = first_said(fields, _SAID)
    return said if said.value else first_said(fields, _LETTERS)


def is_paired(region: str | None) -> bool:
    """Whether a region has a left and a right one: limbs and joints, breasts, kidneys, eyes, ears."""
    if region is None:
        return False
    return bool({Region(region), PARENTS.get(Region(region))} & _PAIRED)
