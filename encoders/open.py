"""Opening a dual encoder by what it is called. Imports nothing heavy: each kind is imported when it is asked for."""

from dataclasses import replace
from pathlib import Path

from common.errors import NotFoundError
from common.suggest import nearest
from encoders.contract import DualEncoder

HUGGING_FACE_PREFIX = "hf:"
CALLABLE_PREFIX = "callable:"
CHECKPOINT_FILE = "model.safetensors"
DEFAULT, BASELINE, TINY = "default", "baseline", "tiny"
DEFAULT_FOLDER = Path(__file__).resolve().parent / "default_model"  # the model that mrseek brings: a checkpoint
_NAMES = (DEFAULT, BASELINE, TINY)


def default_reference() -> str:
    """What a new collection is indexed with unless told: "default", or "baseline" where its model is not there."""
    return DEFAULT if _is_checkpoint(DEFAULT_FOLDER) else BASELINE


def open_encoder(reference: str) -> DualEncoder:
    """The dual encoder that `reference` names.

    Args:
        reference: "default" (the model that mrseek brings: words and voxels in one space), "baseline" (image statistics
            and MiniLM), "tiny" (image statistics and hashed words: no model file), "hf:<hub name or folder>" (a
            published model, from a folder or the local cache), or a checkpoint's folder.

    Raises:
        NotFoundError: nothing of that name.
        MissingExtraError: its package is not installed.
        IntegrityError: its files are damaged.
    """
    if reference == DEFAULT:
        return _default()
    if reference == TINY:
        return _tiny()
    if reference == BASELINE:
        return _baseline()
    if reference.startswith(HUGGING_FACE_PREFIX):
        from encoders.huggingface import open_hugging_face

        return open_hugging_face(reference.removeprefix(HUGGING_FACE_PREFIX))
    if _is_checkpoint(Path(reference)):
        from encoders.checkpoint import load_checkpoint

        return load_checkpoint(Path(reference))
    if reference.startswith(CALLABLE_PREFIX):
        raise NotFoundError(
            f'"{reference}" was made of Python functions, which have no name to open them by.',
            remedy="Make it again with encoder_from_callables, and pass the encoder itself.",
        )
    raise NotFoundError(
        f'There is no encoder "{reference}"; expected "default", "baseline", "tiny", "hf:<name>" or a checkpoint '
        "folder.",
        remedy=nearest(reference, _NAMES),
    )


def open_again(reference: str, fingerprint: str) -> DualEncoder:
    """The encoder that made a collection: what `reference` names, or "default" where that is gone and is the same.

    Args:
        reference: what it was opened by then. A folder may be the model that mrseek brings, in an environment that is
            no more.
        fingerprint: of `DualEncoder.fingerprint`.

    Raises:
        NotFoundError: nothing of that name, and the default encoder is another one.
        IntegrityError: its files are damaged.
    """
    try:
        return open_encoder(reference)
    except NotFoundError:
        if default_reference() == DEFAULT and (found := _default()).fingerprint == fingerprint:
            return found
        raise


def _is_checkpoint(folder: Path) -> bool:
    return (folder / CHECKPOINT_FILE).exists()


def _default() -> DualEncoder:
    if not _is_checkpoint(DEFAULT_FOLDER):
        raise NotFoundError(
            f'The model of the encoder "default" is not at {DEFAULT_FOLDER}.',
            remedy='Install mrseek again, or use another encoder: "baseline", "hf:<name>" or a checkpoint folder.',
        )
    from encoders.checkpoint import load_checkpoint

    # Its name, not its folder: a collection finds it again wherever mrseek is installed by then.
    return replace(load_checkpoint(DEFAULT_FOLDER), reference=DEFAULT)


def _tiny() -> DualEncoder:
    from encoders.hashed_text import HashedTextTower
    from encoders.statistics import StatisticsTower

    return DualEncoder(TINY, StatisticsTower(), HashedTextTower())


def _baseline() -> DualEncoder:
    from encoders.minilm import open_minilm
    from encoders.statistics import StatisticsTower

    return DualEncoder(BASELINE, StatisticsTower(), open_minilm())
