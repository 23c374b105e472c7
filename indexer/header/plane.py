"""In which plane a series was cut: the affine decides, the header and words only where it cannot."""

from types import MappingProxyType

from indexer.header.evidence import INFERRED, STATED, Evidence, first_said
from indexer.header.numbers import parse_number
from indexer.header.sequence_names import SequenceClass
from indexer.header.text import find_phrase, phrases
from indexer.records import Derived

PLANES = ("axial", "coronal", "sagittal", "3d", "multi")

SAID_PLANES = MappingProxyType(
    {
        "axial": phrases(
            "ax, axial, axiale, axiaal, tra, trans, transversal, transverse, transv, trv, axe, assiale, axi"
        ),
        "coronal": phrases("cor, coronal, coronale, koronar, coronar, koronal, frontal, coro, coronaal"),
        "sagittal": phrases("sag, sagittal, sagittale, sagital, sagit, sagittaal"),
    }
)
_THREE_PLANES = phrases("3plane, 3 plane, three plane, 3 planes, tri pilot, 3pl, 3p, 3 plan, 3 plans, multiplanar")


def plane_of(evidence: Evidence, sequence: str | None) -> Derived[str]:
    """The plane: "axial", "coronal", "sagittal", "3d" (near-isotropic) or "multi" (a localizer in several planes)."""
    said = first_said(evidence.series, SAID_PLANES)
    if sequence == SequenceClass.LOCALIZER and said.value is None:
        stacks = evidence.geometry.volumes > 1 or any(find_phrase(text.text, _THREE_PLANES) for text in evidence.series)
        if stacks:
            return Derived("multi", f"{evidence.geometry.volumes} stacks", "localizer-stacks", INFERRED)
    if evidence.geometry.plane == "3d" and (acquired := _acquired_plane(evidence)).value is not None:
        return acquired
    if evidence.geometry.plane in PLANES:
        return Derived(evidence.geometry.plane, evidence.geometry.plane, "geometry", STATED)
    return said


def _acquired_plane(evidence: Evidence) -> Derived[str]:
    """The plane of slices acquired one by one, though as thick as they are fine: echo-planar images mostly."""
    if evidence.tag("MRAcquisitionType").upper() != "2D":
        return Derived()
    raw = evidence.tag("ImageOrientationPatient")
    cosines = [parse_number(part) for part in raw.split("\\")]
    if len(cosines) != 6 or None in cosines:
        return Derived()
    row_x, row_y, row_z, column_x, column_y, column_z = (value or 0.0 for value in cosines)
    normal = {
        "sagittal": abs(row_y * column_z - row_z * column_y),
        "coronal": abs(row_z * column_x - row_x * column_z),
        "axial": abs(row_x * column_y - row_y * column_x),
    }
    return Derived(max(normal, key=lambda plane: normal[plane]), raw, "acquired-2d", STATED)
