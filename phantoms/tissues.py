"""The tissues that label maps are made of: what a voxel can hold."""

from enum import IntEnum


class Tissue(IntEnum):
    """What a voxel is made of; the numbers are the labels of every tissue map."""

    AIR = 0
    FAT = 1
    MUSCLE = 2
    CORTICAL_BONE = 3
    MARROW = 4
    CSF = 5
    GREY_MATTER = 6
    WHITE_MATTER = 7
    CORD = 8
    DISC = 9  # the hydrated nucleus
    ANNULUS = 10  # the fibrous ring, and a dried-out nucleus
    CARTILAGE = 11
    MENISCUS = 12
    LIGAMENT = 13  # and tendons
    FLUID = 14  # urine, bile, joint fluid, cysts
    BLOOD_VESSEL = 15  # an artery, or a large vein: flowing
    LIVER = 16
    SPLEEN = 17
    RENAL_CORTEX = 18
    RENAL_MEDULLA = 19
    BOWEL = 20
    PERIPHERAL_ZONE = 21
    TRANSITION_ZONE = 22
    OEDEMA = 23
    TUMOUR = 24  # the solid, enhancing part of a glioma or a brain metastasis
    NECROSIS = 25
    INFARCT = 26  # acute
    GLIOSIS = 27  # white matter and cord lesions
    METASTASIS = 28  # of the liver
    PROSTATE_CANCER = 29
    DEEP_GREY_MATTER = 30  # basal ganglia and thalamus: more iron than cortex
    SKIN = 31
    LUNG = 32
    MYOCARDIUM = 33
    PANCREAS = 34
    GLAND = 35  # parotid, thyroid, pituitary, adrenal
    NERVE = 36
    VEIN = 37  # small and slow
    SUBACUTE_INFARCT = 38
    CHRONIC_INFARCT = 39
    HYPERACUTE_BLOOD = 40  # oxyhaemoglobin
    ACUTE_BLOOD = 41  # deoxyhaemoglobin
    EARLY_SUBACUTE_BLOOD = 42  # methaemoglobin within cells
    LATE_SUBACUTE_BLOOD = 43  # methaemoglobin set free
    CHRONIC_BLOOD = 44  # haemosiderin
    MENINGIOMA = 45
    RENAL_MASS = 46
    STOMACH_CONTENT = 47
    ANTERIOR_CRUCIATE = 48
    POSTERIOR_CRUCIATE = 49
    MEDIAL_COLLATERAL = 50
    SUPRASPINATUS_TENDON = 51
    CYST = 52  # arachnoid, hepatic or renal
    EFFUSION = 53
    TORN = 54  # fluid and swelling in a torn ligament or meniscus
    HERNIATION = 55
    BONE_OEDEMA = 56
