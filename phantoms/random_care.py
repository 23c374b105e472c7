"""Subjects scanned with care: most series of most archives, which a stream drawn as wide as can be shows too seldom.

Fields of view fit the organ, stacks cover it, noise is low, coils surround the patient, and anatomy is a real one
where there is any. What is left to chance is what differs between good scans too.
"""

from dataclasses import replace

import numpy as np

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.anatomy_maps import SHARE_OF_ATLASES
from phantoms.labelmaps import AtlasLibrary
from phantoms.random_manner import Manner
from phantoms.scanner import Imperfections
from phantoms.scene import Acquisition

# In mm: the field of view that fits, and how far a stack reaches.
_FITS = {
    Region.BRAIN: (235.0, 150.0), Region.CERVICAL_SPINE: (220.0, 60.0), Region.THORACIC_SPINE: (330.0, 60.0),
    Region.LUMBAR_SPINE: (290.0, 65.0), Region.KNEE: (165.0, 95.0), Region.SHOULDER: (170.0, 85.0),
    Region.WRIST: (110.0, 45.0), Region.UPPER_LEG: (420.0, 240.0), Region.LOWER_LEG: (380.0, 240.0),
    Region.HEART: (340.0, 90.0), Region.ABDOMEN: (390.0, 180.0), Region.PROSTATE: (220.0, 75.0),
    Region.FETAL: (330.0, 90.0),
}  # fmt: skip
_MOST_SLICES = 120
_TRIES = 64


def real_anatomy(random: np.random.Generator, region: Region, library: AtlasLibrary | None, seed: int) -> int:
    """The seed of a subject like `seed` whose anatomy comes from a label map, where the library has one."""
    if library is None or not library.number_of(region):
        return seed
    for _ in range(_TRIES):
        if seeds.generator(seed, "anatomy", region).random() < SHARE_OF_ATLASES:
            break
        seed = int(random.integers(2**31))
    return seed


def careful_geometry(random: np.random.Generator, geometry: Acquisition, region: Region, manner: Manner) -> Acquisition:
    """A geometry that fits the organ, give or take a sixth; how finely it is cut stays."""
    fov_mm, reach_mm = (fit * float(np.exp(random.normal(0.0, 0.09))) for fit in _FITS[region])
    in_plane_mm = fov_mm / max(geometry.matrix)
    thickness_mm, gap_mm = geometry.thickness_mm, geometry.gap_mm
    if manner in {Manner.VOLUME, Manner.ECHO_PLANAR}:  # which are cut in proportion to their pixels
        thickness_mm *= in_plane_mm / geometry.in_plane_mm
        gap_mm *= in_plane_mm / geometry.in_plane_mm
    slices = int(np.clip(round(reach_mm / (thickness_mm + gap_mm)), 3, _MOST_SLICES))
    x, y, z = random.normal(0.0, [0.02 * fov_mm, 0.02 * fov_mm, 0.03 * reach_mm]).tolist()
    return replace(
        geometry,
        in_plane_mm=round(in_plane_mm, 4),
        thickness_mm=round(thickness_mm, 4),
        gap_mm=round(gap_mm, 4),
        slices=slices,
        centre_mm=(x, y, z),
        tilt_deg=(float(random.normal(0, 4)), float(random.normal(0, 2))),
    )


def careful_scan(random: np.random.Generator, scan: Imperfections) -> Imperfections:
    """Mild imperfections: a signal to noise of 40 to 300, no ghost, a coil around the patient."""
    return replace(
        scan,
        noise=1 / float(np.exp(random.uniform(np.log(40), np.log(300)))),
        texture=0.4 * scan.texture,
        surface=0.3 * scan.surface,
        ghost=0.0,
        wrap=0.0,
        blur=0.5 * scan.blur,
    )
