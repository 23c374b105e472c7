"""The default encoder on real scans that it has not seen, by their voxels alone: what it is shipped for.

The floors are well below what was measured (docs/encoder.md): they catch a model that was swapped or a door that reads
scans otherwise, not the luck of a few series.
"""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.class_names import REGION_NAMES, SEQUENCE_NAMES
from benchmarks.compared_models import open_models
from benchmarks.real_inputs import read_real
from benchmarks.real_split import Side, real_series
from benchmarks.real_tasks import TASKS, judged, zero_shot
from encoders.open import DEFAULT, DEFAULT_FOLDER, default_reference

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(default_reference() != DEFAULT, reason="this checkout brings no model of its own"),
]


def test_it_names_region_and_sequence_of_scans_that_it_has_not_seen(shared_data: Path) -> None:
    series = [one for one in real_series(shared_data) if one.side is Side.TEST]
    (model,) = open_models([str(DEFAULT_FOLDER)])
    assert model.text is not None
    vectors = read_real(shared_data, series, [model]).vectors[model.name]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-4)
    found = {task.name: judged(task, zero_shot(task, vectors, model.text), series) for task in TASKS}
    assert len(REGION_NAMES) >= 10 and len(SEQUENCE_NAMES) >= 8
    assert found["region"].top1.value > 0.65 and found["region"].top3.value > 0.82
    assert found["sequence"].top1.value > 0.50 and found["sequence"].top3.value > 0.80
