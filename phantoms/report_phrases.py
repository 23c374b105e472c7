"""The words of the reports: how each kind of finding is stated, denied and concluded; what is normal in a region."""

from phantoms.anatomy import Region
from phantoms.findings import FindingKind, Side

_K = FindingKind

SIDE_WORDS = {Side.LEFT: "left", Side.RIGHT: "right", Side.BOTH: "bilateral", Side.MIDLINE: "midline"}

REGION_WORDS = {
    Region.BRAIN: "brain",
    Region.CERVICAL_SPINE: "cervical spine",
    Region.LUMBAR_SPINE: "lumbar spine",
    Region.KNEE: "knee",
    Region.ABDOMEN: "abdomen",
    Region.PROSTATE: "prostate",
}

INDICATIONS = {
    Region.BRAIN: (
        "Headache and first seizure.",
        "Acute onset weakness, rule out stroke.",
        "Progressive cognitive decline.",
        "Dizziness and visual disturbance.",
    ),
    Region.CERVICAL_SPINE: ("Neck pain with arm paraesthesia.", "Gait disturbance, query myelopathy."),
    Region.LUMBAR_SPINE: (
        "Low back pain radiating to the leg.",
        "Sciatica not responding to treatment.",
        "Chronic back pain, query radiculopathy.",
    ),
    Region.KNEE: ("Twisting injury with locking.", "Knee pain and swelling.", "Medial joint line tenderness."),
    Region.ABDOMEN: (
        "Abnormal liver function tests.",
        "Indeterminate lesion on ultrasound.",
        "Staging, known primary.",
    ),
    Region.PROSTATE: ("Raised PSA.", "Rising PSA after negative biopsy.", "Active surveillance."),
}

TECHNIQUES = (
    "MRI of the {region} at {field}: {listed} images were obtained{given}.",
    "Multiplanar multisequence MRI of the {region} was performed at {field}{given}, including {listed} series.",
    "{field} examination of the {region}{given}. Sequences: {listed}.",
)

STATED = {
    _K.GLIOMA: (
        "There is a {size} heterogeneously enhancing mass with central necrosis in the {side} "
        "{place}, with surrounding vasogenic oedema.",
        "A rim-enhancing intra-axial mass measuring {size} is centred in the {side} {place}, with "
        "extensive perilesional oedema.",
        "Necrotic tumour of the {side} {place}, {size} in greatest dimension, most in keeping with high-grade glioma.",
    ),
    _K.INFARCT: (
        "There is restricted diffusion in the {side} {place}, measuring up to {size}, consistent with acute infarct.",
        "A {size} acute ischaemic infarct is seen in the {side} {place}, with corresponding low ADC.",
        "Diffusion-weighted images show an acute infarct of the {side} {place}, {size} in extent.",
    ),
    _K.WHITE_MATTER_LESIONS: (
        "There are {count} bilateral T2/FLAIR hyperintense white matter lesions, predominantly "
        "periventricular, the largest {size}.",
        "Multiple ({count}) FLAIR hyperintense white matter lesions up to {size} are noted in the periventricular "
        "regions, bilateral.",
        "Scattered bilateral white matter lesions, {count} in number, are seen, the largest measuring {size}.",
    ),
    _K.DISC_HERNIATION: (
        "At {place} there is a {direction} disc herniation protruding {size} into the canal, indenting the thecal sac.",
        "{place}: desiccated disc with a {direction} disc herniation of {size}.",
        "A {size} {direction} disc herniation is present at {place}, with loss of disc signal.",
    ),
    _K.CORD_LESION: (
        "A T2 hyperintense cord lesion is seen on the {side} at the {place}, extending over {size}.",
        "There is a {size} intramedullary hyperintense cord lesion in the {side} hemicord at the {place}.",
    ),
    _K.MENISCAL_TEAR: (
        "There is a tear of the posterior horn of the {place} of the {side} knee, {size} long: "
        "meniscal tear reaching the articular surface.",
        "Linear high signal of {size} in the posterior horn of the {side} {place} represents a meniscal tear.",
        "{side} knee: horizontal meniscal tear of the {place}, posterior horn, measuring {size}.",
    ),
    _K.EFFUSION: (
        "There is a joint effusion of the {side} knee distending the {place} over {size}.",
        "A {size} joint effusion is present in the {place} of the {side} knee.",
    ),
    _K.LIVER_METASTASIS: (
        "In {place} of the {side} hepatic lobe there is a {size} T2 hyperintense solid lesion with "
        "restricted diffusion, suspicious for liver metastasis.",
        "A {size} liver metastasis is seen in the {side} lobe, {place}.",
    ),
    _K.HEPATIC_CYST: (
        "A {size} hepatic cyst is seen in {place} ({side} of midline), without enhancement.",
        "There is a simple hepatic cyst of {size} in {place}, {side} side.",
    ),
    _K.RENAL_CYST: (
        "The {place} of the {side} kidney bears a {size} simple renal cyst.",
        "A {size} exophytic renal cyst arises from the {place} of the {side} kidney.",
    ),
    _K.PROSTATE_CANCER: (
        "In the {side} peripheral zone at the {place} there is a {size} T2 hypointense focus with "
        "marked diffusion restriction, suspicious for prostate cancer (PI-RADS 5).",
        "A {size} lesion of low T2 signal and low ADC in the {side} peripheral zone, {place}, is "
        "suspicious for prostate cancer.",
    ),
}

