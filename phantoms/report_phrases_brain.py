"""The words of brain reports. Only sentences about a finding hold its terms; all others must be true of any brain."""

from phantoms.report_wording import DWI, POST, Look, Wording
from phantoms.sequences import Weighting

_FLAIR = frozenset({Weighting.FLAIR})
_T1 = frozenset({Weighting.T1})
_T2 = frozenset({Weighting.T2})
_BLOOMING = (
    Look(frozenset({Weighting.SWI}), "[It blooms|There is blooming] on susceptibility-weighted images"),
    Look(frozenset({Weighting.T2_STAR}), "[Blooming|Susceptibility artefact] is [seen|present] on T2*"),
)
_OF = "[in|of|centred in|involving] the {side} {place}"

GLIOMA = Wording(
    noun="[heterogeneous |ill-defined |necrotic |infiltrative |]intra-axial [mass|tumour|mass lesion]",
    where=_OF,
    named="[high-grade glioma|glioblastoma|high-grade glial tumour]",
    tail="[ with [surrounding|extensive|marked] vasogenic oedema| with [local|regional] mass effect|"
    " with effacement of [adjacent|neighbouring] sulci| with central necrosis|]",
    looks=(
        Look(POST, "[Thick irregular|Avid peripheral|Nodular rim] enhancement is [seen|present] after contrast"),
        Look(
            POST,
            "[After gadolinium|Post-contrast images show] [thick |irregular |]ring enhancement around a necrotic core",
        ),
        Look(_T2, "[It is|The signal is] heterogeneously hyperintense on T2[-weighted images|]"),
        Look(
            _FLAIR,
            "[Surrounding|Perilesional] FLAIR hyperintensity [reflects|represents|is in keeping with] "
            "[vasogenic oedema|oedema and infiltration]",
        ),
    ),
    advice=("Neurosurgical referral is [advised|recommended]", "Advanced imaging with perfusion may be helpful"),
)

METASTASES = Wording(
    noun="[ring-enhancing |enhancing |rounded |well-defined |]brain metastases",
    where="[in|within|scattered through] {bothplace}",
    named="[brain|cerebral|intracranial] metastases",
    tail="[ at the grey-white junction| with [surrounding|perilesional] oedema|]",
    looks=(
        Look(POST, "[All|They all] enhance after contrast"),
        Look(_FLAIR, "Each is surrounded by [a halo of |]FLAIR hyperintensity"),
    ),
    advice=("Search for [a primary|the primary site] is [advised|recommended]", "Oncology referral"),
    plural=True,
)
METASTASIS = Wording(
    noun="[ring-enhancing |solitary |rounded |]brain metastasis",
    where=_OF,
    named="[solitary |single |][brain|cerebral] metastasis",
    tail="[ at the grey-white junction| with [surrounding|perilesional] oedema|]",
    looks=(Look(POST, "It [enhances|shows ring enhancement] after contrast"),),
    advice=("Search for [a primary|the primary site] is [advised|recommended]",),
)

MENINGIOMA = Wording(
    noun="[homogeneous |well-defined |lobulated |dural-based |]extra-axial [mass|tumour|mass lesion]",
    where="[over|along|at] the {side} {place}",
    named="meningioma",
    tail="[ with a broad dural base| with a dural tail| indenting the [underlying|adjacent] cortex|]",
    looks=(
        Look(POST, "It enhances [avidly|homogeneously|intensely][ and uniformly|] after contrast"),
        Look(_T1, "It is isointense to grey matter on T1"),
        Look(_T2, "[A CSF cleft separates it|It is separated by a CSF cleft] from the [brain|cortex]"),
    ),
    advice=("[Follow-up MRI|Surveillance] in [6|12] months is suggested", "Neurosurgical opinion is suggested"),
)

