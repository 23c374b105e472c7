"""The configuration of an indexing run as a TOML file: what a site says once instead of typing it every night.

[index]
encoder = "baseline"            # as --encoder
kind = "dicom"                  # as --kind
table = "series.csv"            # relative paths are relative to the file
catalog_url = "postgresql+psycopg:///mrseek"

[run]
workers = 0                     # decoding processes; 0 for one a core
batch = 32                      # series a shard and transaction
task_seconds = 900              # a series that takes longer is given up

[reports]
path = "reports.csv"
[reports.columns]               # where the columns are not called what they usually are
text = "befundtext"
accession = "auftragsnummer"
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from common.errors import UsageError
from common.suggest import nearest
from common.toml_file import read_toml
from indexer.records import SourceKind
from indexer.reports.columns import ColumnMap

_TYPES: Mapping[str, Mapping[str, type]] = {
    "index": {"encoder": str, "kind": str, "table": str, "catalog_url": str},
    "run": {"workers": int, "batch": int, "task_seconds": float},
    "reports": {"path": str, "columns": dict},
}


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What a configuration file says; None or "" where it does not.

    Attributes:
        workers, batch, task_seconds: as `indexer.run.IndexOptions`.
    """

    encoder: str | None = None
    kind: SourceKind | None = None
    table: Path | None = None
    catalog_url: str = ""
    reports: Path | None = None
    report_columns: ColumnMap = field(default_factory=ColumnMap)
    workers: int = 0
    batch: int = 32
    task_seconds: float = 900.0

    def overridden(self, **given: object) -> "IndexConfig":
        """The same with what the caller gave instead; None and "" give nothing."""
        # The names are those of typed options of the command line; `replace` has one type for all of its arguments.
        return replace(self, **{name: value for name, value in given.items() if value not in {None, ""}})  # type: ignore[arg-type]


def read_config(path: Path) -> IndexConfig:
    """The configuration in a file.

    Raises:
        UsageError: it is not there, no TOML, or says something unknown or of the wrong type.
    """
    raw = read_toml(path)
    _check_names(path, "table", raw, _TYPES)
    parts = {name: _checked(path, name, raw.get(name, {})) for name in _TYPES}
    index, run, reports = parts["index"], parts["run"], parts["reports"]
    columns = reports.get("columns", {})
    _check_names(path, "key of [reports.columns]", columns, {one.name for one in fields(ColumnMap)})
    if "kind" in index:
        _check_names(path, "kind", [index["kind"]], set(SourceKind))
    return IndexConfig(
        encoder=index.get("encoder"),
        kind=SourceKind(index["kind"]) if "kind" in index else None,
        table=_relative(path, index.get("table")),
        catalog_url=index.get("catalog_url", ""),
        reports=_relative(path, reports.get("path")),
        report_columns=ColumnMap(**columns),
        **run,
    )


def _checked(path: Path, name: str, section: object) -> dict[str, Any]:
    """One section, its keys known and its values of their types."""
    if not isinstance(section, dict):
        raise UsageError(f"{path}: {name} is a value; expected a table [{name}].")
    _check_names(path, f"key of [{name}]", section, _TYPES[name])
    values = {}
    for key, value in section.items():
        wanted = _TYPES[name][key]
        number = wanted is float and isinstance(value, int) and not isinstance(value, bool)
        if not (number or type(value) is wanted):
            raise UsageError(f"{path}: [{name}] {key} is {value!r}; expected {wanted.__name__}.")
        values[key] = float(value) if number else value
    return values


def _check_names(path: Path, what: str, names: Any, known: Any) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f'{path}: "{name}" is no {what}.', remedy=nearest(name, known))


def _relative(path: Path, named: str | None) -> Path | None:
    return None if named is None else path.parent / Path(named).expanduser()
