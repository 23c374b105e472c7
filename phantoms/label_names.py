"""Which tissue a structure is made of, by the words of its name in a label map."""

import re

from phantoms.tissues import Tissue

# The first rule that matches decides, so the particular comes before the general.
_RULES: tuple[tuple[str, Tissue], ...] = tuple(
    (pattern, tissue)
    for tissue, patterns in (
        (Tissue.ANTERIOR_CRUCIATE, ("anterior cruciate",)),
        (Tissue.POSTERIOR_CRUCIATE, ("posterior cruciate",)),
        (Tissue.MEDIAL_COLLATERAL, ("tibial collateral",)),
        (Tissue.LIGAMENT, ("ligament", "tendon", "iliotibial tract", "cricoid", "thyroid cartilage")),
        (Tissue.CARTILAGE, ("cartilage",)),
        (Tissue.MENISCUS, ("meniscus",)),
        (Tissue.DISC, ("intervertebral ?disc",)),
        (Tissue.FLUID, ("eyeball", "gallbladder", "ureter", "renal pelvis", "bladder")),
        (Tissue.CSF, ("ventricle(?!.*thalam)", "aqueduct", "cerebrospinal", r"\bcsf\b")),
        (Tissue.RENAL_CORTEX, ("kidney",)),
        (Tissue.LIVER, (r"\bliver\b",)),
        (Tissue.SPLEEN, (r"\bspleen\b",)),
        (Tissue.PANCREAS, ("pancreas",)),
        (Tissue.STOMACH_CONTENT, ("stomach",)),
        (Tissue.BOWEL, ("colon", "ileum", "bowel", "duodenum")),
        (Tissue.BLOOD_VESSEL, ("artery", "aorta", "vein\\b", "vena cava", "trunk", "carotid", "jugular")),
        (Tissue.NERVE, ("nerve", "muscular branches", "optic (tract|chiasm)")),
        (
            Tissue.MUSCLE,
            (
                *("muscle", "tongue", "uvula", "rectus", "oblique", "pterygoid", "masseter", "temporalis", "levator"),
                *("tensor", "palato", "zygomaticus", "nasalis", "buccinator", "hyoglossus", "constrictor", "stylo"),
                *("capitis", "longus", "trapezius", "sternocleido", "scalenus", "digastric"),
            ),
        ),
        (Tissue.GLAND, ("gland", "hypophysis", "pineal")),
        (Tissue.FAT, ("fat body", r"\bfat\b")),
        (
            Tissue.MARROW,
            (
                *(
                    "femur",
                    "tibia",
                    "fibula",
                    "patella",
                    r"(thoracic|lumbar|cervical) ?\d",
                    "sacrum",
                    "pelvis",
                    r"rib ?\d",
                ),
                *(
                    "skull",
                    "mandible",
                    "clavicle",
                    "sternum",
                    "hyoid",
                    r"\batlas\b",
                    r"\baxis\b",
                    "vertebra",
                ),
            ),
        ),
        (
            Tissue.DEEP_GREY_MATTER,
            (
                *(
                    "caudate",
                    "putamen",
                    "pallidus",
                    "accumbens",
                    "thalam",
                    "geniculate",
                    "pulvinar",
                    "nigra",
                    "red nucleus",
                ),
                *(
                    "dentate",
                    "fage",
                    "medullary lamina",
                    "claustrum",
                    "mammillary body",
                ),
            ),
        ),
        (
            Tissue.WHITE_MATTER,
            (
                *(
                    "white matter",
                    "pons",
                    "midbrain",
                    "medulla",
                    "callosum",
                    "fornix",
                    "commissure",
                    "septum",
                    "brachia",
                ),
                *(
                    "colliculus",
                    "infundibulum",
                    "spinal cord",
                ),
            ),
        ),
        (
            Tissue.GREY_MATTER,
            (
                *("gyrus", "lobule", "pole", "insula", "cuneus", "cortex", "hippocampus", "amygdala", "cingulate"),
                *(
                    r"\b[ivx]+[ab]?[ft]?( crus ?i+)? [vml]\d?$",
                    "cerebell",
                ),
            ),
        ),
    )
    for pattern in patterns
)


def tissue_of(name: str) -> Tissue | None:
    """The tissue of a named structure; None for "?", background and names without a known word.

    >>> tissue_of("left_anterior_thalamic_nucleus").name, tissue_of("left_VIIA_crusI_m").name, tissue_of("?")
    ('DEEP_GREY_MATTER', 'GREY_MATTER', None)
    """
    words = re.sub(r"[_\-()]+", " ", name).strip().lower()
    for pattern, tissue in _RULES:
        if re.search(pattern, words):
            return tissue
    return None


VERTEBRAE = (
    *(f"C{number}" for number in range(1, 8)), *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)), "S1",
)  # fmt: skip
_VERTEBRA = re.compile(r"^(cervical|thoracic|lumbar) ?(\d+)$")


def vertebra_of(name: str) -> str | None:
    """Which vertebra a structure is, if it is one; the sacrum counts as S1.

    >>> vertebra_of("Lumbar4"), vertebra_of("axis"), vertebra_of("L5-L4-IntervertebralDisc")
    ('L4', 'C2', None)
    """
    words = re.sub(r"[_\-()]+", " ", name).strip().lower()
    if (other := {"atlas": "C1", "axis": "C2", "sacrum": "S1"}.get(words)) is not None:
        return other
    found = _VERTEBRA.match(words)
    return None if found is None else f"{found[1][0].upper()}{int(found[2])}"
