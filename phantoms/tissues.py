"""The tissues that the shapes are made of."""

from enum import IntEnum


class Tissue(IntEnum):
    """What a voxel is made of; the numbers are the labels."""

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
    LIGAMENT = 13
    FLUID = 14  # urine, bile, joint fluid, cysts
    BLOOD_VESSEL = 15
    LIVER = 16
    SPLEEN = 17
    RENAL_CORTEX = 18
    RENAL_MEDULLA = 19
    BOWEL = 20
    PERIPHERAL_ZONE = 21
    TRANSITION_ZONE = 22
    OEDEMA = 23
    TUMOUR = 24  # the solid, enhancing part of a glioma
    NECROSIS = 25
    INFARCT = 26  # acute
    GLIOSIS = 27  # white matter and cord lesions
    METASTASIS = 28
    PROSTATE_CANCER = 29
