"""Opening a dual encoder by what it is called. Imports nothing heavy: each kind is imported when it is asked for."""

from pathlib import Path

from common.errors import NotFoundError
from common.suggest import nearest
from encoders.contract import DualEncoder

HUGGING_FACE_PREFIX = "hf:"
CALLABLE_PREFIX = "callable:"
CHECKPOINT_FILE = "model.safetensors"
_NAMES = ("baseline", "tiny")


def open_encoder(reference: str) -> DualEncoder:
    """The dual encoder that `reference` names.

    Args:
        reference: "baseline" (image statistics and MiniLM), "tiny" (image statistics and hashed words: no model file),
            "hf:<hub name or folder>" (a published model, from a folder or the local cache), or a checkpoint's folder.

    Raises:
        NotFoundError: nothing of that name.
        MissingExtraError: its package is not installed.
        IntegrityError: its files are damaged.
    """
    if reference == "tiny":
        return _tiny()
    if reference == "baseline":
        return _baseline()
    if reference.startswith(HUGGING_FACE_PREFIX):
        from encoders.huggingface import open_hugging_face

        return open_hugging_face(reference.removeprefix(HUGGING_FACE_PREFIX))
    if (Path(reference) / CHECKPOINT_FILE).exists():
        from encoders.checkpoint import load_checkpoint

        return load_checkpoint(Path(reference))
    if reference.startswith(CALLABLE_PREFIX):
        raise NotFoundError(
            f'"{reference}" was made of Python functions, which have no name to open them by.',
            remedy="Make it again with encoder_from_callables, and pass the encoder itself.",
        )
    raise NotFoundError(
        f'There is no encoder "{reference}"; expected "baseline", "tiny", "hf:<name>" or a checkpoint folder.',
        remedy=nearest(reference, _NAMES),
    )


def _tiny() -> DualEncoder:
    from encoders.hashed_text import HashedTextTower
    from encoders.statistics import StatisticsTower

    return DualEncoder("tiny", StatisticsTower(), HashedTextTower())


def _baseline() -> DualEncoder:
    from encoders.minilm import open_minilm
    from encoders.statistics import StatisticsTower

    return DualEncoder("baseline", StatisticsTower(), open_minilm())
