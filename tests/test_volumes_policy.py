"""Names of stacks, frames of 4D images, and which volume stands for a series: each rule on a case worked by hand."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from volumes.frames import plan_frames, reduce_frames, shells
from volumes.policy import RULES, Candidate, choose
from volumes.stacks import stack_names
from volumes.stored import FrameAxis, Part, StackLabel, StoredImage

PLAIN = StackLabel()
AXIAL, CORONAL = np.eye(4), np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])


def candidate(label: StackLabel = PLAIN, plane: str = "axial", slices: int = 20, order: int = 0) -> Candidate:
    return Candidate(label, plane, slices, order)


@pytest.mark.parametrize(
    ("candidates", "chosen", "policy"),
    [
        ([candidate()], 0, "only-volume"),
        ([candidate(StackLabel(part=Part.OVERLAY)), candidate(StackLabel(part=Part.PHASE))], 1, "image-before-overlay"),
        ([candidate(StackLabel(part=Part.PHASE)), candidate()], 1, "magnitude-first"),
        ([candidate(StackLabel(echo=2)), candidate(StackLabel(echo=1))], 1, "first-echo"),
        ([candidate(StackLabel(b_value=b)) for b in (0.0, 800.0, 1400.0, 2000.0)], 2, "b-value-to-1500"),
        ([candidate(StackLabel(b_value=b)) for b in (0.0, 3000.0, 2000.0)], 2, "b-value-to-1500"),
        (
            [
                candidate(StackLabel(frame=1, axis=FrameAxis.PERFUSION)),
                candidate(StackLabel(mean=True, axis=FrameAxis.PERFUSION)),
            ],
            1,
            "frame-of-series",
        ),
        (
            [
                candidate(StackLabel(mean=True, axis=FrameAxis.UNKNOWN)),
                candidate(StackLabel(frame=1, axis=FrameAxis.UNKNOWN)),
            ],
            1,
            "frame-of-series",
        ),
        ([candidate(slices=3), candidate(plane="sagittal", slices=5)], 1, "most-slices"),
        ([candidate(plane="sagittal"), candidate(plane="axial")], 1, "axial-first"),
        ([candidate(order=1), candidate(order=0)], 1, "first-stored"),
        (
            [
                candidate(replace(PLAIN, part=part, echo=echo))
                for echo in (2, 1)
                for part in (Part.PHASE, Part.MAGNITUDE)
            ],
            3,
            "magnitude-first+first-echo",
        ),
    ],
)
def test_each_rule_chooses(candidates: list[Candidate], chosen: int, policy: str) -> None:
    assert choose(candidates) == (chosen, policy)


def test_every_rule_is_written_down() -> None:
    import volumes.policy

    assert all(f"    {rule.name} " in (volumes.policy.__doc__ or "") for rule in RULES)


@pytest.mark.parametrize(
    ("labels", "affines", "names"),
    [
        ([StackLabel(part=Part.PHASE, echo=2)], [AXIAL], ("",)),
        ([PLAIN, StackLabel(part=Part.PHASE)], [AXIAL] * 2, ("magnitude", "phase")),
        ([StackLabel(echo=1), StackLabel(echo=2, part=Part.PHASE)], [AXIAL] * 2, ("echo-1", "echo-2_phase")),
        ([PLAIN, StackLabel(echo=2)], [AXIAL] * 2, ("echo-1", "echo-2")),
        ([PLAIN, PLAIN, PLAIN], [AXIAL, CORONAL, AXIAL], ("axial", "coronal", "axial-2")),
        ([StackLabel(b_value=0.0), StackLabel(b_value=1000.0)], [AXIAL] * 2, ("b-0", "b-1000")),
        ([StackLabel(mean=True), StackLabel(frame=7)], [AXIAL] * 2, ("mean", "frame-7")),
    ],
)
def test_names_say_what_differs(labels: list[StackLabel], affines: list[np.ndarray], names: tuple[str, ...]) -> None:
    assert stack_names(labels, affines) == names


def image(frames: np.ndarray, label: StackLabel = PLAIN, b_values: tuple[float, ...] = ()) -> StoredImage:
    return StoredImage(frames.shape[1:], np.eye(4), len(frames), lambda: iter(frames), label, b_values)


def test_shells_are_the_means_of_their_frames() -> None:
    frames = np.random.default_rng(0).random((5, 2, 3, 4)).astype(np.float32)
    stored = image(frames, b_values=(1000.0, 0.0, 1005.0, 5.0, 50.0))
    groups = plan_frames(stored)
    assert [(group.label.b_value, group.members) for group in groups] == [(0.0, (1, 3)), (50.0, (4,)), (1000.0, (0, 2))]
    b0, b50, b1000 = reduce_frames(stored.read(), groups)
    assert_array_equal(b0, frames[[1, 3]].mean(axis=0, dtype=np.float64).astype(np.float32))
    assert_array_equal(b50, frames[4])
    assert_array_equal(b1000, frames[[0, 2]].mean(axis=0, dtype=np.float64).astype(np.float32))


def test_a_thousand_frames_lose_no_digit() -> None:
    frames = np.full((1000, 1, 1, 1), 16777.215, dtype=np.float32)
    mean, _ = reduce_frames(iter(frames), plan_frames(image(frames, StackLabel(axis=FrameAxis.FUNCTIONAL))))
    assert mean[0, 0, 0] == frames[0, 0, 0, 0]


def test_shells_part_b_50_from_b_0_and_join_jitter() -> None:
    assert shells([0.0, 50.0, 12.0, 990.0, 1010.0]) == ((0, 2), (1,), (3, 4))


def test_phase_has_no_mean() -> None:
    frames = np.zeros((4, 1, 1, 1), dtype=np.float32)
    assert [group.members for group in plan_frames(image(frames, StackLabel(part=Part.PHASE)))] == [(0,)]
