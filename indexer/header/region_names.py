"""The body regions, how they nest, and their names in English, German, French, Dutch, Spanish and Italian."""

from enum import StrEnum
from types import MappingProxyType

from indexer.header.text import phrases


class Region(StrEnum):
    """What part of the body a series shows."""

    BRAIN = "brain"
    ORBIT = "orbit"
    PITUITARY = "pituitary"
    INNER_EAR = "inner ear"
    FACE = "face and sinuses"
    JAW_JOINT = "temporomandibular joint"
    NECK = "neck"
    CERVICAL_SPINE = "cervical spine"
    THORACIC_SPINE = "thoracic spine"
    LUMBAR_SPINE = "lumbar spine"
    SACRUM = "sacrum"
    SPINAL_CORD = "spinal cord"
    SPINE = "spine"
    BRACHIAL_PLEXUS = "brachial plexus"
    SHOULDER = "shoulder"
    UPPER_ARM = "upper arm"
    ELBOW = "elbow"
    FOREARM = "forearm"
    WRIST = "wrist"
    HAND = "hand"
    ARM = "arm"
    BREAST = "breast"
    HEART = "heart"
    AORTA = "aorta"
    CHEST = "chest"
    LIVER = "liver"
    BILE_DUCTS = "bile ducts"
    PANCREAS = "pancreas"
    SPLEEN = "spleen"
    KIDNEY = "kidney"
    ADRENAL = "adrenal"
    BOWEL = "bowel"
    ABDOMEN = "abdomen"
    PROSTATE = "prostate"
    RECTUM = "rectum"
    BLADDER = "bladder"
    UTERUS = "uterus"
    SCROTUM = "scrotum"
    PELVIS = "pelvis"
    FETAL_BRAIN = "fetal brain"
    FETUS = "fetus"
    HIP = "hip"
    UPPER_LEG = "upper leg"
    KNEE = "knee"
    LOWER_LEG = "lower leg"
    ANKLE = "ankle"
    FOOT = "foot"
    LEG = "leg"
    WHOLE_BODY = "whole body"


REGIONS: tuple[str, ...] = tuple(Region)

R = Region

# What each region lies in: "prostate" refines "pelvis", and never contradicts it.
PARENTS = MappingProxyType(
    {
        child: parent
        for parent, children in {
            R.BRAIN: (R.PITUITARY, R.ORBIT, R.INNER_EAR, R.FACE, R.JAW_JOINT),
            R.SPINE: (R.CERVICAL_SPINE, R.THORACIC_SPINE, R.LUMBAR_SPINE, R.SACRUM, R.SPINAL_CORD),
            R.ARM: (R.SHOULDER, R.UPPER_ARM, R.ELBOW, R.FOREARM, R.WRIST, R.HAND),
            R.CHEST: (R.HEART, R.AORTA, R.BREAST),
            R.ABDOMEN: (R.LIVER, R.BILE_DUCTS, R.PANCREAS, R.SPLEEN, R.KIDNEY, R.ADRENAL, R.BOWEL, R.FETUS),
            R.PELVIS: (R.PROSTATE, R.RECTUM, R.BLADDER, R.UTERUS, R.SCROTUM),
            R.FETUS: (R.FETAL_BRAIN,),
            R.LEG: (R.HIP, R.UPPER_LEG, R.KNEE, R.LOWER_LEG, R.ANKLE, R.FOOT),
        }.items()
        for child in children
    }
)