INFARCT = {
    "acute": Wording(
        noun="[acute infarct|acute ischaemic infarct|recent acute infarct|acute territorial infarct]",
        where=_OF,
        named="[acute infarct|acute ischaemic infarct|acute infarction]",
        tail="[ with [cytotoxic oedema|gyral swelling]| without mass effect|]",
        looks=(
            Look(DWI, "[It|The area] shows [marked |]restricted diffusion"),
            Look(frozenset({Weighting.DWI, Weighting.ADC}), "High DWI signal [corresponds to|matches] low ADC values"),
            Look(_FLAIR, "[Subtle|Early] FLAIR hyperintensity is [already visible|developing]"),
        ),
        advice=("Urgent stroke team [review|referral] is advised", "[Vascular imaging|MR angiography] is recommended"),
    ),
    "subacute": Wording(
        noun="subacute [ischaemic |][infarct|infarction]",
        where=_OF,
        named="[subacute infarct|subacute ischaemic infarct|subacute infarction]",
        tail="[ with gyral swelling| with pseudonormalised diffusion|]",
        looks=(
            Look(POST, "Gyriform enhancement is [present|seen] after contrast"),
            Look(_FLAIR, "It is [clearly |]hyperintense on FLAIR"),
            Look(DWI, "Diffusion signal is [fading|only mildly raised]"),
        ),
        advice=("Vascular risk assessment is advised",),
    ),
    "chronic": Wording(
        noun="[chronic|old|established chronic] [ischaemic |][infarct|infarction]",
        where=_OF,
        named="[chronic|old] [infarct|ischaemic infarct|infarction]",
        tail="[ with encephalomalacia| with gliosis and volume loss| with ex vacuo widening of nearby sulci|]",
        looks=(
            Look(_FLAIR, "A gliotic rim surrounds [CSF-like signal|the cavity] on FLAIR"),
            Look(DWI, "Diffusion is facilitated[ there|]"),
        ),
    ),
}

HAEMORRHAGE = {
    stage: Wording(
        noun=f"{stage} [intracerebral|parenchymal|intraparenchymal] [haematoma|haemorrhage]",
        where=_OF,
        named=f"{stage} [intracerebral|parenchymal|intraparenchymal] [haemorrhage|haematoma]",
        tail=tail,
        looks=(*looks, *_BLOOMING),
        advice=advice,
    )
    for stage, tail, looks, advice in (
        (
            "hyperacute",
            "[ with thin surrounding oedema|]",
            (Look(_T2, "It is bright on T2 with a thin dark rim"),),
            ("Urgent neurosurgical opinion is advised",),
        ),
        (
            "acute",
            "[ with surrounding oedema| with local mass effect|]",
            (Look(_T2, "It is [markedly |]hypointense on T2[, in keeping with deoxyhaemoglobin|]"),),
            ("Urgent neurosurgical opinion is advised", "[Vascular imaging|Angiography] is recommended"),
        ),
        (
            "early subacute",
            "[ with surrounding oedema|]",
            (Look(_T1, "[It is|The clot is] bright on T1[, in keeping with intracellular methaemoglobin|]"),),
            ("Follow-up imaging is advised",),
        ),
        (
            "late subacute",
            "[ with a thin dark rim|]",
            (
                Look(
                    _T1, "[It is|The clot is] bright on both T1 and T2[, in keeping with extracellular methaemoglobin|]"
                ),
            ),
            (),
        ),
        (
            "chronic",
            "[ with a haemosiderin rim|]",
            (Look(_T2, "A [complete |]dark haemosiderin rim surrounds it"),),
            (),
        ),
    )
}

WHITE_MATTER_LESIONS = Wording(
    noun="[T2/FLAIR hyperintense |FLAIR hyperintense |scattered |punctate and confluent |]white matter lesions",
    where="[in|within|throughout] {bothplace}",
    named="[nonspecific |]white matter lesions",
    tail="[, some [oriented perpendicular to the ventricles|confluent]| without mass effect|]",
    looks=(
        Look(DWI, "They show no [diffusion restriction|restricted diffusion]"),
        Look(POST, "None of them enhances[ after contrast|]"),
    ),
    advice=(
        "[Small vessel disease or demyelination|Chronic small vessel change] [should be considered|is likely]",
        "Clinical correlation is [advised|suggested]",
    ),
    plural=True,
)
HYDROCEPHALUS = Wording(
    noun="[moderate |marked |communicating |]hydrocephalus",
    where="with bilateral [dilatation|enlargement] of the {place}",
    named="[communicating |]hydrocephalus",
    tail="[ and bulging of the third ventricle| out of proportion to the sulci|]",
    measure="[the frontal horns|the ventricles] [measuring|spanning] {size}[ across|]",
    sized=False,
    article=False,
    looks=(Look(_FLAIR, "Periventricular FLAIR [halo|rim] suggests transependymal CSF flow"),),
    advice=("Neurosurgical review is [advised|suggested]",),
)
ARACHNOID_CYST = Wording(
    noun="[well-defined |thin-walled |unilocular |]arachnoid cyst",
    where="[in|of] the {side} {place}",
    named="[incidental |]arachnoid cyst",
    tail="[ following CSF signal[ on all sequences|]| with mild mass effect| displacing the adjacent brain|]",
    looks=(
        Look(_FLAIR, "Its signal is suppressed on FLAIR"),
        Look(DWI, "It does not restrict diffusion"),
        Look(POST, "It does not enhance"),
    ),
    advice=("[This is a benign incidental finding|It is of doubtful significance]",),
)
