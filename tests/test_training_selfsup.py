from pathlib import Path

import numpy as np
import pytest
import torch

from common.errors import UsageError
from encoders.framing import Framing, GridPreparer
from tests.training_cases import make_pool, write_config
from training.augment import AugmentSettings, Window, draw_look, render
from training.axis_maps import window_map
from training.config import read_train_config
from training.crops import crop_plan, cropped_scale, draw_mask, draw_window, occupied
from training.export import export_run
from training.image_start import ImageChoice, open_tower
from training.run import run_training
from training.run_folder import RunFolder
from training.selfsup import SelfSupervisedStage
from training.selfsup_config import CropSettings
from training.selfsup_loss import centred, dino_loss, ibot_loss, koleo_loss, sinkhorn_knopp
from training.selfsup_validation import neighbour_match
from training.workers import Alone
from volumes.volume import Volume

PROJECT = Path(__file__).resolve().parent.parent
ALONE = Alone("cpu")


def softmax(values: np.ndarray) -> np.ndarray:
    values = np.exp(values - values.max())
    return values / values.sum()


def test_dino_pairs_are_those_of_the_slow_loop() -> None:
    rng = np.random.default_rng(0)
    teacher = [np.stack([softmax(row) for row in rng.standard_normal((3, 5))]) for _ in range(2)]
    student = [rng.standard_normal((3, 5)) for _ in range(2 + 3)]
    terms = []
    for place in range(2):
        for other in range(5):
            if other != place:
                terms += [-(teacher[place][n] * np.log(softmax(student[other][n] / 0.1))).sum() for n in range(3)]
    tensors = [torch.from_numpy(one) for one in student]
    found = dino_loss([torch.from_numpy(one) for one in teacher], tensors[:2], tensors[2:], 0.1)
    assert found.item() == pytest.approx(np.mean(terms))


def test_ibot_weighs_crops_alike_however_many_patches_are_hidden() -> None:
    rng = np.random.default_rng(1)
    owners = [0, 0, 0, 2]  # crop 1 has none hidden
    targets = np.stack([softmax(row) for row in rng.standard_normal((4, 6))])
    scores = rng.standard_normal((4, 6))
    losses = [-(targets[n] * np.log(softmax(scores[n] / 0.1))).sum() for n in range(4)]
    expected = (np.mean(losses[:3]) + losses[3]) / 2
    found = ibot_loss(torch.from_numpy(targets), torch.from_numpy(scores), torch.tensor(owners), 0.1, ALONE)
    assert found.item() == pytest.approx(expected)
    none = ibot_loss(torch.empty(0, 6), torch.empty(0, 6), torch.empty(0, dtype=torch.int64), 0.1, ALONE)
    assert none.item() == 0


def test_koleo_of_hand_worked_vectors() -> None:
    """On a circle at 0, 90 and 180 degrees everybody's nearest is 90 degrees away: sqrt(2)."""
    vectors = torch.tensor([[2.0, 0.0], [0.0, 1.0], [-3.0, 0.0]])
    assert koleo_loss(vectors).item() == pytest.approx(-np.log(np.sqrt(2)), abs=1e-5)


def test_sinkhorn_knopp_uses_all_prototypes_alike() -> None:
    torch.manual_seed(0)
    scores = torch.nn.functional.normalize(torch.randn(64, 8), dim=1)
    found = sinkhorn_knopp(scores, 0.2, ALONE)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(64))
    assert (found.sum(dim=0) - 8).abs().max() < 0.5
    assert (torch.softmax(scores / 0.2, dim=1).sum(dim=0) - 8).abs().max() > 1
    slow = np.exp(scores.double().numpy() / 0.2)
    for _ in range(3):
        slow = slow / slow.sum(axis=0) / 8
        slow = slow / slow.sum(axis=1, keepdims=True) / 64
    np.testing.assert_allclose(found.numpy(), slow * 64, rtol=1e-4)


def test_a_moving_centre_is_taken_off() -> None:
    scores, centre = torch.tensor([[0.4, 0.2, 0.0]]), torch.tensor([0.4, 0.0, 0.0])
    torch.testing.assert_close(centred(scores, centre, 0.1), torch.softmax(torch.tensor([[0.0, 2.0, 0.0]]), dim=1))


SLAB = Volume(np.random.default_rng(0).random((40, 40, 8)).astype(np.float32), np.diag([2.0, 2.0, 4.0, 1.0]))


