from collections import Counter

import pytest

from phantoms.plan import plan_patient
from phantoms.reports import write_report
from phantoms.scan import scan_series
from training.pool_phantoms import SEQUENCE_OF, phantom_header
from training.texts import texts_of
from training.wide_studies import widened


def wide(numbers: range):
    return [widened(study, 3, matrix=48) for number in numbers for study in plan_patient(number, 3).studies]


def test_a_wide_study_is_a_function_of_its_seed_and_holds_contrasts_of_one_geometry() -> None:
    first, again = wide(range(1, 25)), wide(range(1, 25))
    assert first == again
    assert len({series.uid for study in first for series in study.series}) == sum(len(study.series) for study in first)
    for study in first:
        geometries = Counter((one.acquisition.matrix, one.acquisition.centre_mm) for one in study.series)
        assert len(geometries) == 2 and max(geometries.values()) <= 2
        for geometry in geometries:
            shown = [one for one in study.series if (one.acquisition.matrix, one.acquisition.centre_mm) == geometry]
            assert len(
                {(one.acquisition.sequence, one.acquisition.te_ms, one.acquisition.contrast_given) for one in shown}
            ) == len(shown)


def test_wide_studies_vary_more_than_protocols() -> None:
    studies = wide(range(1, 97))
    series = [one for study in studies for one in study.series]
    assert min(one.acquisition.slices for one in series) <= 3
    assert len({SEQUENCE_OF[one.sequence.weighting] for one in series}) >= 9
    assert any(one.acquisition.brain_extracted for one in series)


def test_the_report_and_the_header_are_about_what_was_scanned() -> None:
    study = wide(range(2, 3))[0]
    technique = write_report(study, 3).text.lower()
    for series in study.series:
        assert series.sequence.words.lower().split()[-1].split("-")[0] in technique or "balanced" in technique
    series = study.series[0]
    volume = scan_series(study, series, 3).volume
    header = phantom_header(study, series, volume)
    even = max(volume.spacing_mm) < 1.1 * min(volume.spacing_mm)  # then no axis is that of the slices
    assert even or header.plane.value == series.acquisition.plane.value
    assert texts_of("card", write_report(study, 3).text).sentences
    assert (
        volume.voxels.shape[{"sagittal": 0, "coronal": 1, "axial": 2}[series.acquisition.plane.value]]
        == series.acquisition.slices
    )


@pytest.mark.parametrize("number", range(1, 4))
def test_wide_series_can_be_scanned(number: int) -> None:
    study = widened(plan_patient(number, 5).studies[0], 5, matrix=32)
    volume = scan_series(study, study.series[-1], 5).volume
    assert volume.voxels.std() > 0
