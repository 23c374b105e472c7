"""How many volumes of 96 x 96 x 96 a second, from label map to noisy scan, on all cores; and what bounds it.

    python -m benchmarks.phantom_speed --atlases ../shared/atlases

Each process renders with one thread, a new subject for every volume; first healthy ones, then a fifth with a finding,
which is placed, fitted to its size and measured (an archive does that once for all series of a patient). Also the
stream of glimpses (seven planes a series, six contrasts a subject), which is what training on planes waits for.
"""

import argparse
import json
import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from common.threads import use_one_thread
from phantoms import seeds
from phantoms.anatomy import Region
from phantoms.findings import draw_finding, kinds_in
from phantoms.labelmaps import AtlasLibrary
from phantoms.patient_anatomy import prepare
from phantoms.random_acquisition import Contrast, draw_geometry, with_contrast
from phantoms.random_series import Variety, draw_contrasts, draw_seen, draw_shown
from phantoms.render import render
from phantoms.scene import Subject

REGIONS = (Region.BRAIN, Region.KNEE, Region.ABDOMEN, Region.LUMBAR_SPINE, Region.PROSTATE)


def _build_maps(library: AtlasLibrary | None) -> None:
    """Every region's maps are made once a process, in 1 to 4 s each: no part of the speed."""
    for region in REGIONS:
        for seed in range(40):
            prepare(Subject(region, seed), library)


def volumes(job: tuple[int, int, Path | None, Path, bool]) -> dict[str, list[float]]:
    """CPU seconds of each of some volumes, by region, and the seconds for all of them."""
    worker, count, atlases, cache, ill = job
    use_one_thread()
    library = AtlasLibrary(atlases, cache) if atlases else None
    _build_maps(library)
    took: dict[str, list[float]] = {region.value: [] for region in REGIONS}
    began = time.perf_counter()
    for number in range(count):
        region = REGIONS[number % len(REGIONS)]
        random = seeds.generator(worker, "speed", number)
        cube = replace(draw_geometry(random, region), matrix=(96, 96), slices=96)
        cube = replace(cube, thickness_mm=cube.in_plane_mm, gap_mm=0.0)
        findings = ()
        if ill and number // len(REGIONS) % 5 == 0 and kinds_in(region):
            findings = (draw_finding(random, region, kinds_in(region)[0], left=False),)
        start = time.process_time()
        subject = Subject(region, worker * 100_000 + number, findings=findings)
        scan = render(subject, with_contrast(random, cube, Contrast.T2, region), scan_seed=number, library=library)
        took[region.value].append(time.process_time() - start)
        if scan.voxels.shape != (96, 96, 96):
            raise AssertionError(scan.voxels.shape)
    return took | {"wall": [time.perf_counter() - began]}


def glimpses(job: tuple[int, int, Path | None, Path]) -> tuple[int, float]:
    """How many exposures, in how many seconds."""
    worker, count, atlases, cache = job
    use_one_thread()
    library = AtlasLibrary(atlases, cache) if atlases else None
    _build_maps(library)
    made, began = 0, time.perf_counter()
    for number in range(count):
        shown = draw_shown(worker, number, REGIONS, library, Variety())
        random = seeds.generator(worker, "seen", number)
        for contrast in draw_contrasts(random, shown, 6):
            draw_seen(random, shown, Variety(), side=96, contrast=contrast)
            made += 1
    return made, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlases", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("realism-cache"))
    parser.add_argument("--count", type=int, default=100, help="volumes a process")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        jobs = [(worker, arguments.count, arguments.atlases, arguments.cache) for worker in range(cores)]
        took = pool.map(volumes, [(*job, False) for job in jobs])
        ill = pool.map(volumes, [(*job, True) for job in jobs])
        seen = pool.map(glimpses, [(worker, 40, *rest) for worker, _, *rest in jobs])
    rates = [cores * arguments.count / max(one["wall"][0] for one in run) for run in (took, ill)]
    milliseconds = {
        region.value: round(1000 * float(np.median([s for one in took for s in one[region.value]])), 1)
        for region in REGIONS
    }
    result = {
        "cores": cores,
        "volumes a second": round(rates[0], 1),
        "volumes a second, a fifth with a finding": round(rates[1], 1),
        "CPU milliseconds a volume, median": milliseconds,
        "glimpses a second": round(sum(made / seconds for made, seconds in seen), 1),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
