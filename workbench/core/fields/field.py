"""One field of an extraction, and the list of them that belongs to a version of a dataset."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

KEY = "fields"
"""Under which a version's mapping, and a trained model, has them."""

TEXT, NUMBER, DATE, ONE_OF, YES_NO = "text", "number", "date", "one of a list", "yes or no"
GROUP, OTHER = "group", "other"
KINDS = (TEXT, NUMBER, DATE, ONE_OF, YES_NO, GROUP, OTHER)
"""GROUP has fields of its own; OTHER is whatever JSON can say."""
SEPARATOR = " · "
"""Between the names of a field within a field."""
STRING, JSON_NUMBER, BOOLEAN, NULL, ABSENT = "string", "number", "boolean", "null", "absent"
WORDS = "words"
"""Stands in `Field.written` where some of the texts have no digit."""


@dataclass(frozen=True)
class Field:
    """What is known of a field: what a user said, and how the examples write it."""

    name: str
    kind: str = TEXT
    is_list: bool = False
    """Whether it holds several of its kind."""
    may_be_missing: bool = True
    help: str = ""
    """What it is, in a sentence."""
    choices: tuple[Any, ...] = ()
    """All values that it may have, as the answers write them; of ONE_OF."""
    fields: tuple["Field", ...] = ()
    """Of a GROUP."""
    is_set: bool = False
    """Whether a user said its kind, so that later examples do not change it."""
    written: tuple[str, ...] = ()
    """How the examples write it, sorted: STRING, JSON_NUMBER, BOOLEAN, NULL, ABSENT, WORDS."""
    longest: int = 0
    """Characters of its longest text."""
    most: int = 0
    """Items of its longest list."""

    @property
    def title(self) -> str:
        """Its kind in words: "list of numbers"."""
        plural = {ONE_OF: "values of a list", YES_NO: "yes or no", GROUP: "groups", OTHER: "values"}
        return f"list of {plural.get(self.kind, self.kind + 's')}" if self.is_list else self.kind

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON, without what is as it is by default."""
        usual = asdict(Field(""))
        told = {k: v for k, v in asdict(self).items() if k == "kind" or v != usual[k]}
        for name in ("choices", "written"):
            if name in told:
                told[name] = list(told[name])
        if self.fields:
            told["fields"] = [inner.as_dict() for inner in self.fields]
        return told


Fields = tuple[Field, ...]


def as_dicts(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """The fields as plain values, which `read` reads again."""
    return [field.as_dict() for field in fields]


def read(told: Any) -> Fields:
    """The fields that `as_dicts` wrote; what cannot be understood is passed over."""
    if not isinstance(told, Sequence) or isinstance(told, str):
        return ()
    return tuple(_field(one) for one in told if isinstance(one, Mapping) and one.get("name"))


def _field(told: Mapping[str, Any]) -> Field:
    kind = told.get("kind")
    return Field(
        str(told["name"]),
        kind if kind in KINDS else OTHER,
        bool(told.get("is_list")),
        bool(told.get("may_be_missing", True)),
        str(told.get("help") or ""),
        tuple(told.get("choices") or ()),
        read(told.get("fields")),
        bool(told.get("is_set")),
        tuple(map(str, told.get("written") or ())),
        int(told.get("longest") or 0),
        int(told.get("most") or 0),
    )


def fields_in(mapping: Mapping[str, Any]) -> Fields:
    """The fields of a version's mapping; none of one that was made before there were any."""
    return read(mapping.get(KEY))


def leaves(fields: Iterable[Field], before: str = "") -> list[tuple[str, Field]]:
    """Every field that is no group, with its title: "total", "buyer · name"."""
    found = []
    for field in fields:
        name = before + field.name
        inner = leaves(field.fields, name + SEPARATOR) if field.kind == GROUP else []
        found += inner or [(name, field)]
    return found


def changed(all_fields: Fields, title: str, /, **values: Any) -> Fields:
    """The fields with one of them, named by its title, changed."""
    first, _, rest = title.partition(SEPARATOR)
    return tuple(
        field
        if field.name not in (title, first)
        else replace(field, **values)
        if field.name == title
        else replace(field, fields=changed(field.fields, rest, **values))
        for field in all_fields
    )


def instruction(fields: Iterable[Field]) -> str:
    """What a model is told of the fields that have a sentence of help; "" where none has one."""
    told = [f"{title}: {field.help}" for title, field in leaves(fields) if field.help]
    return "\n".join(["The fields:", *told]) if told else ""


def with_help(system: str, fields: Iterable[Field]) -> str:
    """An instruction with what is told of the fields behind it."""
    return "\n\n".join(filter(None, (system, instruction(fields))))


def written(value: Any) -> str:
    """A value as answers write it."""
    return json.dumps(value, ensure_ascii=False)


def is_nothing(value: Any) -> bool:
    """Whether a value says nothing: null, no text, no items."""
    return value is None or value in ("", [], {})
