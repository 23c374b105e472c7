"""Header normalisation measured against the manifest of the real series. Floors, a little under what was measured."""

from pathlib import Path

import pytest

from indexer.header.region_names import REGIONS
from indexer.header.role import ROLES
from indexer.header.sequence_names import SEQUENCES
from tests.header_accuracy import column_accuracies
from tests.manifest_series import manifest_series

pytestmark = pytest.mark.shared

# Measured 2026-11-23. The manifest also knows what the sources' papers and tables say: where a NIfTI file has neither
# header nor sidecar, field strength, maker, age and sex cannot be known, and stay undecided.
FLOORS = {
    "sequence": 0.96,
    "region": 0.87,
    "region, or part or whole of it": 0.91,
    "plane": 0.97,
    "contrast": 1.0,
    "field strength": 0.80,
    "manufacturer": 0.91,
    "age": 0.74,
    "sex": 0.77,
}


def test_every_listed_series_has_a_header(shared_data: Path) -> None:
    series = manifest_series(shared_data)
    assert len(series) == 111
    for one in series:
        assert one.header.sequence.value in {None, *SEQUENCES}
        assert one.header.region.value in {None, *REGIONS}
        assert one.header.role.value in {None, *ROLES}


@pytest.mark.parametrize("column", sorted(FLOORS))
def test_accuracy_stays_above_its_floor(shared_data: Path, column: str) -> None:
    measured = {one.column: one for one in column_accuracies(manifest_series(shared_data))}
    assert measured[column].accuracy >= FLOORS[column], measured[column]


@pytest.mark.parametrize("column", ["sequence", "contrast", "field strength", "manufacturer", "age", "sex"])
def test_undecided_rather_than_wrong(shared_data: Path, column: str) -> None:
    measured = {one.column: one for one in column_accuracies(manifest_series(shared_data))}
    assert measured[column].wrong == 0, measured[column]


def test_every_value_names_its_rule(shared_data: Path) -> None:
    for one in manifest_series(shared_data):
        for derived in (one.header.sequence, one.header.region, one.header.plane, one.header.field_strength_t):
            assert (derived.value is None) == (derived.rule == "") == (derived.confidence == 0)


def test_cards_hold_nothing_about_the_patient(shared_data: Path) -> None:
    for one in manifest_series(shared_data):
        card = one.card.casefold()
        stem = one.manifest["path"].split("/")[1].split(".")[0]
        assert stem not in card
        assert not one.manifest["subject_id"] or one.manifest["subject_id"].casefold() not in card
        assert "year" not in card