def test_windows_lie_in_the_field_of_view_or_hold_it() -> None:
    """A stack of 32 mm in a grid of 80: no crop misses it."""
    scale = GridPreparer(Framing((32, 32, 32)))(SLAB)[:9]
    first, last = occupied(scale, 2, 32)
    assert (first, last) == (pytest.approx(9.6), pytest.approx(22.4))
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(300):
        window = draw_window(rng, scale, (32, 32, 32), share=(0.05, 0.32), aspect=1.33, target=(16, 16, 16))
        for axis in range(3):
            low, high = occupied(scale, axis, 32)
            start, end = window.start[axis], window.start[axis] + window.length[axis]
            assert start >= -1e-9 and end <= 32 + 1e-9
            assert (low - 1e-6 <= start and end <= high + 1e-6) or (start <= low + 1e-6 and end >= high - 1e-6)
        shares.append(np.prod(window.length) / 32**3)
    assert min(shares) < 0.07 and max(shares) > 0.29 and np.mean(shares) == pytest.approx(0.185, abs=0.02)


def test_the_scale_of_a_crop_is_that_of_the_cropped_volume() -> None:
    """The left half of the volume, prepared by itself on a finer grid, has the same extent and spacing features."""
    shape = (40, 40, 40)
    scale = GridPreparer(Framing(shape))(SLAB)[:9]  # a grid of 2 mm
    window = Window((0.0, 10.0, 12.0), (20.0, 20.0, 16.0), (20, 40, 8))
    found = cropped_scale(scale, shape, window)
    expected = (
        np.log2(np.array([2, 2, 4]) / 1.5),
        np.log2(np.array([40, 40, 32]) / 200),
        np.log2(np.array([2, 1, 4]) / 2),
    )
    np.testing.assert_allclose(found, np.concatenate(expected), atol=1e-5)


def test_a_global_and_a_local_crop_show_what_they_say() -> None:
    scale = GridPreparer(Framing((32, 32, 32)))(SLAB)[:9]
    both, local = crop_plan(
        np.random.default_rng(0), scale, (32, 32, 32), CropSettings(local=3, local_shape=(16, 16, 16)), (24, 24, 24)
    )
    assert [window.target for window in both] == [(24, 24, 24)] * 2
    assert [window.target for window in local] == [(16, 16, 16)] * 3
    grid = torch.from_numpy(np.random.default_rng(1).integers(0, 255, (1, 32, 32, 32)).astype(np.uint8))
    nothing = AugmentSettings(gamma=0, gain=0, shading=0, noise=0, thick=0)
    seen = render(grid, [draw_look(np.random.default_rng(0), nothing, (32, 32, 32), local[0])])[0]
    maps = [window_map(32, local[0].start[axis], local[0].length[axis], 16) for axis in range(3)]
    expected = np.einsum("ax,by,cz,xyz->abc", *maps, grid[0].numpy() / 255)
    np.testing.assert_allclose(seen.numpy(), expected, atol=1e-5)


def test_masks_hide_nothing_or_a_share() -> None:
    rng = np.random.default_rng(0)
    shares = np.array([draw_mask(rng, 200, 0.5, (0.2, 0.75)).mean() for _ in range(2000)])
    assert (shares == 0).mean() == pytest.approx(0.5, abs=0.04)
    hidden = shares[shares > 0]
    assert hidden.min() >= 0.2 and hidden.max() <= 0.75 and hidden.mean() == pytest.approx(0.475, abs=0.02)


