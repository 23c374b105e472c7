"""The words of each region: why it is scanned, what is normal there, and which findings that rules out."""

from collections.abc import Mapping
from dataclasses import dataclass

from phantoms.findings import FindingKind as K


@dataclass(frozen=True, slots=True)
class Normal:
    """A sentence about a normal structure; not written where a finding of `denies` is there."""

    pattern: str
    denies: tuple[K, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionWords:
    """What reports of a region say whatever is found; patterns of report_grammar.py."""

    name: str
    indications: tuple[str, ...]
    normal: tuple[Normal, ...]


_FINE = "[normal|unremarkable|within normal limits|normal in appearance]"
_OK = "[intact|preserved|maintained|normal]"

_BRAIN = RegionWords(
    "[brain|head]",
    (
        "[headache|persistent headache|worsening headache][ and [nausea|visual disturbance|vomiting]|]",
        "first [generalised |focal |]seizure",
        "[acute|sudden] onset [weakness|aphasia|hemiparesis], [?stroke|rule out stroke|query stroke]",
        "progressive [cognitive decline|memory loss|gait disturbance]",
        "[dizziness|vertigo|visual disturbance|confusion|collapse][, cause?|]",
        "known malignancy, [staging|new neurological symptoms]",
        "[query|suspected] demyelination",
        "fall on anticoagulants",
    ),
    (
        Normal("[the |]ventricles [and sulci |]are [of normal size|normal in size][ for age|]", (K.HYDROCEPHALUS,)),
        Normal("[the |]ventricular system is of normal size[ and configuration|]", (K.HYDROCEPHALUS,)),
        Normal("[the |]basal cisterns are [patent|preserved]"),
        Normal(f"[the |][orbits|globes][ and [visualised |]paranasal sinuses|] are {_FINE}"),
        Normal("[minor|mild] mucosal thickening [of the ethmoid air cells|in the maxillary sinuses]"),
        Normal("[normal|preserved] flow voids [in|of] the [major |]intracranial [vessels|arteries]"),
        Normal("[the |]cerebellar tonsils are [normally positioned|in normal position]"),
        Normal(f"[the |][pituitary gland is|sella is|sella and pituitary are] {_FINE}"),
        Normal("[the |]mastoid air cells are [clear|well aerated]"),
        Normal("[the |][calvarium|calvarial marrow signal|skull base] is [normal|unremarkable]"),
        Normal("[the |]midline structures are [preserved|normally formed]"),
        Normal("[the |]corpus callosum is [normally formed|normal in thickness]"),
        Normal("[the |]grey-white [matter |]differentiation is [preserved|maintained]", (K.INFARCT,)),
        Normal("[the |]cranial nerves [VII and VIII |]are [symmetric|unremarkable]"),
    ),
)


def _spine(name: str, complaints: tuple[str, ...], extra: tuple[Normal, ...], cord: bool) -> RegionWords:
    cord_is_normal = (
        Normal(
            "[the |][spinal |]cord [is|is of|shows] normal [in calibre and signal|signal|signal and calibre]",
            (K.CORD_LESION,),
        ),
        Normal("[normal|homogeneous] [spinal |]cord signal", (K.CORD_LESION,)),
    )
    return RegionWords(
        name,
        complaints,
        (
            Normal("vertebral body heights [and alignment |]are [maintained|preserved|normal]"),
            Normal("[normal|preserved|satisfactory] [vertebral |]alignment"),
            Normal("[bone marrow|marrow|vertebral marrow] signal is [normal|unremarkable|within normal limits]"),
            Normal(f"[the |]para[vertebral|spinal] [soft tissues|muscles] are {_FINE}"),
            Normal("[the |]facet joints are [unremarkable|normal|without significant arthropathy]"),
            Normal("[the |][remaining |]neural foramina are [patent|of adequate width]", (K.DISC_HERNIATION,)),
            Normal(
                "disc heights [and signal |]are [maintained|preserved] [throughout|at all levels]", (K.DISC_HERNIATION,)
            ),
            Normal("no [fracture|vertebral collapse|bone marrow oedema]"),
            *(cord_is_normal if cord else ()),
            *extra,
        ),
    )


_CERVICAL = _spine(
    "cervical spine",
    (
        "neck pain [with|and] [arm paraesthesia|brachialgia|hand weakness]",
        "[gait disturbance|clumsy hands|hyperreflexia], [query|?] myelopathy",
        "[cervical radiculopathy|radicular arm pain|neck stiffness]",
    ),
    (
        Normal("[the |]craniocervical junction is [normal|unremarkable]"),
        Normal("[the |]prevertebral soft tissues are normal"),
    ),
    cord=True,
)
_THORACIC = _spine(
    "thoracic spine",
    ("[mid back|thoracic|interscapular] pain", "[sensory level|leg weakness|spasticity], [query|?] cord pathology"),
    (Normal("[thoracic|normal thoracic] kyphosis is [preserved|maintained]"),),
    cord=True,
)
_LUMBAR = _spine(
    "lumbar spine",
    (
        "[low back pain|lower back pain|lumbago] [radiating to the leg|with leg pain|for months]",
        "sciatica[ not responding to [treatment|physiotherapy]|]",
        "[query|suspected|?] [radiculopathy|nerve root compression|cauda equina syndrome]",
    ),
    (
        Normal("lumbar lordosis is [preserved|maintained]"),
        Normal("[the |]conus [medullaris |]ends at [L1|L1-L2|T12-L1][ and is [normal|unremarkable]|]"),
        Normal("[the |]sacroiliac joints are [unremarkable|normal]"),
    ),
    cord=False,
)
_KNEE = RegionWords(
    "knee",
    (
        "[twisting|sports|football|skiing] injury[ with [locking|swelling|instability]|]",
        "knee pain[ and [swelling|giving way|locking]|]",
        "[medial|lateral] joint line tenderness",
        "[query|?|rule out] [internal derangement|ligament injury]",
    ),
    (
        Normal(f"[the |]cruciate ligaments are {_OK}", (K.LIGAMENT_RUPTURE,)),
        Normal(f"[both |][the |]collateral ligaments are {_OK}", (K.LIGAMENT_RUPTURE,)),
        Normal("[the |]menisci are [intact|normal|of normal shape and signal]", (K.MENISCAL_TEAR,)),
        Normal("[the |]extensor mechanism is [intact|normal|unremarkable]"),
        Normal("[bone marrow|marrow] signal is [normal|unremarkable]"),
        Normal("[the |]articular cartilage is [preserved|of normal thickness|without focal defect]"),
        Normal("no [Baker's|popliteal] cyst"),
        Normal("[the |]patella is [normally positioned|centred in the trochlea|in normal position]"),
        Normal("no [fracture|bone bruise|loose body|osteochondral defect]"),
        Normal("[the |]popliteal [vessels|neurovascular bundle] [are|appear] unremarkable"),
    ),
)
_LIVER = (K.LIVER_METASTASIS, K.HEPATIC_CYST)
_KIDNEYS = (K.RENAL_CYST, K.RENAL_MASS)
_ABDOMEN = RegionWords(
    "[abdomen|upper abdomen]",
    (
        "abnormal liver function tests",
        "[indeterminate|incidental] [lesion|abnormality] on [ultrasound|CT]",
        "[staging|follow-up|restaging], [known primary|known malignancy|colorectal primary]",
        "[right upper quadrant|flank|abdominal|epigastric] pain",
        "[haematuria|weight loss|raised tumour markers]",
    ),
    (
        Normal("[the |]spleen is [of normal size|normal|unremarkable]"),
        Normal(f"[the |]pancreas is {_FINE}"),
        Normal(f"[both |][the |]adrenal glands are {_FINE}"),
        Normal("[the |]gallbladder is [normal|thin-walled|unremarkable][ without [gallstones|biliary dilatation]|]"),
        Normal("no [intra- or extrahepatic |]biliary dilatation"),
        Normal("[the |][abdominal |]aorta is of normal calibre"),
        Normal("no [enlarged|pathologically enlarged] lymph nodes[ and no ascites|]"),
        Normal("no [ascites|free fluid]"),
        Normal("[the |]portal [vein is|vein appears|and hepatic veins are] patent"),
        Normal(f"[the |]kidneys are {_FINE}", _KIDNEYS),
        Normal("no hydronephrosis"),
        Normal("[the |]liver is [of normal size and signal|normal|unremarkable]", _LIVER),
        Normal("[the |][visualised |]bowel loops are unremarkable"),
        Normal("[the |]lung bases are clear"),
    ),
)
_PROSTATE = RegionWords(
    "[prostate|prostate and pelvis]",
    (
        "raised PSA[ of [5.2|6.8|9.4|12]|]",
        "rising PSA[ after negative biopsy|]",
        "active surveillance",
        "[abnormal|suspicious] digital rectal examination",
    ),
    (
        Normal("[the |]transition zone shows [mild|moderate] [hyperplasia|nodular hyperplasia]"),
        Normal("[the |]seminal vesicles are [normal|symmetric|unremarkable]"),
        Normal("[the |]bladder [wall |]is [smooth|thin-walled|unremarkable|normal]"),
        Normal("no enlarged [pelvic |]lymph nodes"),
        Normal("no [suspicious |]bone lesion[s|] in the [visualised |]pelvis"),
        Normal("[the |]peripheral zone is [homogeneous|of normal signal]", (K.PROSTATE_CANCER,)),
        Normal("[the |]rectum is unremarkable"),
        Normal("[the |]neurovascular bundles are symmetric"),
    ),
)
_SHOULDER = RegionWords(
    "shoulder",
    (
        "shoulder pain[ on abduction|]",
        "[fall|sports injury|overuse][, limited motion|]",
        "[query|?] rotator cuff pathology",
    ),
    (
        Normal("[the |]long head of biceps is [in the groove|intact|normally located]"),
        Normal("[the |]acromioclavicular joint is [normal|unremarkable]"),
        Normal(f"[the |]glenoid labrum is {_OK}"),
        Normal("[muscle bulk is|the muscle bellies are] [preserved|normal][ without fatty atrophy|]"),
        Normal("[the |]rotator cuff [tendons are|is] [intact|normal]", (K.LIGAMENT_RUPTURE,)),
        Normal("[bone marrow|marrow] signal is normal"),
        Normal("[the |]subacromial bursa is not distended"),
    ),
)
_WRIST = RegionWords(
    "wrist",
    (
        "wrist pain[ after a fall|]",
        "[query|?] [TFCC injury|scaphoid fracture|ganglion]",
        "[ulnar|radial]-sided wrist pain",
    ),
    (
        Normal("[the |]carpal alignment is [normal|preserved]"),
        Normal("[the |]triangular fibrocartilage [complex |]is intact"),
        Normal("[the |]scapholunate [ligament|interval] is normal"),
        Normal("[the |]carpal tunnel is [normal|unremarkable]"),
        Normal("[the |]flexor [and extensor |]tendons are [normal|intact]"),
        Normal("no [occult fracture|bone marrow oedema|ganglion]"),
    ),
)


def _leg(name: str, part: str, bone: str) -> RegionWords:
    return RegionWords(
        name,
        (
            f"[{part}|leg] [pain|swelling|weakness]",
            "[query|?] [muscle tear|myositis|stress fracture]",
            "muscle [weakness|wasting], cause?",
        ),
        (
            Normal("muscle [bulk|signal|bulk and signal] is [normal|preserved]"),
            Normal("no [muscle oedema|fatty infiltration|stress fracture|soft tissue collection]"),
            Normal("[bone marrow|marrow|cortical and marrow] signal is normal"),
            Normal(f"[the |]{bone} [shaft |]is [intact|unremarkable]"),
            Normal("[the |]subcutaneous fat is [normal|unremarkable]"),
            Normal(f"[the |]{part} neurovascular bundle[s are| is] [normal|unremarkable]"),
        ),
    )


_THIGH = _leg("[thighs|upper legs|both thighs]", "thigh", "femoral")
_CALF = _leg("[calves|lower legs|both lower legs]", "calf", "tibial")
_HEART = RegionWords(
    "heart",
    (
        "[query|?|suspected] cardiomyopathy",
        "[palpitations|dyspnoea|syncope]",
        "[reduced ejection fraction|abnormal ECG]",
    ),
    (
        Normal("[the |]left ventric[le is|ular cavity is] of normal size"),
        Normal("[the |]right ventricle is [normal|of normal size]"),
        Normal("[the |]myocardium is of normal [thickness|signal and thickness]"),
        Normal("no pericardial fluid"),
        Normal("[the |]atria are [normal|not enlarged]"),
        Normal("[the |]great vessels are [normal|of normal calibre]"),
    ),
)
_FETAL = RegionWords(
    "[fetal brain|fetus]",
    (
        "[abnormal|inconclusive] [fetal |]ultrasound[, [22|26|30|32] weeks|]",
        "[suspected|query|?] [agenesis of the corpus callosum|posterior fossa anomaly]",
        "fetal MRI [at|in] [24|28|31|33] weeks[ of gestation|]",
    ),
    (
        Normal("single [live |]intrauterine [fetus|gestation][ in cephalic presentation|]"),
        Normal("[the |]gyration is [appropriate|adequate] for gestational age"),
        Normal("[the |]corpus callosum is [present|visible]"),
        Normal("[the |]cavum septi pellucidi is [present|visible]"),
        Normal("[the |]posterior fossa [and vermis are|is] normal[ly formed|]"),
        Normal("[the |]placenta is [posterior|anterior|unremarkable]"),
        Normal("[the |]amniotic fluid [volume |]is [normal|adequate]"),
        Normal("[the |]lateral ventricles are of normal width"),
    ),
)

# By the region's name, so that regions may come and go.
REGION_WORDS: Mapping[str, RegionWords] = {
    "brain": _BRAIN,
    "cervical spine": _CERVICAL,
    "thoracic spine": _THORACIC,
    "lumbar spine": _LUMBAR,
    "knee": _KNEE,
    "abdomen": _ABDOMEN,
    "prostate": _PROSTATE,
    "shoulder": _SHOULDER,
    "wrist": _WRIST,
    "upper leg": _THIGH,
    "lower leg": _CALF,
    "heart": _HEART,
    "fetal brain": _FETAL,
}
