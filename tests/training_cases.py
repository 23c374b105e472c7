"""A small pool, a small configuration and a small text tower that the training tests share."""

from pathlib import Path

import numpy as np

from encoders.framing import Framing
from training.pool_format import SampleLabels, SampleRow
from training.pool_write import PoolItem, write_pool
from training.texts import texts_of
from volumes.volume import Volume

SHAPE = (16, 16, 16)
REGIONS = ("brain", "knee", "prostate")
SEQUENCES = ("T1", "T2")
WORDS = {"T1": "T1-weighted (T1)", "T2": "T2-weighted (T2)"}


class MadeSource:
    """Series whose voxels tell region (where the bright block lies) and sequence (how bright it is)."""

    def __init__(self, patients: int, seed: int = 0, a_shard: int = 4) -> None:
        self.patients, self.seed, self.a_shard = patients, seed, a_shard
        self.asked: list[int] = []

    @property
    def shards(self) -> int:
        return -(-self.patients // self.a_shard)

    @property
    def recipe(self) -> dict[str, object]:
        return {"kind": "made", "patients": self.patients, "seed": self.seed}

    def read(self, shard: int):
        self.asked.append(shard)
        for patient in range(shard * self.a_shard, min(self.patients, (shard + 1) * self.a_shard)):
            region = REGIONS[patient % 3]
            report = f"FINDINGS: There is a lesion of {patient} mm. The {region} is normal.\nCOMPARISON: None."
            for number, sequence in enumerate(SEQUENCES):
                labels = SampleLabels(
                    f"s{patient}-{number}", f"p{self.seed}-{patient}", f"st{patient}", region, sequence, "axial", False
                )
                card = f"{region}, axial {WORDS[sequence]} MRI; 3 T"
                texts = texts_of(card, report, region=region, sequence=sequence)
                yield PoolItem(self.volume(patient, sequence), SampleRow(labels, texts))

    def volume(self, patient: int, sequence: str) -> Volume:
        rng = np.random.default_rng((self.seed, patient, sequence == "T1"))
        voxels = rng.uniform(0, 0.1, SHAPE).astype(np.float32)
        start = 4 * (patient % 3)
        voxels[start : start + 5, 4:12, 4:12] += 1.0
        voxels[:, :3] += 0.5 if sequence == "T1" else 0.0
        return Volume(voxels, np.diag([2.0, 2.0, 3.0, 1.0]))


def make_pool(folder: Path, patients: int = 12, seed: int = 0) -> Path:
    write_pool(folder, MadeSource(patients, seed), Framing(SHAPE))
    return folder


CONTRASTIVE = """
stage = "contrastive"
name = "tiny"
seed = 3
dimension = 16

[data]
train = ["pool"]
held_out = 0.4

[image]
shape = [16, 16, 16]
patch = [8, 8, 8]
width = 24
depth = 1
heads = 2

[text]
max_tokens = 48
tuned_layers = -1
[text.fresh]
hidden = 16
layers = 1
heads = 2

[batch]
series = 8
of_a_study = 2

[heads]
region = 0.1
sequence = 0.1

[switches]
drop_path = 0.1

[run]
steps = 8
rate = 1e-3
warmup = 2
average = 0.9
precision = "float32"
device = "cpu"
log_every = 1
validate_every = 4
save_every = 2
"""


def write_config(folder: Path, text: str = CONTRASTIVE, **replaced: str) -> Path:
    """A configuration beside a pool; `replaced` maps a line's key to its new value."""
    lines = []
    for line in text.strip().splitlines():
        name = line.split(" = ")[0]
        lines.append(f"{name} = {replaced[name]}" if name in replaced else line)
    path = folder / "train.toml"
    path.write_text("\n".join(lines) + "\n")
    return path
