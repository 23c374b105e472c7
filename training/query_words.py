"""How people call regions, sequences, planes and contrast when they type: plain English, short forms, other spellings.

The words are those of textbooks and of `indexer/header/*_names.py`, where these are English. Every region and every
sequence class is here, so that a tower learns all of them and not only what phantoms show.
"""

from types import MappingProxyType

from indexer.header.region_names import Region
from indexer.header.sequence_names import SequenceClass

R, S = Region, SequenceClass


def _said(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


REGION_SAID = MappingProxyType(
    {
        R.BRAIN: _said("brain, head, cerebral, cerebrum, cranial, intracranial, neuro, cerebellum, skull"),
        R.ORBIT: _said("orbit, orbits, orbital, eye, eyes, optic nerve"),
        R.PITUITARY: _said("pituitary, pituitary gland, sella, hypophysis"),
        R.INNER_EAR: _said("inner ear, internal auditory canal, IAC, temporal bone, cochlea"),
        R.FACE: _said("face and sinuses, face, facial, paranasal sinuses, sinus, maxillofacial"),
        R.JAW_JOINT: _said("temporomandibular joint, TMJ, jaw joint, jaw"),
        R.NECK: _said("neck, soft tissue neck, carotid, thyroid, larynx, pharynx"),
        R.CERVICAL_SPINE: _said("cervical spine, c-spine, cspine, neck spine, cervical vertebrae"),
        R.THORACIC_SPINE: _said("thoracic spine, t-spine, tspine, dorsal spine, thoracic vertebrae"),
        R.LUMBAR_SPINE: _said(
            "lumbar spine, l-spine, lspine, lumbosacral spine, lower back, low back, lumbar vertebrae"
        ),
        R.SACRUM: _said("sacrum, sacroiliac joints, SI joints, coccyx"),
        R.SPINAL_CORD: _said("spinal cord, cord, myelon"),
        R.SPINE: _said("spine, spinal, vertebral, vertebrae, whole spine, backbone"),
        R.BRACHIAL_PLEXUS: _said("brachial plexus, plexus"),
        R.SHOULDER: _said("shoulder, rotator cuff, glenohumeral joint, glenohumeral"),
        R.UPPER_ARM: _said("upper arm, humerus, biceps"),
        R.ELBOW: _said("elbow, elbow joint"),
        R.FOREARM: _said("forearm, radius and ulna"),
        R.WRIST: _said("wrist, carpal, TFCC, wrist joint"),
        R.HAND: _said("hand, finger, fingers, thumb, metacarpal"),
        R.ARM: _said("arm, upper extremity, upper limb"),
        R.BREAST: _said("breast, breasts, mammary, breast MR"),
        R.HEART: _said("heart, cardiac, CMR, myocardium, myocardial, ventricle, short axis, four chamber"),
        R.AORTA: _said("aorta, aortic, thoracic aorta"),
        R.CHEST: _said("chest, thorax, thoracic, lung, lungs, mediastinum"),
        R.LIVER: _said("liver, hepatic, hepatobiliary"),
        R.BILE_DUCTS: _said("bile ducts, biliary, bile duct, gallbladder, biliary tree"),
        R.PANCREAS: _said("pancreas, pancreatic"),
        R.SPLEEN: _said("spleen, splenic"),
        R.KIDNEY: _said("kidney, kidneys, renal"),
        R.ADRENAL: _said("adrenal, adrenals, adrenal gland"),
        R.BOWEL: _said("bowel, small bowel, colon, enterography, intestine"),
        R.ABDOMEN: _said("abdomen, abdominal, upper abdomen, belly, abdo"),
        R.PROSTATE: _said("prostate, prostatic, PI-RADS, mpMRI prostate, prostate gland"),
        R.RECTUM: _said("rectum, rectal, anal, perianal, anal canal"),
        R.BLADDER: _said("bladder, urinary bladder"),
        R.UTERUS: _said("uterus, uterine, cervix, ovary, ovaries, endometrium, female pelvis"),
        R.SCROTUM: _said("scrotum, testis, testes, testicular"),
        R.PELVIS: _said("pelvis, pelvic"),
        R.FETAL_BRAIN: _said("fetal brain, fetal head, foetal brain, fetal neuro, brain of a fetus"),
        R.FETUS: _said("fetus, fetal, foetal, foetus, pregnancy, obstetric"),
        R.HIP: _said("hip, hips, hip joint, acetabulum"),
        R.UPPER_LEG: _said("upper leg, thigh, thighs, femur, quadriceps"),
        R.KNEE: _said("knee, knees, meniscus, ACL, patella, knee joint"),
        R.LOWER_LEG: _said("lower leg, calf, tibia, fibula, shin"),
        R.ANKLE: _said("ankle, achilles, hindfoot, ankle joint"),
        R.FOOT: _said("foot, feet, forefoot, toe, toes, metatarsal"),
        R.LEG: _said("leg, legs, lower extremity, lower limb"),
        R.WHOLE_BODY: _said("whole body, whole-body, total body"),
    }
)

SEQUENCE_SAID = MappingProxyType(
    {
        S.T1: _said("T1, T1w, T1-weighted, T1 weighted, T1-w, MPRAGE, VIBE, FSPGR, T1 images"),
        S.T2: _said("T2, T2w, T2-weighted, T2 weighted, T2-w, T2 TSE, T2 FSE, HASTE, T2 images"),
        S.T2_STAR: _said("T2*, T2 star, T2*w, T2*-weighted, T2star, gradient echo, GRE, T2* GRE"),
        S.PD: _said("PD, PDw, proton density, proton density weighted, PD-weighted"),
        S.FLAIR: _said("FLAIR, fluid-attenuated inversion recovery, fluid attenuated, dark fluid, T2 FLAIR"),
        S.STIR: _said("STIR, short tau inversion recovery, TIRM, short TI inversion recovery"),
        S.DIR: _said("DIR, double inversion recovery"),
        S.SWI: _said("SWI, susceptibility-weighted, susceptibility weighted imaging, SWAN, venous BOLD"),
        S.QSM: _said("QSM, quantitative susceptibility mapping, quantitative susceptibility map"),
        S.DWI: _said("DWI, diffusion-weighted, diffusion weighted imaging, diffusion images, b1000, trace images"),
        S.ADC: _said("ADC, ADC map, apparent diffusion coefficient, ADC maps"),
        S.FA: _said("FA, FA map, fractional anisotropy"),
        S.DIFFUSION_MAP: _said("diffusion map, mean diffusivity, diffusion kurtosis map, tensor map"),
        S.BOLD: _said("BOLD, fMRI, functional MRI, functional MR, resting state, rs-fMRI, task fMRI, EPI BOLD"),
        S.ASL: _said("ASL, arterial spin labelling, arterial spin labeling, pCASL, PASL"),
        S.DSC: _said("DSC, DSC perfusion, dynamic susceptibility contrast, first pass perfusion"),
        S.DCE: _said("DCE, dynamic contrast-enhanced, dynamic contrast enhanced T1, DCE perfusion, dynamic T1"),
        S.CBF: _said("CBF, CBF map, cerebral blood flow"),
        S.CBV: _said("CBV, CBV map, cerebral blood volume, rCBV"),
        S.PERFUSION: _said("PWI, perfusion map, mean transit time, MTT, time to peak, Tmax"),
        S.MT: _said("MT, MTR, magnetization transfer, magnetisation transfer, MTsat"),
        S.FIELDMAP: _said("field map, fieldmap, B0 map, field mapping, phase difference map"),
        S.CINE: _said("cine, cine SSFP, cine loop, cine images"),
        S.LGE: _said("LGE, late gadolinium enhancement, late enhancement, delayed enhancement"),
        S.TAGGING: _said("tagging, tagged, myocardial tagging, grid tagging"),
        S.PHASE_CONTRAST: _said("phase contrast, PC-MRA, 4D flow, flow, flow quantification, phase-contrast flow"),
        S.MRA: _said("MRA, MR angiography, angiogram, TOF, time of flight, angio, vessels"),
        S.MRV: _said("MRV, MR venography, venogram, veins"),
        S.MRCP: _said("MRCP, cholangiopancreatography, MR cholangiography"),
        S.DUAL_ECHO: _said("in and out of phase, Dixon, opposed phase, in-phase, dual echo, out of phase"),
        S.BSSFP: _said("bSSFP, TrueFISP, FIESTA, balanced SSFP, balanced steady state, TrueFISP images"),
        S.T1_MAP: _said("T1 map, T1 mapping, MOLLI, quantitative T1"),
        S.T2_MAP: _said("T2 map, T2 mapping, quantitative T2, multi-echo spin echo"),
        S.T2_STAR_MAP: _said("T2* map, T2* mapping, R2* map, R2*, T2 star mapping"),
        S.SPECTROSCOPY: _said("MRS, spectroscopy, MR spectroscopy, single voxel spectroscopy, CSI"),
        S.ELASTOGRAPHY: _said("MRE, elastography, MR elastography, stiffness"),
        S.LOCALIZER: _said("localizer, localiser, scout, survey, pilot scan"),
    }
)

# Kinds of pictures that take several classes together, and what they are called.
FAMILY_OF = MappingProxyType(
    {
        "diffusion": (S.DWI, S.ADC, S.FA, S.DIFFUSION_MAP),
        "tensor": (S.FA, S.DIFFUSION_MAP),
        "perfusion": (S.ASL, S.DSC, S.DCE, S.CBF, S.CBV, S.PERFUSION),
        "vessels": (S.MRA, S.MRV),
        "mapping": (S.T1_MAP, S.T2_MAP, S.T2_STAR_MAP, S.QSM),
        "susceptibility": (S.SWI, S.QSM),
        "inversion": (S.FLAIR, S.STIR, S.DIR),
    }
)
FAMILY_SAID = MappingProxyType(
    {
        "diffusion": _said("diffusion, diffusion imaging, diffusion MRI"),
        "tensor": _said("DTI, diffusion tensor, diffusion tensor imaging"),
        "perfusion": _said("perfusion, perfusion imaging, perfusion-weighted"),
        "vessels": _said("angiography, vascular imaging, vessel imaging"),
        "mapping": _said("quantitative map, parametric map, mapping"),
        "susceptibility": _said("susceptibility, susceptibility imaging"),
        "inversion": _said("inversion recovery, IR"),
    }
)

PLANE_SAID = MappingProxyType(
    {
        "axial": _said("axial, ax, transverse, transversal, tra"),
        "coronal": _said("coronal, cor, frontal"),
        "sagittal": _said("sagittal, sag"),
        "3d": _said("3D, isotropic, 3D isotropic, volumetric"),
        "multi": _said("three-plane, 3-plane, multiplanar"),
    }
)
CONTRAST_SAID = _said(
    "post-contrast, post contrast, after contrast, contrast-enhanced, with contrast, with gadolinium, CE, post-Gd, "
    "after gadolinium, postcontrast, enhanced"
)
FAT_SAID = _said("fat-sat, fat-saturated, fat suppressed, FS, fat-suppressed, fatsat")
SIDE_SAID = MappingProxyType({"left": _said("left, L, left-sided"), "right": _said("right, R, right-sided")})
MRI_SAID = _said(
    "MRI, MR, scan, MRI scan, MR imaging, images, exam, MRI examination, study, magnetic resonance imaging"
)
