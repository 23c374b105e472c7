"""A region's anatomy: which tissue maps there are of it, from real label maps or from shapes, and who has which."""

from enum import StrEnum


class Region(StrEnum):
    """Regions that can be scanned."""

    BRAIN = "brain"
    CERVICAL_SPINE = "cervical spine"
    THORACIC_SPINE = "thoracic spine"
    LUMBAR_SPINE = "lumbar spine"
    KNEE = "knee"
    SHOULDER = "shoulder"
    WRIST = "wrist"
    UPPER_LEG = "upper leg"
    LOWER_LEG = "lower leg"
    HEART = "heart"
    ABDOMEN = "abdomen"
    PROSTATE = "prostate"
    FETAL = "fetal brain"
