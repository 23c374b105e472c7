"""A configuration of training: a TOML file whose first key says which stage it is."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any

from common.errors import UsageError
from common.suggest import nearest
from common.toml_file import read_toml
from training.contrastive_config import ContrastiveConfig
from training.distil_config import DistilConfig
from training.language_config import LanguageConfig
from training.selfsup_config import SelfSupervisedConfig
from training.typed_toml import typed


class StageName(StrEnum):
    """The stages."""

    SELF_SUPERVISED = "self-supervised"
    LANGUAGE = "language"
    CONTRASTIVE = "contrastive"
    DISTIL = "distil"


Config = SelfSupervisedConfig | LanguageConfig | ContrastiveConfig | DistilConfig
_CONFIGS: Mapping[
    StageName, type[SelfSupervisedConfig] | type[LanguageConfig] | type[ContrastiveConfig] | type[DistilConfig]
] = {
    StageName.SELF_SUPERVISED: SelfSupervisedConfig,
    StageName.LANGUAGE: LanguageConfig,
    StageName.CONTRASTIVE: ContrastiveConfig,
    StageName.DISTIL: DistilConfig,
}


def read_train_config(path: Path) -> Config:
    """The configuration in a file; relative folders are relative to the file.

    Raises:
        UsageError: it is not there, no TOML, or says something unknown or of the wrong type.
    """
    return parse_config(read_toml(path), str(path), path.parent)


def parse_config(raw: dict[str, Any], where: str, folder: Path) -> Config:
    """The configuration that tables of TOML say.

    Raises:
        UsageError: an unknown stage or key, or a value of the wrong type.
    """
    stage = raw.get("stage", "")
    if stage not in set(StageName):
        raise UsageError(f'{where}: stage is "{stage}".', remedy=nearest(str(stage), StageName))
    rest = {name: value for name, value in raw.items() if name != "stage"}
    return typed(_CONFIGS[StageName(stage)], rest, where, folder)


def stage_of(config: Config) -> StageName:
    """The stage that a configuration belongs to."""
    return next(name for name, kind in _CONFIGS.items() if isinstance(config, kind))


def plain_config(config: Config) -> dict[str, Any]:
    """A configuration as JSON holds it, its stage first."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return (
            str(value)
            if isinstance(value, Path)
            else [plain(one) for one in value]
            if isinstance(value, tuple)
            else value
        )

    return {"stage": stage_of(config).value, **plain(asdict(config))}
