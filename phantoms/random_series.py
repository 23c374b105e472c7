"""An endless stream of glimpses for training: regions balanced, geometries wide, contrasts drawn anew at each look."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.findings import Finding, draw_finding, kinds_in
from phantoms.glimpse import Glimpse, Triple, expose, look
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.random_acquisition import Contrast, contrasts_of, draw_geometry, with_contrast
from phantoms.random_care import careful_geometry, careful_scan, real_anatomy
from phantoms.random_manner import Manner, draw_manner, in_manner, offered_in
from phantoms.render import visible_table
from phantoms.scanner import draw_imperfections
from phantoms.scene import Acquisition, Subject
from phantoms.tissue_properties import properties_at
from phantoms.tissue_variation import nulled_csf, transferred, varied
from volumes.planes import compose, stack_axis

# As often as training meets a region: kinds of region about alike, but a third of all are brains, which have every
# contrast.
REGIONS_DRAWN = (
    *(Region.BRAIN,) * 8, *(Region.CERVICAL_SPINE,) * 2, Region.THORACIC_SPINE, *(Region.LUMBAR_SPINE,) * 2,
    *(Region.KNEE,) * 2, Region.SHOULDER, Region.WRIST, Region.UPPER_LEG, Region.LOWER_LEG, Region.HEART,
    *(Region.ABDOMEN,) * 3, *(Region.PROSTATE,) * 3, *(Region.FETAL,) * 2,
)  # fmt: skip
_ECHO_PLANAR = (Contrast.DWI, Contrast.ADC, Contrast.BOLD, Contrast.PERFUSION)
_EXTRACTED = 0.25  # of brains: skull-stripped, as many research archives are


@dataclass(frozen=True, slots=True)
class Variety:
    """What the stream varies; turning one off is an ablation.

    Attributes:
        deform: each subject's own smooth deformation, beside size and pose.
        artefacts: shading, texture, ghosts, blur, masks and strong noise.
        tissues: relaxation times and water content that differ between people.
        thickness: slices of many thicknesses; without it all are 4 mm.
        coverage: fields of view from details to twice the organ, off centre, one to three slices; without it the
            usual field of view.
        habits: geometries that go with their contrasts, as scanners are used (`phantoms.random_manner`); without it
            every contrast comes on every geometry.
        careful: share of the subjects that are scanned with care (`phantoms.random_care`).
        finding_share: how many subjects have a finding.
    """

    deform: bool = True
    artefacts: bool = True
    tissues: bool = True
    thickness: bool = True
    coverage: bool = True
    habits: bool = True
    careful: float = 0.0
    finding_share: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What was looked at."""

    subject: Subject
    glimpse: Glimpse
    manner: Manner
    careful: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One exposure.

    Attributes:
        pictures: uint8 (7, side, side), see `volumes.planes.compose`.
        acquisition: the settings.
        contrast: what they show.
        spacing_mm: along X, Y, Z as the header would state it; see `stated_spacing`.
        signal: of every tissue, float64 (tissues,), as of `phantoms.render.visible_table`: this person's, before the
            coils and the noise.
    """

    pictures: NDArray[np.uint8]
    acquisition: Acquisition
    contrast: Contrast
    spacing_mm: Triple
    signal: NDArray[np.float64]


def draw_shown(
    seed: int, number: int, regions: tuple[Region, ...], library: AtlasLibrary | None, variety: Variety
) -> Shown:
    """The `number`th subject of a stream, on planes of a random geometry.

    Args:
        seed: of the stream.
        number: from 0; each draws from a stream of its own, so workers may share numbers out.
        regions: one of them is drawn, each as likely; a region may stand there more than once.
        library: label maps of real anatomy.
        variety: what varies.
    """
    random = seeds.generator(seed, "glimpse", number)
    region = regions[random.integers(len(regions))]
    left = bool(random.random() < 0.5)
    findings: tuple[Finding, ...] = ()
    if kinds_in(region) and random.random() < variety.finding_share:
        kinds = kinds_in(region)
        findings = (draw_finding(random, region, kinds[random.integers(len(kinds))], left=left),)
    careful = variety.careful > 0 and bool(random.random() < variety.careful)
    own = int(random.integers(2**31))
    own = real_anatomy(random, region, library, own) if careful else own
    subject = Subject(region, own, int(random.integers(20, 90)), left, findings)
    patient = prepare(subject, library)
    if not variety.deform:
        still = patient.warp
        patient = replace(patient, warp=replace(still, amplitudes_mm=still.amplitudes_mm * 0, bend=still.bend * 0))
    geometry = draw_geometry(random, region, pixels=(60, 112))
    manner = draw_manner(random, region) if variety.habits else Manner.ANY
    geometry = in_manner(random, geometry, manner)
    geometry = careful_geometry(random, geometry, region, manner) if careful else geometry
    if not variety.thickness and geometry.thickness_mm != geometry.in_plane_mm:
        stack_mm = geometry.slices * (geometry.thickness_mm + geometry.gap_mm)
        geometry = replace(geometry, thickness_mm=4.0, gap_mm=0.0, slices=max(1, round(stack_mm / 4)))
    if not variety.coverage:
        geometry = _usual_coverage(geometry, region)
    return Shown(subject, look(patient, geometry, draw_imperfections(random, geometry)), manner, careful)


def _usual_coverage(geometry: Acquisition, region: Region) -> Acquisition:
    """The whole organ, centred, in 24 slices or as many as the volume has."""
    fov_mm = {Region.BRAIN: 230.0, Region.KNEE: 160.0, Region.WRIST: 110.0, Region.PROSTATE: 200.0}.get(region, 300.0)
    slices = max(geometry.slices, 24)
    return replace(
        geometry, in_plane_mm=fov_mm / max(geometry.matrix), slices=slices, centre_mm=(0.0, 0.0, 0.0), tilt_deg=(0, 0)
    )


def draw_seen(random: np.random.Generator, shown: Shown, variety: Variety, *, side: int, contrast: Contrast) -> Seen:
    """One exposure of a subject, its settings, tissues and imperfections drawn anew."""
    region = shown.subject.region
    geometry = replace(
        shown.glimpse.geometry, brain_extracted=region is Region.BRAIN and bool(random.random() < _EXTRACTED)
    )
    acquisition = with_contrast(random, geometry, contrast, region)
    scan = replace(draw_imperfections(random, acquisition), phase_axis=shown.glimpse.phase_axis)
    if shown.careful:
        scan = careful_scan(random, scan)
    if not variety.artefacts:
        scan = replace(
            scan, noise=0.006, shading=0.0, texture=0.0, ghost=0.0, blur=0.0, surface=0.0, masked=0.0, acquired=0,
            slice_gains=scan.slice_gains * 0,
        )  # fmt: skip
    properties = properties_at(acquisition.field_strength_t)
    if variety.tissues:
        properties = transferred(random, acquisition, varied(random, properties))
        properties = nulled_csf(random, properties) if contrast is Contrast.FLAIR else properties
    planes = expose(shown.glimpse, acquisition, scan, int(random.integers(2**31)), properties)
    pictures = compose(planes, shown.glimpse.spacing_mm, shown.glimpse.extent_mm, side)
    spacing_mm = stated_spacing(random, shown.glimpse, contrast)
    return Seen(pictures, acquisition, contrast, spacing_mm, visible_table(acquisition, properties))


def stated_spacing(random: np.random.Generator, glimpse: Glimpse, contrast: Contrast) -> Triple:
    """The spacing of the matrix that a scanner would have used: finer than what is rendered.

    Glimpses are rendered on 60 to 112 pixels, which is what pictures of 96 can show. Scanners encode anatomy on 200 to
    500, and echo-planar images on 64 to 128: without this, a network would meet spacings that it has never seen. The
    stack stays along the axis along which it was looked at.
    """
    octaves = random.uniform(0.0, 0.6) if contrast in _ECHO_PLANAR else random.uniform(0.3, 2.2)
    thick = max(glimpse.spacing_mm)
    slices = glimpse.spacing_mm[glimpse.axis] == thick and sum(step == thick for step in glimpse.spacing_mm) == 1
    x, y, z = (
        step if slices and axis == glimpse.axis else step * 2.0**-octaves
        for axis, step in enumerate(glimpse.spacing_mm)
    )
    return (x, y, z) if stack_axis((x, y, z)) == glimpse.axis else glimpse.spacing_mm


def draw_contrasts(random: np.random.Generator, shown: Shown, count: int) -> Iterator[Contrast]:
    """Contrasts that go with a subject and its geometry, different ones as far as there are."""
    offered = offered_in(shown.manner, contrasts_of(shown.subject.region))
    while count > 0:
        yield from (offered[choice] for choice in random.permutation(len(offered))[:count])
        count -= len(offered)
