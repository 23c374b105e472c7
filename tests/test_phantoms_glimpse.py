"""A glimpse is the planes of the whole scan; people's tissues vary as said; the stream is a function of its seed."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.glimpse import Glimpse, expose, look
from phantoms.patient_anatomy import prepare
from phantoms.random_acquisition import Contrast, draw_geometry
from phantoms.random_series import Variety, draw_contrasts, draw_seen, draw_shown, stated_spacing
from phantoms.render import affine_of, sample, visible_table, wrapped_around
from phantoms.sampling import average_signal
from phantoms.scanner import Window, bright_of, draw_imperfections, receive
from phantoms.scene import Acquisition, ScanPlane, SequenceKind, Subject
from phantoms.tissue_properties import properties_at
from phantoms.tissue_variation import T1_SPREAD, transferred, varied
from phantoms.tissues import Tissue
from volumes.planes import plane_places, planes_of, stack_axis

T2 = Acquisition(
    SequenceKind.SPIN_ECHO, ScanPlane.AXIAL, (64, 56), 12, 3.5, 5.0, 1.0, 1.5, 4200, 98, echo_train_ms=60,
    tilt_deg=(5.0, -3.0),
)  # fmt: skip
QUIET = {"noise": 0.0, "distortion_mm": 0.0, "ghost": 0.0, "blur": 0.0}


@pytest.mark.parametrize("region", [Region.BRAIN, Region.KNEE])
@pytest.mark.parametrize("wrap", [0.0, 0.1])
def test_a_glimpse_is_the_planes_of_the_scan(region: Region, wrap: float) -> None:
    patient = prepare(Subject(region, 4))
    scan = replace(draw_imperfections(seeds.generator(2), T2), wrap=wrap, phase_axis=1, surface=1.0, **QUIET)  # type: ignore[arg-type]
    labels, grid, folded = sample(patient, T2, scan)
    table = torch.from_numpy(visible_table(T2).astype(np.float32))
    signal = wrapped_around(average_signal(labels, table, grid.samples), 1, folded)
    glimpse = look(patient, T2, scan)
    stack = [plane.index for plane in plane_places(signal.shape, 2)[:5]]
    bright = bright_of(signal[:, :, stack])
    whole = receive(
        signal, T2, scan, 1, Window((range(64), range(56), range(12)), (64, 56, 12), bright)
    )  # normalised as the glimpse is: by its own planes
    for number, (seen, full) in enumerate(zip(expose(glimpse, T2, scan, 1), planes_of(whole.numpy(), 2), strict=True)):
        assert seen.shape == full.shape
        if number == 6 and wrap:  # across the phase axis nothing folds into one plane
            continue
        # The warp's lattice lies elsewhere under a plane than under the volume: borders move by less than a voxel.
        assert np.corrcoef(seen.ravel(), full.ravel())[0, 1] > 0.985
        assert np.median(np.abs(seen - full)) < 2.0


def test_planes_received_apart_are_those_of_the_whole() -> None:
    scan = replace(draw_imperfections(seeds.generator(5), T2), surface=1.2, surface_axis=1, **QUIET)  # type: ignore[arg-type]
    signal = torch.from_numpy(np.random.default_rng(0).random((64, 56, 12), dtype=np.float32))
    bright = bright_of(signal)
    whole = receive(signal, T2, scan, 3)
    some = (1, 5, 9)
    window = Window((range(64), range(56), some), (64, 56, 12), bright)
    torch.testing.assert_close(receive(signal[:, :, list(some)], T2, scan, 3, window), whole[:, :, list(some)])
    window = Window(((30,), range(56), range(12)), (64, 56, 12), bright)
    torch.testing.assert_close(receive(signal[30:31], T2, scan, 3, window), whole[30:31])


def test_a_surface_coil_falls_off_and_slices_differ_in_gain() -> None:
    quiet = {**QUIET, "shading": 0.0, "texture": 0.0, "masked": 0.0, "gain": 1.0}
    scan = replace(draw_imperfections(seeds.generator(5), T2), surface=1.0, surface_axis=1, **quiet)  # type: ignore[arg-type]
    even = receive(torch.ones(8, 10, 4), T2, replace(scan, slice_gains=scan.slice_gains * 0), 1)
    np.testing.assert_allclose(even[0, -1, 0] / even[0, 0, 0], np.exp(-1.0), rtol=1e-5)
    gains = np.linspace(-0.1, 0.1, 32, dtype=np.float32)
    uneven = receive(torch.ones(8, 10, 4), T2, replace(scan, surface=0.0, slice_gains=gains), 1)
    np.testing.assert_allclose(uneven[0, 0] / uneven[0, 0, 0], np.exp(gains[:4] - gains[0]), rtol=1e-5)


def test_echo_planar_images_are_encoded_coarsely_and_interpolated() -> None:
    epi = replace(T2, sequence=SequenceKind.ECHO_PLANAR, te_ms=40, matrix=(64, 64))
    quiet = {**QUIET, "shading": 0.0, "texture": 0.0, "masked": 0.0, "surface": 0.0, "gain": 1.0, "wrap": 0.0}
    drawn = draw_imperfections(seeds.generator(5), epi)
    scan = replace(drawn, acquired=16, slice_gains=drawn.slice_gains * 0, **quiet)  # type: ignore[arg-type]
    signal = torch.from_numpy(np.random.default_rng(0).random((64, 64, 3), dtype=np.float32))
    seen = receive(signal, epi, scan, 1)
    block = signal.numpy().reshape(16, 4, 16, 4, 3).mean(axis=(1, 3))  # each pixel that was encoded is a mean
    expected = block * (700 / bright_of(signal))
    middle = seen.numpy().reshape(16, 4, 16, 4, 3)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    assert np.corrcoef(middle.ravel(), expected.ravel())[0, 1] > 0.97
    assert seen.std() < 0.5 * receive(signal, epi, replace(scan, acquired=0), 1).std()
    noisy = receive(signal * 0 + 1, epi, replace(scan, noise=0.1), 1)
    assert (noisy[1:] - noisy[:-1]).std() < 0.5 * noisy.std()  # the noise is interpolated with it
    assert draw_imperfections(seeds.generator(5), T2).acquired == 0


def test_what_is_masked_is_nothing() -> None:
    scan = replace(draw_imperfections(seeds.generator(5), T2), masked=0.08, noise=0.02)
    signal = torch.zeros(32, 32, 4)
    signal[8:24] = 1.0
    seen = receive(signal, T2, scan, 1)
    assert (seen[:8] == 0).all() and (seen[8:24] > 0).all()


def test_tissues_vary_between_people_and_keep_the_order_of_the_brain() -> None:
    table = properties_at(1.5)
    people = [varied(seeds.generator(number), table) for number in range(400)]
    logs = np.log(np.array([one.t1_ms for one in people]) / table.t1_ms)
    assert logs[:, Tissue.LIVER].std() == pytest.approx(T1_SPREAD, rel=0.15)
    assert abs(logs[:, Tissue.LIVER].mean()) < 0.02
    for one in people:
        assert one.t1_ms[Tissue.WHITE_MATTER] < one.t1_ms[Tissue.GREY_MATTER] < one.t1_ms[Tissue.CSF]
        assert (one.t2_star_ms <= one.t2_ms + 1e-9).all()
    np.testing.assert_array_equal(varied(seeds.generator(1), table, share=0.0).t1_ms, table.t1_ms)


def test_slices_take_from_one_another_what_macromolecules_hold() -> None:
    table = properties_at(1.5)
    stack = replace(T2, slices=20)
    seen = transferred(seeds.generator(3), stack, table)
    lost = 1 - seen.proton_density / np.where(table.proton_density > 0, table.proton_density, 1)
    assert 0.04 < lost[Tissue.GREY_MATTER] < lost[Tissue.WHITE_MATTER] < lost[Tissue.MUSCLE] < 0.3
    assert lost[Tissue.CSF] == lost[Tissue.FAT] == 0
    assert transferred(seeds.generator(3), replace(stack, slices=1), table) is table
    assert transferred(seeds.generator(3), replace(stack, sequence=SequenceKind.GRADIENT_ECHO), table) is table


def test_the_stated_spacing_is_a_scanners_and_keeps_the_stack() -> None:
    random = seeds.generator(6)
    finer = {Contrast.T1: [], Contrast.BOLD: []}  # type: ignore[var-annotated]
    for number in range(60):
        region = (Region.BRAIN, Region.KNEE, Region.WRIST)[number % 3]
        geometry = draw_geometry(random, region)
        drawn = tuple(np.linalg.norm(affine_of(prepare(Subject(region, 1)), geometry)[:3, :3], axis=0).tolist())
        glimpse = Glimpse(geometry, (64, 64, 20), drawn, stack_axis(drawn), 1, ())
        for contrast, found in finer.items():
            stated = stated_spacing(random, glimpse, contrast)
            assert stack_axis(stated) == glimpse.axis
            assert all(new <= old + 1e-9 for new, old in zip(stated, drawn, strict=True))
            found.append(min(stated) / min(drawn))
    assert np.median(finer[Contrast.T1]) < 0.6 < np.median(finer[Contrast.BOLD]) <= 1


def test_the_stream_is_a_function_of_seed_and_number() -> None:
    def pictures(number: int) -> np.ndarray:
        shown = draw_shown(3, number, (Region.KNEE, Region.WRIST), None, Variety())
        random = seeds.generator(3, "seen", number)
        (contrast,) = draw_contrasts(random, shown, 1)
        return draw_seen(random, shown, Variety(), side=48, contrast=contrast).pictures

    alone = pictures(5)
    pictures(4)
    np.testing.assert_array_equal(pictures(5), alone)
    assert alone.shape == (7, 48, 48) and alone.dtype == np.uint8 and alone.max() > 200


@pytest.mark.parametrize("off", ["deform", "artefacts", "tissues", "thickness", "coverage"])
def test_every_kind_of_variety_changes_the_pictures(off: str) -> None:
    changed = False
    for number in range(4):
        seen = []
        for variety in (Variety(), replace(Variety(), **{off: False})):  # type: ignore[arg-type]
            shown = draw_shown(1, number, (Region.KNEE,), None, variety)
            seen.append(draw_seen(seeds.generator(8), shown, variety, side=32, contrast=Contrast.T1).pictures)
        changed |= not np.array_equal(*seen)
    assert changed


def test_one_thread_means_torch_and_blas() -> None:
    script = (
        "import numpy, torch; from threadpoolctl import threadpool_info; from common.threads import use_one_thread;"
        "use_one_thread(); print(torch.get_num_threads(), {pool['num_threads'] for pool in threadpool_info()})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 {1}"


def test_tissues_of_a_glimpse_explain_its_signal() -> None:
    scan = replace(draw_imperfections(seeds.generator(2), T2), wrap=0.1, phase_axis=1, **QUIET)  # type: ignore[arg-type]
    glimpse = look(prepare(Subject(Region.KNEE, 4)), T2, scan)
    clean = replace(scan, shading=0.0, texture=0.0, surface=0.0, masked=0.0, slice_gains=scan.slice_gains * 0)
    table = visible_table(T2)
    for plane, labels in zip(expose(glimpse, T2, clean, 1), glimpse.tissues(), strict=True):
        assert plane.shape == labels.shape
        assert np.corrcoef(plane.ravel(), table[labels].ravel())[0, 1] > 0.8  # the rest is partial volume and wrap
