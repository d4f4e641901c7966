"""The form of answers as a JSON schema, for programs that can hold a model to one (Ollama, llama.cpp)."""

from typing import Any

from workbench.core.fields.field import (
    BOOLEAN,
    GROUP,
    JSON_NUMBER,
    NUMBER,
    ONE_OF,
    OTHER,
    STRING,
    YES_NO,
    Field,
    Fields,
)


def json_schema(fields: Fields) -> dict[str, Any]:
    """The schema of an answer; without any fields that of any object."""
    if not fields:
        return {"type": "object"}
    return {
        "type": "object",
        "properties": {field.name: _value(field) for field in fields},
        "required": [field.name for field in fields if not field.may_be_missing],
        "additionalProperties": False,
    }


def _value(field: Field) -> dict[str, Any]:
    own = _item(field)
    if field.is_list:
        own = {"type": "array", "items": own}
    if field.may_be_missing and own:
        own = {"anyOf": [own, {"type": "null"}]}
    return {"description": field.help, **own} if field.help else own


def _item(field: Field) -> dict[str, Any]:
    if field.kind == GROUP:
        return json_schema(field.fields)
    if field.kind == OTHER:
        return {}
    if field.kind == ONE_OF and field.choices:
        return {"enum": list(field.choices)}
    forms = [form for form in (STRING, JSON_NUMBER, BOOLEAN) if form in field.written]
    usual = {NUMBER: JSON_NUMBER, YES_NO: BOOLEAN}.get(field.kind, STRING)
    return {"type": forms[0] if len(forms) == 1 else forms or usual}
