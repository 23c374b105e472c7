"""Pools of simulated subjects on planes, drawn far wider than an archive: every region, geometry and contrast.

Each subject is a study of six contrasts of one geometry, which differ in nothing but contrast; its report is written
as an archive's would be.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from encoders.framing import scale_features
from phantoms import seeds
from phantoms import sequences as s
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.protocols import Protocol
from phantoms.random_acquisition import Contrast
from phantoms.random_series import REGIONS_DRAWN, Seen, Shown, Variety, draw_contrasts, draw_seen, draw_shown
from phantoms.render import affine_of
from phantoms.reports import write_report
from phantoms.scanners import SCANNERS
from phantoms.scene import Acquisition, SequenceKind
from phantoms.sequences import Sequence
from phantoms.study import Series, Study
from training.plane_truth import plane_truth, tissue_cells
from training.pool_phantoms import phantom_header, phantom_row
from training.pool_write import PoolItem
from volumes.volume import Volume

_SUBJECTS_A_SHARD = 64
_FINDING_SHARE = 0.4  # of subjects: reports of the well are all alike
_SEQUENCE_OF: Mapping[Contrast, Sequence] = MappingProxyType(
    {
        Contrast.T1: s.T1,
        Contrast.T1_CONTRAST: s.T1_GD,
        Contrast.T2: s.T2,
        Contrast.FLAIR: s.FLAIR,
        Contrast.PD: s.PD,
        Contrast.DWI: s.DWI,
        Contrast.ADC: s.ADC,
        Contrast.T2_STAR: s.T2_STAR,
        Contrast.BOLD: s.BOLD,
        Contrast.PERFUSION: s.PERFUSION,
    }
)


@dataclass(frozen=True, slots=True)
class GlimpseSource:
    """Subjects of `phantoms.random_series`, on planes of `side` pixels.

    Attributes:
        subjects: how many.
        seed: of the stream.
        side: pixels of a plane.
        atlases: a folder of label maps for anatomy; None for shapes alone.
        contrasts: exposures of each subject.
        careful: share of the subjects that are scanned with care, `phantoms.random_care`.
        cache: a folder for finished maps of anatomy, which processes share; None makes them in each.
    """

    subjects: int
    seed: int
    side: int
    atlases: Path | None = None
    contrasts: int = 6
    careful: float = 0.0
    cache: Path | None = None

    @property
    def shards(self) -> int:
        """One for so many subjects."""
        return -(-self.subjects // _SUBJECTS_A_SHARD)

    @property
    def recipe(self) -> dict[str, Any]:
        """All that decides the content, but for the simulator's own version."""
        atlases = sorted(path.name for path in self.atlases.iterdir()) if self.atlases else []
        return {
            "kind": "glimpses",
            "subjects": self.subjects,
            "seed": self.seed,
            "side": self.side,
            "atlases": atlases,
            "contrasts": self.contrasts,
            **({"careful": self.careful} if self.careful else {}),
        }

    def read(self, shard: int) -> Iterator[PoolItem]:
        """The exposures of the subjects of a shard, in order."""
        library = AtlasLibrary(self.atlases, self.cache) if self.atlases else None
        variety = Variety(careful=self.careful, finding_share=_FINDING_SHARE)
        first = shard * _SUBJECTS_A_SHARD
        for number in range(first, min(first + _SUBJECTS_A_SHARD, self.subjects)):
            shown = draw_shown(self.seed, number, REGIONS_DRAWN, library, variety)
            random = seeds.generator(self.seed, "seen", number)
            seen = [
                draw_seen(random, shown, variety, side=self.side, contrast=contrast)
                for contrast in draw_contrasts(random, shown, self.contrasts)
            ]
            yield from self._items(number, shown, seen, library, random)

    def _items(
        self, number: int, shown: Shown, seen: list[Seen], library: AtlasLibrary | None, random: np.random.Generator
    ) -> Iterator[PoolItem]:
        study = _study_of(f"glimpse-{self.seed}-{number}", shown, seen, random)
        report = write_report(study, self.seed).text
        affine = affine_of(prepare(shown.subject, library), shown.glimpse.geometry)
        extent = list(shown.glimpse.extent_mm)
        geometry = Volume(np.zeros(shown.glimpse.shape, np.float32), affine)
        cells = tissue_cells(shown.glimpse)
        for one, series in zip(seen, study.series, strict=True):
            header = phantom_header(study, series, geometry)
            row = phantom_row(header, report, sample=series.uid, patient=study.uid, study=study.uid)
            scale = scale_features(one.spacing_mm, extent, max(extent) / self.side)
            pixels = one.pictures.ravel().astype(np.float32) / np.float32(255)
            yield PoolItem(np.concatenate([scale, pixels]), row, plane_truth(cells, one.signal))


def _study_of(uid: str, shown: Shown, seen: list[Seen], random: np.random.Generator) -> Study:
    """A study of the exposures, as an archive's planner would have made it."""
    scanner = SCANNERS[random.integers(len(SCANNERS))]
    series = tuple(
        Series(
            number=number,
            uid=f"{uid}-{number}",
            protocol=_protocol_of(_sequence_of(one.contrast, one.acquisition), one.acquisition),
            acquisition=one.acquisition,
            description="",
        )
        for number, one in enumerate(seen, start=1)
    )
    return Study(
        number=1, uid=uid, accession="", date=dt.date(2020, 1, 1), subject=shown.subject, scanner=scanner, series=series
    )


def _sequence_of(contrast: Contrast, acquisition: Acquisition) -> Sequence:
    """The sequence that a technician would call it."""
    inverted = acquisition.sequence is SequenceKind.INVERSION_RECOVERY
    if contrast is Contrast.T2 and inverted:
        return s.STIR
    if contrast is Contrast.T2_STAR and acquisition.sequence is SequenceKind.SUSCEPTIBILITY:
        return s.SWI
    return _SEQUENCE_OF[contrast]


def _protocol_of(sequence: Sequence, acquisition: Acquisition) -> Protocol:
    fov_mm = acquisition.in_plane_mm * max(acquisition.matrix)
    pitch_mm = acquisition.thickness_mm + acquisition.gap_mm
    return Protocol(sequence, acquisition.plane, fov_mm, acquisition.slices, acquisition.thickness_mm, pitch_mm)
