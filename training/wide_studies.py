"""Studies scanned far more widely than any hospital would: what an encoder learns other people's scans from.

A study's protocol is replaced by geometries drawn at large (`phantoms/random_acquisition.py`: planes, fields of view,
slices thick and thin, stacks of one to three, skull-stripped heads), each scanned with several contrasts, so that
nothing but contrast tells them apart. The report is written about what was scanned then.
"""

from dataclasses import replace

import numpy as np

from phantoms import seeds
from phantoms import sequences as s
from phantoms.protocols import Protocol
from phantoms.random_acquisition import Contrast, contrasts_of, draw_geometry, with_contrast
from phantoms.scene import Acquisition, SequenceKind
from phantoms.sequences import Sequence
from phantoms.series_names import series_description
from phantoms.study import Series, Study

_GEOMETRIES, _CONTRASTS = 2, 2  # of a study: as many series as a hospital's protocol has


def widened(study: Study, seed: int, *, matrix: int) -> Study:
    """The same patient, findings and visit with other series: two geometries, each with up to two contrasts.

    Args:
        study: as a hospital would scan it.
        seed: of the archive.
        matrix: most pixels along a side of an image.
    """
    random = seeds.generator(seed, "wide", study.uid)
    series: list[Series] = []
    for _ in range(_GEOMETRIES):
        geometry = draw_geometry(random, study.region, pixels=(max(32, round(0.6 * matrix)), matrix))
        choices = list(dict.fromkeys(random.permutation(np.array(contrasts_of(study.region), object)).tolist()))
        for contrast in choices[:_CONTRASTS]:
            acquisition = with_contrast(random, geometry, contrast, study.region)
            series.append(_series(study, len(series) + 1, seed, acquisition, contrast))
    return replace(study, series=tuple(series))


def _series(study: Study, number: int, seed: int, acquisition: Acquisition, contrast: Contrast) -> Series:
    sequence = sequence_shown(acquisition, contrast)
    protocol = Protocol(
        sequence=sequence,
        plane=acquisition.plane,
        fov_mm=max(acquisition.matrix) * acquisition.in_plane_mm,
        slices=acquisition.slices,
        thickness_mm=acquisition.thickness_mm,
        pitch_mm=acquisition.thickness_mm + acquisition.gap_mm,
    )
    description = series_description(study.scanner.vendor, sequence, acquisition.plane)
    return Series(number, seeds.uid(seed, "wide", study.uid, number), protocol, acquisition, description)


def sequence_shown(acquisition: Acquisition, contrast: Contrast) -> Sequence:  # noqa: PLR0911 - one return a contrast
    """The sequence of a hospital that an acquisition is an example of: its words, and the class of its header."""
    fat, kind = acquisition.fat_saturated, acquisition.sequence
    match contrast:
        case Contrast.T1:
            return s.MPRAGE if kind is SequenceKind.MPRAGE else s.VIBE if fat else s.T1
        case Contrast.T1_CONTRAST:
            return s.MPRAGE_GD if kind is SequenceKind.MPRAGE else s.T1_GD_FS if fat else s.T1_GD
        case Contrast.T2:
            return s.CINE if kind is SequenceKind.BALANCED else s.T2_FS if fat else s.T2
        case Contrast.PD:
            return s.PD_FS if fat else s.PD
        case Contrast.FLAIR:
            return s.FLAIR
        case Contrast.DWI:
            return s.DWI
        case Contrast.ADC:
            return s.ADC
        case Contrast.T2_STAR:
            return s.SWI if kind is SequenceKind.SUSCEPTIBILITY else s.T2_STAR
        case Contrast.BOLD:
            return s.BOLD
        case Contrast.PERFUSION:
            return s.PERFUSION