DENIED = {
    _K.GLIOMA: (
        "No intracranial mass or glioma.",
        "There is no mass lesion or midline shift.",
        "No evidence of glioma.",
    ),
    _K.INFARCT: (
        "No restricted diffusion to suggest acute infarct.",
        "There is no acute infarct.",
        "No acute infarct.",
    ),
    _K.WHITE_MATTER_LESIONS: ("No white matter lesions.", "There are no demyelinating white matter lesions."),
    _K.DISC_HERNIATION: ("No disc herniation.", "There is no significant disc herniation or canal stenosis."),
    _K.CORD_LESION: ("No cord lesion; cord signal is normal.", "There is no intramedullary cord lesion."),
    _K.MENISCAL_TEAR: ("No meniscal tear.", "The menisci are intact without evidence of meniscal tear."),
    _K.EFFUSION: ("No joint effusion.", "There is no significant joint effusion."),
    _K.LIVER_METASTASIS: ("No liver metastasis.", "There is no suspicious focal lesion or liver metastasis."),
    _K.HEPATIC_CYST: ("No hepatic cyst.", "There is no hepatic cyst."),
    _K.RENAL_CYST: ("No renal cyst or hydronephrosis.", "There is no renal cyst or solid renal mass."),
    _K.PROSTATE_CANCER: ("No focus suspicious for prostate cancer (PI-RADS 1).", "No evidence of prostate cancer."),
}

NORMAL = {
    Region.BRAIN: (
        "The ventricles and sulci are appropriate for age.",
        "The basal cisterns are patent.",
        "The orbits and paranasal sinuses are unremarkable.",
        "Normal flow voids in the major intracranial vessels.",
        "The cerebellum and brainstem are normal.",
    ),
    Region.CERVICAL_SPINE: (
        "Vertebral body heights and alignment are maintained.",
        "The craniocervical junction is normal.",
        "Paravertebral soft tissues are unremarkable.",
    ),
    Region.LUMBAR_SPINE: (
        "Lumbar lordosis is preserved with normal alignment.",
        "Vertebral body heights and marrow signal are normal.",
        "The conus medullaris ends at L1 and is of normal signal.",
        "The paraspinal muscles are symmetric.",
    ),
    Region.KNEE: (
        "The cruciate ligaments are intact.",
        "The collateral ligaments and extensor mechanism are intact.",
        "Marrow signal is normal.",
        "The articular cartilage is preserved.",
    ),
    Region.ABDOMEN: (
        "The spleen, pancreas and adrenal glands are unremarkable.",
        "The gallbladder is normal without biliary dilatation.",
        "The aorta is of normal calibre.",
        "No enlarged lymph nodes and no ascites.",
    ),
    Region.PROSTATE: (
        "The transition zone shows mild hyperplasia.",
        "The seminal vesicles are normal.",
        "The bladder wall is smooth.",
        "No enlarged pelvic lymph nodes.",
    ),
}

CONCLUDED = {
    _K.GLIOMA: (
        "High-grade glioma of the {side} {place}, {size}.",
        "{size} {side} {place} mass, likely glioblastoma (high-grade glioma).",
    ),
    _K.INFARCT: ("Acute infarct in the {side} {place}.", "Acute ischaemic stroke: acute infarct, {side} {place}."),
    _K.WHITE_MATTER_LESIONS: (
        "Bilateral white matter lesions, in keeping with small vessel disease or demyelination.",
        "Bilateral periventricular white matter lesions, nonspecific.",
    ),
    _K.DISC_HERNIATION: ("{direction} disc herniation at {place}.", "{place} disc herniation, {direction}."),
    _K.CORD_LESION: ("Cord lesion at the {place}, {side}, consider demyelination.",),
    _K.MENISCAL_TEAR: ("Meniscal tear, {side} {place}.", "Tear of the {side} {place} (meniscal tear)."),
    _K.EFFUSION: ("Joint effusion of the {side} knee.",),
    _K.LIVER_METASTASIS: ("Liver metastasis in {place}, {side} lobe, {size}.",),
    _K.HEPATIC_CYST: ("Benign hepatic cyst in {place}, {side} side.",),
    _K.RENAL_CYST: ("Simple renal cyst of the {side} kidney, {place} (Bosniak I).",),
    _K.PROSTATE_CANCER: ("Suspicious for prostate cancer, {side} peripheral zone, {place}.",),
}

UNREMARKABLE = (
    "Normal MRI of the {region}.",
    "Unremarkable examination of the {region}.",
    "No significant abnormality of the {region}.",
)
