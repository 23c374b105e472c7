"""Pools of simulated patients: any number, from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indexer.decode import recorded_geometry
from indexer.header.card import card_text
from indexer.header.region_names import Region
from indexer.header.sequence_names import SequenceClass
from indexer.records import SeriesHeader
from phantoms.plan import MATRIX, plan_patient
from phantoms.reports import write_report
from phantoms.scan import scan_series
from phantoms.scanners import Vendor
from phantoms.sequences import Weighting
from phantoms.study import Patient, Series, Study
from training.acquisitions import Acquisitions
from training.pool_format import SampleLabels, SampleRow
from training.pool_write import PoolItem
from training.stated_header import silent_header, stated
from training.texts import texts_of
from training.wide_studies import widened
from volumes.volume import Volume

_PATIENTS_A_SHARD = 24  # a deck of the planner: every region is in every shard
_RULE = "phantom"
_S, _W = SequenceClass, Weighting
# What a header would be normalised to: contrast agent and fat saturation are facts of their own there.
SEQUENCE_OF = MappingProxyType(
    {
        _W.T1: _S.T1,
        _W.T1_CONTRAST: _S.T1,
        _W.T2: _S.T2,
        _W.T2_FAT_SAT: _S.T2,
        _W.PD: _S.PD,
        _W.PD_FAT_SAT: _S.PD,
        _W.FLAIR: _S.FLAIR,
        _W.STIR: _S.STIR,
        _W.DWI: _S.DWI,
        _W.ADC: _S.ADC,
        _W.T2_STAR: _S.T2_STAR,
        _W.SWI: _S.SWI,
        _W.TOF: _S.MRA,
        _W.BOLD: _S.BOLD,
        _W.PERFUSION: _S.ASL,
        _W.CINE: _S.CINE,
    }
)

_MAKERS = MappingProxyType({Vendor.SIEMENS: "Siemens", Vendor.GE: "GE", Vendor.PHILIPS: "Philips"})


@dataclass(frozen=True, slots=True)
class PhantomSource:
    """The series of simulated patients as `phantoms.archive.iterate_phantoms` gives them, with cards and reports.

    Attributes:
        patients: how many, numbered from 1.
        seed: of the archive.
        atlases: a folder of label maps for anatomy; None for shapes alone.
        matrix: pixels along a side of an image, give or take a few.
        acquisitions: how they are scanned.
    """

    patients: int
    seed: int
    atlases: Path | None = None
    matrix: int = MATRIX
    acquisitions: Acquisitions = Acquisitions.HOSPITAL

    @property
    def shards(self) -> int:
        """One for each deck of patients."""
        return -(-self.patients // _PATIENTS_A_SHARD)

    @property
    def recipe(self) -> dict[str, Any]:
        """All that decides the content, but for the simulator's own version."""
        atlases = sorted(path.name for path in self.atlases.iterdir()) if self.atlases else []
        return {
            "kind": "phantoms",
            "patients": self.patients,
            "seed": self.seed,
            "atlases": atlases,
            "matrix": self.matrix,
            "acquisitions": self.acquisitions.value,
        }

    def read(self, shard: int) -> Iterator[PoolItem]:
        """The series of the patients of a shard, in order."""
        first = shard * _PATIENTS_A_SHARD + 1
        for number in range(first, min(first + _PATIENTS_A_SHARD, self.patients + 1)):
            patient = plan_patient(number, self.seed, matrix=self.matrix)
            for planned in patient.studies:
                wide = self.acquisitions is Acquisitions.WIDE
                study = widened(planned, self.seed, matrix=self.matrix) if wide else planned
                yield from self._of_study(patient, study)

    def _of_study(self, patient: Patient, study: Study) -> Iterator[PoolItem]:
        report = write_report(study, self.seed).text
        for series in study.series:
            volume = scan_series(study, series, self.seed, atlases=self.atlases).volume
            header = phantom_header(study, series, volume)
            whose = f"phantoms-{self.seed}/{patient.patient_id}"
            yield PoolItem(volume, phantom_row(header, report, sample=series.uid, patient=whose, study=study.uid))


def phantom_row(header: SeriesHeader, report: str, *, sample: str, patient: str, study: str) -> SampleRow:
    """What a pool says about a series with a header, whose study has a report."""
    labels = SampleLabels(
        sample=sample,
        patient=patient,
        study=study,
        region=header.region.value or "",
        sequence=header.sequence.value or "",
        plane=header.plane.value or "",
        contrast=bool(header.contrast.value),
    )
    return SampleRow(labels, texts_of(card_text(header), report, region=labels.region, sequence=labels.sequence))


def phantom_header(study: Study, series: Series, volume: Volume) -> SeriesHeader:
    """The header that indexing would read from the series' files, from what is known of it."""
    geometry = recorded_geometry(volume, volumes=1)
    functional = series.sequence.weighting in {_W.BOLD, _W.DWI, _W.PERFUSION}
    acquisition = series.acquisition
    fat_saturated = acquisition.fat_saturated or series.sequence.weighting is _W.STIR  # which nulls fat by its time
    return replace(
        silent_header(geometry),
        sequence=stated(SEQUENCE_OF[series.sequence.weighting].value, _RULE),
        plane=stated(geometry.plane, _RULE),
        region=stated(Region(study.region.value).value, _RULE),
        role=stated("functional" if functional else "anatomical", _RULE),
        contrast=stated(acquisition.contrast_given, _RULE),
        fat_sat=stated(fat_saturated, _RULE),
        side=stated(study.laterality, _RULE),
        age_years=stated(float(study.subject.age_years), _RULE),
        manufacturer=stated(_MAKERS[study.scanner.vendor], _RULE),
        model=study.scanner.model,
        field_strength_t=stated(acquisition.field_strength_t, _RULE),
        tr_ms=acquisition.tr_ms,
        te_ms=acquisition.te_ms,
        ti_ms=acquisition.ti_ms or None,
        flip_angle_deg=acquisition.flip_angle_deg,
        b_value=acquisition.b_value or None,
        slice_thickness_mm=acquisition.thickness_mm,
        series_description=series.description,
    )