def test_neighbours_of_the_same_patient_do_not_count() -> None:
    """Brute force: for each series the closest of another patient."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((30, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = [str(n % 3) if n else "" for n in range(30)]
    patients = [str(n // 5) for n in range(30)]
    hits, chances = [], []
    for n in range(1, 30):
        others = [m for m in range(30) if patients[m] != patients[n]]
        hits.append(labels[max(others, key=lambda m: vectors[n] @ vectors[m])] == labels[n])
        chances.append(np.mean([labels[m] == labels[n] for m in others]))
    found = neighbour_match("region", vectors, labels, patients)
    assert found["region_neighbour"] == pytest.approx(np.mean(hits))
    assert found["region_neighbour_chance"] == pytest.approx(np.mean(chances))


SMOKE = (PROJECT / "configs" / "train-selfsup-smoke.toml").read_text()
SMALL = SMOKE.replace("[32, 32, 32]", "[16, 16, 16]").replace("local_shape = [16, 16, 16]", "local_shape = [8, 8, 8]")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("selfsup")
    make_pool(place / "pool", 18)
    write_config(place, SMALL, train='["pool"]', held_out="0.4")
    return place


def test_the_teacher_follows_and_is_never_trained(place: Path) -> None:
    stage = SelfSupervisedStage(read_train_config(place / "train.toml"), ALONE)  # type: ignore[arg-type]
    module = stage._module
    stage.module.train()
    module(stage.batch(0, 0)).loss.backward()
    assert all(one.grad is None for one in module.teacher.parameters())
    without = [name for name, one in module.named_parameters() if one.requires_grad and one.grad is None]
    assert not without
    with torch.no_grad():
        for one in module.student.parameters():
            one.add_(1.0)
    before = module.teacher.tower.positions.clone()
    stage.after_step(0)
    torch.testing.assert_close(module.teacher.tower.positions, before + (1 - 0.992) * 1.0)
    stage.after_step(8)  # at the end the momentum is 1
    torch.testing.assert_close(module.teacher.tower.positions, before + (1 - 0.992) * 1.0)
    assert [round(_temperature(stage, step), 4) for step in (0, 2, 4, 8)] == [0.04, 0.055, 0.07, 0.07]


def _temperature(stage: SelfSupervisedStage, step: int) -> float:
    stage.before_step(step)
    return stage._module.teacher_temperature


def test_what_is_hidden_is_hidden_from_the_student_alone(place: Path) -> None:
    stage = SelfSupervisedStage(read_train_config(place / "train.toml"), ALONE)  # type: ignore[arg-type]
    module = stage._module.eval()
    batch = stage.batch(0, 0)
    assert batch.hidden.shape == (8, 8) and batch.hidden.any() and not batch.hidden.all()
    grids, scales = torch.rand(2, 16, 16, 16), torch.rand(2, 9)
    hidden = torch.zeros(2, 8, dtype=torch.bool)
    hidden[0, 7] = True
    other = grids.clone()
    other[0, 8:, 8:, 8:] = 0
    see = lambda values: module.student.seen(values, scales, module._stand_ins(hidden))[0]  # noqa: E731
    torch.testing.assert_close(see(grids), see(other))
    assert not torch.allclose(module.teacher.seen(grids, scales)[0], module.teacher.seen(other, scales)[0])


@pytest.mark.parametrize("centring", ["sinkhorn-knopp", "moving-centre"])
def test_a_run_is_the_same_twice_and_resumed_and_its_tower_begins_another(place: Path, centring: str) -> None:
    config = write_config(
        place / "pool", SMALL.replace("[loss]", f'[loss]\ncentring = "{centring}"'), train='["."]', held_out="0.4"
    )
    whole, sliced = place / f"whole-{centring}", place / f"sliced-{centring}"
    summary = run_training(config, whole)
    assert {"region_neighbour", "region_neighbour_chance", "sequence_neighbour"} <= summary.validation.keys()
    for steps in (3, 8):
        run_training(config, sliced, resume=True, steps=steps)
    lines = [
        [{n: v for n, v in line.items() if n != "per_second"} for line in RunFolder(one).lines()]
        for one in (whole, sliced)
    ]
    assert lines[0] == lines[1]
    assert {"dino", "ibot", "koleo"} <= lines[0][0].keys()
    export_run(whole, place / f"tower-{centring}")
    settings = read_train_config(config).image.settings  # type: ignore[union-attr]
    tower = open_tower(ImageChoice(settings, place / f"tower-{centring}"))
    state = RunFolder(whole).load()["module"]
    assert torch.equal(tower.state_dict()["positions"], state["teacher.tower.positions"])
    with pytest.raises(UsageError, match=r"\[image\]"):
        other = read_train_config(write_config(place, SMALL, width="24")).image.settings  # type: ignore[union-attr]
        open_tower(ImageChoice(other, place / f"tower-{centring}"))
    write_config(place, SMALL, train='["pool"]', held_out="0.4")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (("patch = [8, 8, 8]\nwidth = 48\ndepth = 2\nheads = 3", "widths = [8, 16]\nblocks = [1, 1]"), "patches"),
        (("local_shape = [8, 8, 8]", "local_shape = [12, 8, 8]"), "whole patches"),
        (("[run]", "[run]\naverage = 0.9"), "moving average"),
        (("[run]", "[switches]\nkeep_patches = 0.5\n[run]"), "hides patches itself"),
        (("local = 2", "local = 0"), "local crop"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, changed: tuple[str, str], says: str) -> None:
    text = SMALL.replace(*changed)
    if "widths" in text:
        text = text.replace('kind = "vit"', 'kind = "convolutional"')
    with pytest.raises(UsageError, match=says):
        read_train_config(write_config(tmp_path, text))
