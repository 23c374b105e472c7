"""TOML to frozen dataclasses: every table is a dataclass, every key a field, and an unknown key an error.

A dataclass whose table is of several kinds has a class method `from_toml(raw, where, folder)` and reads it itself.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from common.errors import UsageError
from common.suggest import nearest

T = TypeVar("T")


def typed(kind: type[T], raw: object, where: str, folder: Path = Path()) -> T:
    """`raw` as the dataclass `kind`; lists become tuples, whole numbers floats where a float is expected.

    Args:
        kind: a dataclass.
        raw: a table of TOML.
        where: what to call the table in messages.
        folder: what relative paths are relative to.

    Raises:
        UsageError: an unknown or missing key, a value of the wrong type, or one that the dataclass itself refuses.
    """
    if not isinstance(raw, Mapping):
        raise UsageError(f"{where} is {raw!r}; expected a table.")
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]  # a dataclass, says the contract
    for name in raw:
        if name not in known:
            raise UsageError(f'{where}: "{name}" is no key.', remedy=nearest(str(name), known))
    missing = [n for n, one in known.items() if one.default is MISSING and one.default_factory is MISSING]
    if absent := [name for name in missing if name not in raw]:
        raise UsageError(f"{where}: the key {absent[0]} is missing.", remedy=f"Expected: {', '.join(missing)}.")
    values = {name: _value(hints[name], value, f"{where}.{name}", folder) for name, value in raw.items()}
    return kind(**values)


def _value(hint: Any, value: Any, where: str, folder: Path) -> Any:  # noqa: PLR0911 - one return a kind of value
    origin, arguments = get_origin(hint), get_args(hint)
    if hasattr(hint, "from_toml"):
        return hint.from_toml(value, where, folder)
    if is_dataclass(hint):
        return typed(hint, value, where, folder)  # type: ignore[arg-type]  # a class, not an instance
    if origin in {Union, UnionType}:  # `X | None`: TOML has no null, so what is there is an X
        return _value(next(one for one in arguments if one is not type(None)), value, where, folder)
    if origin is tuple:
        return _tuple(arguments, value, where, folder)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in set(hint):
            raise UsageError(f'{where} is "{value}".', remedy=nearest(str(value), hint))
        return hint(value)
    if hint is Path and isinstance(value, str):
        return folder / Path(value).expanduser()
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise UsageError(f"{where} is {value!r}; expected {hint.__name__}.")
    return value


def _tuple(arguments: tuple[Any, ...], value: Any, where: str, folder: Path) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise UsageError(f"{where} is {value!r}; expected a list.")
    hints = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
    if len(hints) != len(value):
        raise UsageError(f"{where} holds {len(value)} values; expected {len(hints)}.")
    return tuple(
        _value(hint, one, f"{where}[{n}]", folder) for n, (hint, one) in enumerate(zip(hints, value, strict=True))
    )
