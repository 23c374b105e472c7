"""The words of spine, joint, trunk and heart reports. Only sentences about a finding hold its terms."""

from phantoms.report_wording import DWI, POST, Look, Wording
from phantoms.sequences import Weighting

_T1 = frozenset({Weighting.T1})
_T2 = frozenset({Weighting.T2})
_FLUID_SENSITIVE = frozenset({Weighting.STIR})

DISC_HERNIATION = Wording(
    noun="{direction} disc [herniation|protrusion|extrusion]",
    where="at [the level of |]{place}",
    named="{direction} disc [herniation|protrusion]",
    tail="[ indenting the thecal sac| with loss of disc signal| contacting the [traversing|exiting] nerve root|"
    " with [mild|moderate] narrowing of the canal|]",
    measure="[protruding|extending] {size} [into|towards] the canal",
    looks=(
        Look(_T2, "The disc is [desiccated|dehydrated|dark] on T2"),
        Look(_T2, "[Disc height is reduced|There is mild loss of height] at this level"),
    ),
    advice=("Correlate with [dermatomal symptoms|the clinical level]", "Spinal surgical opinion is suggested"),
)
CORD_LESION = Wording(
    noun="[T2 hyperintense |non-expansile |short-segment |]cord lesion",
    where="[on the {side} at the {place}|at the {place} on the {side}|in the {side} hemicord at the {place}]",
    named="[demyelinating |inflammatory |]cord lesion",
    tail="[ without cord expansion| occupying less than half of the cord's cross-section|]",
    measure="[extending over|spanning|with a craniocaudal length of] {size}",
    looks=(
        Look(_FLUID_SENSITIVE, "It is [conspicuous|clearly seen] on STIR"),
        Look(_T1, "No T1 hypointensity corresponds to it"),
    ),
    advice=("MRI of the brain is [advised|recommended]", "Consider [demyelination|transverse myelitis]"),
)
MENISCAL_TEAR = Wording(
    noun="[horizontal |oblique |vertical |complex |]tear of the posterior horn",
    where="of the {place} of the {side} knee",
    named="tear of the posterior horn",
    tail="[ reaching the [inferior|tibial|articular] surface|]",
    measure="[measuring|over a length of|extending over] {size}",
    looks=(),
    advice=("Orthopaedic referral is suggested", "Arthroscopy may be considered"),
)
EFFUSION = Wording(
    noun="[joint |{joint} |{joint} joint |]effusion",
    where="[distending|in|within] the {place} of the {side} {joint}",
    named="joint effusion",
    tail="[ without loose bodies| without synovial thickening|]",
    looks=(),
)
LIGAMENT_RUPTURE = Wording(
    noun="[complete |full-thickness |acute |][rupture|tear]",
    where="of the {place} of the {side} {joint}",
    named="[complete |][rupture|tear]",
    tail="[ with [discontinuous|retracted|wavy] fibres| with surrounding fluid|]",
    measure="with a gap of [about |]{size}",
    sized=False,
    advice=("Orthopaedic referral is [suggested|recommended]",),
)
LIVER_METASTASIS = Wording(
    noun="[solid |ill-defined |rounded |]liver metastasis",
    where="in {place} of the {side} [hepatic |]lobe",
    named="[liver|hepatic] metastasis",
    tail="[ with a hypoenhancing centre| with a targetoid appearance|]",
    looks=(
        Look(DWI, "It shows [marked |]restricted diffusion"),
        Look(POST, "It enhances [peripherally|less than the liver] after contrast"),
        Look(_T1, "It is hypointense on T1"),
    ),
    advice=("[Biopsy|Tissue sampling|Oncological staging] is [advised|recommended]",),
)
HEPATIC_CYST = Wording(
    noun="[simple |thin-walled |well-defined |unilocular |][hepatic|liver] cyst",
    where="in {place} of the {side} [hepatic |]lobe",
    named="[simple |benign |][hepatic|liver] cyst",
    tail="[ without septation| of fluid signal|]",
    looks=(Look(_T2, "It is [strongly |]hyperintense on T2"), Look(POST, "It does not enhance")),
    advice=("No follow-up is required",),
)
RENAL_CYST = Wording(
    noun="[simple |exophytic |cortical |thin-walled |][renal|kidney|cortical renal] cyst",
    where="[arising from|in|at] the {place} of the {side} kidney",
    named="[simple |benign |]renal cyst[ (Bosniak I)|]",
    tail="[ without septation| of fluid signal|]",
    looks=(Look(_T2, "It is [homogeneously |]hyperintense on T2"), Look(POST, "It does not enhance")),
    advice=("No follow-up is required",),
)
RENAL_MASS = Wording(
    noun="[solid |heterogeneous |exophytic |enhancing |][solid renal mass|renal mass|renal tumour]",
    where="[arising from|in|at] the {place} of the {side} kidney",
    named="[renal cell carcinoma|solid renal mass, suspicious for renal cell carcinoma]",
    tail="[ without renal vein involvement| confined to the kidney|]",
    looks=(
        Look(POST, "It enhances [avidly|heterogeneously] after contrast"),
        Look(DWI, "It shows restricted diffusion"),
    ),
    advice=("Urological referral is [advised|recommended]",),
)
PROSTATE_CANCER = Wording(
    noun="[ill-defined |lenticular |T2 hypointense |][focus|lesion] suspicious for prostat[e cancer|ic carcinoma]",
    where="in the {side} {place}",
    named="[prostate cancer|lesion suspicious for [clinically significant |]prostate cancer]",
    tail="[, abutting the capsule| without extracapsular extension|, PI-RADS [4|5]|]",
    looks=(
        Look(DWI, "It shows [marked |]restricted diffusion"),
        Look(frozenset({Weighting.ADC}), "ADC is [markedly |]low[ in this area|]"),
    ),
    advice=("Targeted biopsy is [advised|recommended]",),
)