# Small before large: of "knee, lower leg" or "liver, abdomen" the first to be found is the more telling. Accents are
# gone (see text.py), and German umlauts stand both without dots and spelled out.
SAID_REGIONS = MappingProxyType(
    {
        R.FETAL_BRAIN: phrases("fetal brain, foetal brain, fetal head, fetal neuro, fetales gehirn, cerveau foetal"),
        R.FETUS: phrases("fetal, foetal, fetus, foetus, fetales, fotal, foetale"),
        R.CERVICAL_SPINE: phrases(
            "cspine, c spine, cervical spine, cervical, cervicale, cerv spine, hws, halswirbelsaule, "
            "halswirbelsaeule, rachis cervical, cwk, columna cervical, colonna cervicale, csp, c sp, cerv"
        ),
        R.THORACIC_SPINE: phrases(
            "tspine, t spine, thoracic spine, dorsal spine, dspine, bws, brustwirbelsaule, brustwirbelsaeule, rachis "
            "dorsal, rachis thoracique, twk, columna dorsal, t sp, tsp"
        ),
        R.LUMBAR_SPINE: phrases(
            "lspine, l spine, lumbar spine, lumbar, lumbosacral, lws, lendenwirbelsaule, lendenwirbelsaeule, lss, "
            "lsspine, ls spine, rachis lombaire, lombaire, lombosacre, lwk, lumbale, columna lumbar, colonna "
            "lombare, lombare, lsp, l sp, lumb"
        ),
        R.SACRUM: phrases(
            "sacrum, sspine, sacroiliac, si joints, si joint, isg, iliosakralgelenk, sacro iliaque, coccyx"
        ),
        R.SPINAL_CORD: phrases(
            "spinal cord, spinalcord, cord, myelon, moelle, moelle epiniere, ruckenmark, rueckenmark, ruggenmerg, "
            "medula espinal, midollo, myelopathy, myelitis"
        ),
        R.SPINE: phrases(
            "spine, spinal, wirbelsaule, wirbelsaeule, rachis, wervelkolom, columna, colonna, vertebra, vertebral, "
            "ctspine, tlspine, whole spine, gws, scoliosis, vertebre"
        ),
        R.BRACHIAL_PLEXUS: phrases("brachial plexus, plexus, plexus brachialis, plexus brachial"),
        R.PITUITARY: phrases("pituitary, hypophyse, hypophysis, sella, hypofyse, hipofisis"),
        R.INNER_EAR: phrases(
            "iac, iam, iacs, iams, inner ear, internal auditory, temporal bone, felsenbein, rocher, cochlea, "
            "kleinhirnbrucken"
        ),
        R.ORBIT: phrases("orbit, orbits, orbita, optic nerve, orbite, orbites, eye, eyes, auge"),
        R.FACE: phrases(
            "sinus, sinuses, paranasal sinuses, nnh, face, facial, maxillofacial, gesicht, mandible, maxilla"
        ),
        R.JAW_JOINT: phrases("tmj, tmjs, temporomandibular, kiefergelenk, atm"),
        R.BRAIN: phrases(
            "brain, head, cerebral, cerebrale, encephalique, cerebrum, cranial, cranium, crane, neurocranium, neuro, "
            "schadel, schaedel, kopf, gehirn, hirn, cerveau, encephale, encefalo, cerebro, hersenen, hoofd, "
            "cerebelli, cerebellum, hippocampus, epilepsy, stroke, glioma, glioblastoma, gbm, lgg, hgg, brats, "
            "dementia, alzheimer, adni, multiple sclerosis, ms lesion, ms lesions, ms brain, wmh, white matter, "
            "leukoaraiosis, infarct, brainstem, tete"
        ),
        R.NECK: phrases(
            "neck, hals, cou, soft tissue neck, carotid, carotids, carotis, thyroid, larynx, pharynx, parotid, "
            "cuello, collo"
        ),
        R.SHOULDER: phrases("shoulder, schulter, epaule, schouder, hombro, spalla, rotator cuff, glenohumeral"),
        R.ELBOW: phrases("elbow, ellbogen, ellenbogen, coude, elleboog, codo, gomito"),
        R.WRIST: phrases("wrist, handgelenk, poignet, pols, muneca, polso, carpal, tfcc"),
        R.HAND: phrases("hand, finger, fingers, thumb, doigt, mano, daumen, metacarpal"),
        R.FOREARM: phrases("forearm, unterarm, avant bras, onderarm"),
        R.UPPER_ARM: phrases("upper arm, humerus, oberarm, bovenarm"),
        R.BREAST: phrases("breast, breasts, mamma, mammae, brust, sein, seins, borst, mama, mammella, bi rads"),
        R.HEART: phrases(
            "heart, cardiac, cmr, herz, coeur, cardiaque, cor morphologie, hart, corazon, cuore, myocard, "
            "myocardium, short axis, shortaxis, long axis, 2ch, 3ch, 4ch, 2 chamber, 3 chamber, 4 chamber, two "
            "chamber, four chamber, sax, lvot, rvot, ventricle, kurzachse, kardio, cardio, acdc"
        ),
        R.AORTA: phrases("aorta, aortic, aorte, aortal"),
        R.BILE_DUCTS: phrases(
            "mrcp, biliary, bile duct, bile ducts, gallengange, cholangio, voies biliaires, gallbladder"
        ),
        R.LIVER: phrases("liver, hepatic, leber, foie, hepatique, lever, higado, fegato, hcc, hepato, hepatobiliary"),
        R.PANCREAS: phrases("pancreas, pankreas, pancreatic, pancreatique"),
        R.SPLEEN: phrases("spleen, splenic, milz, bazo"),
        R.KIDNEY: phrases("kidney, kidneys, renal, niere, nieren, rein, reins, nier, rinon"),
        R.ADRENAL: phrases("adrenal, adrenals, adrena, nebenniere, nebennieren, surrenale, surrenales"),
        R.BOWEL: phrases("enterography, bowel, enteroclysis, sellink, darm, entero, colon, colonography, crohn"),
        R.PROSTATE: phrases("prostate, prostata, prostaat, prostatic, prostat, pirads, pi rads, mpmri"),
        R.RECTUM: phrases("rectum, rectal, rektum, anal, perianal, fistula, anus"),
        R.BLADDER: phrases("bladder, vessie, harnblase, blaas, vejiga"),
        R.UTERUS: phrases("uterus, uterine, cervix, ovary, ovaries, endometrium, adnexa, gyn, utero"),
        R.SCROTUM: phrases("scrotum, testis, testes, testicular, hoden, penis"),
        R.HIP: phrases("hip, hips, hufte, huefte, hanche, heup, cadera, anca, acetabulum"),
        R.KNEE: phrases("knee, knees, knie, genou, rodilla, ginocchio, meniscus, acl, patella, femorotibial"),
        R.ANKLE: phrases("ankle, sprunggelenk, osg, cheville, enkel, tobillo, caviglia, achilles, hindfoot"),
        R.FOOT: phrases("foot, feet, fuss, vorfuss, pied, voet, piede, forefoot, toe, toes, metatarsal"),
        R.LOWER_LEG: phrases("lower leg, calf, unterschenkel, jambe, onderbeen, tibia, fibula, tib fib, lowerleg"),
        R.UPPER_LEG: phrases("upper leg, thigh, thighs, oberschenkel, cuisse, femur, bovenbeen, muslo, upperleg"),
        R.ABDOMEN: phrases(
            "abdomen, abdominal, abdome, abdomenpelvis, abdomen pelvis, abdo, abd, bauch, oberbauch, buik, addome, "
            "belly"
        ),
        R.CHEST: phrases("chest, thorax, thoracic, lung, lungs, lunge, poumon, mediastinum, thoracique, torax, torace"),
        R.PELVIS: phrases("pelvis, pelvic, becken, bassin, pelvien, bekken, pelvi, pelvico"),
        R.ARM: phrases("arm, upper extremity, bras, braccio, brazo, obere extremitat"),
        R.LEG: phrases("leg, legs, lower extremity, extremity, jambes, beine, bein, gamba, pierna, untere extremitat"),
        R.WHOLE_BODY: phrases("whole body, wholebody, wb, ganzkorper, ganzkoerper, corps entier, total body"),
    }
)

# Words that hold a region's name and mean something else: taken out of a text before it is read.
NOT_REGIONS = phrases(
    "head first, femoral head, humeral head, radial head, metatarsal head, head coil, body coil, spine coil, neck "
    "coil, knee coil, cervical cancer, cervical carcinoma, hand held, foot first, feet first, bowel prep, heart rate"
)
