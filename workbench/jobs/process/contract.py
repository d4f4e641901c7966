"""Values that processes hand each other as JSON: a frozen dataclass each, read with care.

A field's JSON name is its own, or the one that its metadata gives as `key`. What is missing has
its default; a key that nobody knows is passed over, so that what a newer version wrote can be
read; a value of the wrong type is refused by the field's name.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.recipe import from_dict as recipe_from

_NOUNS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclasses.dataclass(frozen=True)
class Contract:
    """What can be written as JSON and read again."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `from_dict` reads them again."""
        return {
            field.metadata.get("key", field.name): _plain(getattr(self, field.name))
            for field in dataclasses.fields(self)
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The value that `as_dict` wrote.

        Raises:
            WorkbenchError: a field is missing or of the wrong type; it names the field.
        """
        if not isinstance(values, Mapping):
            raise WorkbenchError(f"{cls.__name__} must be an object with named values.")
        read: dict[str, Any] = {}
        hints = _types(typing.cast("Any", cls))
        for field in dataclasses.fields(cls):
            name = field.metadata.get("key", field.name)
            where = f"{cls.__name__}.{name}"
            if name in values:
                read[field.name] = _value(hints[field.name], values[name], where)
            elif _is_required(field):
                raise WorkbenchError(f"{where} is missing: it was written by another version.")
        return cls(**read)


def paths_in(value: Any, *, is_cache: bool = False) -> Iterator[tuple[Path, bool]]:
    """Every path in a contract, and whether it is a folder of what can be made again (metadata
    `cache`), in the order of the fields."""
    if isinstance(value, Path):
        yield value, is_cache
    elif isinstance(value, tuple | list):
        for item in value:
            yield from paths_in(item, is_cache=is_cache)
    elif isinstance(value, Contract):
        for field in dataclasses.fields(value):
            own = bool(field.metadata.get("cache"))
            yield from paths_in(getattr(value, field.name), is_cache=own)


@functools.cache
def _types(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _plain(value: Any) -> Any:
    if isinstance(value, Contract | Recipe):
        return value.as_dict()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _value(kind: Any, value: Any, where: str) -> Any:
    """`value`, as JSON has it, as the type that an annotation names."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(inner, value, where)
    if origin is tuple:
        return tuple(_value(inner[0], item, where) for item in _typed(list, value, where))
    if origin is dict:
        return dict(_typed(dict, value, where))
    if kind is Path:
        return Path(_typed(str, value, where))
    if kind is Recipe:
        return recipe_from(_typed(dict, value, where))
    if isinstance(kind, type) and issubclass(kind, Contract):
        return kind.from_dict(_typed(dict, value, where))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if kind is Any else _typed(kind, value, where)


def _optional(inner: tuple[Any, ...], value: Any, where: str) -> Any:
    """`X | None`: null, or an X; an empty path or object of an optional one says none, too."""
    if value is None:
        return None
    kind = next(one for one in inner if one is not type(None))
    return None if kind is Path and value == "" else _value(kind, value, where)


def _typed(kind: type[Any], value: Any, where: str) -> Any:
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    if not fits:
        noun = _NOUNS.get(kind, "a list" if kind is list else "an object with named values")
        raise WorkbenchError(f"{where} must be {noun}, but it is {value!r:.60}.")
    return value
