"""From a run to what others use: an encoder that `--encoder` opens, or a tower that another stage begins with."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from common.atomic import storage_errors
from common.errors import UsageError
from encoders.checkpoint import save_checkpoint
from encoders.stored_weights import Stored
from encoders.text_build import BertParts
from encoders.text_half import write_half_tower
from training.config import Config, parse_config, stage_of
from training.contrastive_config import ContrastiveConfig
from training.contrastive_model import build_module, open_text
from training.distil import build_module as distil_module
from training.distil import open_student
from training.distil_config import DistilConfig
from training.distil_corpus import training_texts
from training.distil_model import blended
from training.image_start import save_tower
from training.language import build_module as language_module
from training.language_config import LanguageConfig
from training.pool import read_info
from training.run_folder import RunFolder
from training.selfsup_config import SelfSupervisedConfig
from training.selfsup_model import build_module as selfsup_module
from training.text_tower import open_text_start, save_text
from training.workers import Alone


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        out: the folder.
        what: in a few words.
        step: of the checkpoint.
        fingerprint: of a dual encoder; "" for a single tower.
    """

    out: Path
    what: str
    step: int
    fingerprint: str = ""


def export_run(folder: Path, out: Path, stored: Stored = Stored.FLOAT32) -> Exported:
    """Writes what a run has trained into `out`, from its newest checkpoint; the averaged weights, where it has them.

    Args:
        folder: of the run.
        out: made where it is not there.
        stored: in which numbers the weights of a dual encoder are written; single towers, which training goes on with,
            have a form of their own.

    Raises:
        NotFoundError: there is no run, or no checkpoint.
        UsageError: a single tower is wanted in half, or a weight is too large for it.
        StorageError: the disk is full, or `out` cannot be written to.
    """
    run = RunFolder(folder)
    described = run.described()
    config = parse_config(tomllib.loads(described["toml"]), str(folder), Path(described["toml_folder"]))
    if stored is Stored.HALF and not isinstance(config, ContrastiveConfig):
        raise UsageError(
            f'{folder} is of the stage "{stage_of(config).value}"; only "contrastive" is exported in half.',
            remedy="Export it without --half: other stages begin with its exact weights.",
        )
    state = run.load()
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    return _exported(config, state, out, stored)


def _exported(config: Config, state: dict[str, object], out: Path, stored: Stored) -> Exported:
    step = int(str(state["step"]))
    match config:
        case SelfSupervisedConfig():
            student = selfsup_module(config, Alone("cpu"))
            _load(student, config, state)
            save_tower(student.teacher.tower, config.image.settings, out)
            return Exported(out, f'the image tower "{config.name}", for image.weights', step)
        case LanguageConfig():
            start = open_text_start(config.text)
            language = language_module(config, start, Alone("cpu"))
            _load(language, config, state)
            save_text(language.bert, start, out)
            return Exported(out, f'the text tower "{config.name}", for text.weights', step)
        case ContrastiveConfig():
            info, start = read_info(config.data.train[0]), open_text(config)
            module = build_module(config, info.laid_out, start, Alone("cpu"))
            _load(module, config, state)
            fingerprint = save_checkpoint(module.dual, start.tokenizer, out, stored=stored)
            return Exported(out, f'the dual encoder "{config.name}"', step, fingerprint)
        case DistilConfig():
            return _exported_student(config, state, out, step)


def _exported_student(config: DistilConfig, state: dict[str, object], out: Path, step: int) -> Exported:
    start = open_student(config, training_texts(config.corpus), open_text_start(config.teacher))
    student = distil_module(config, start, Alone("cpu"))
    _load(student, config, state)
    parts = BertParts(
        blended(start, student.bert, config.blend), {"model_type": "bert", **start.config}, start.tokenizer
    )
    tower = write_half_tower(parts, out, name=config.tower, max_tokens=start.config["max_position_embeddings"])
    return Exported(out, f'the text tower "{config.name}", for text.weights', step, tower.spec.fingerprint)


def _load(module: nn.Module, config: Config, state: dict[str, object]) -> None:
    """The weights of a checkpoint, and over them their averages."""
    module.load_state_dict(state["module"])  # type: ignore[arg-type]  # as `loop.py` wrote it
    trained = dict(module.named_parameters())
    if config.run.average:
        for name, mean in state["average"].items():  # type: ignore[attr-defined]
            trained[name].data.copy_(mean)
