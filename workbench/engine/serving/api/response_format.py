"""`response_format`: whether an answer is any text, a JSON object, or JSON of a schema."""

from typing import Any

from workbench.engine.serving.errors import wrong

ANY_OBJECT: dict[str, Any] = {"type": "object"}
_NAME = "response_format"


def schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema that the answer is to keep to; None for any text.

    A schema is kept to whether or not it is called `strict`.

    Raises:
        ApiError: 400, what is asked for is no such form.
    """
    given = body.get(_NAME)
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    if kind == "text":
        return None
    if kind == "json_object":
        return ANY_OBJECT
    if kind == "json_schema":
        return _schema(given.get("json_schema"))
    raise wrong(_NAME, "needs a type: text, json_object or json_schema")


def _schema(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise wrong(f"{_NAME}.json_schema", "must be an object with a name and a schema")
    if not isinstance(told.get("name"), str) or not told["name"]:
        raise wrong(f"{_NAME}.json_schema", "needs a name")
    schema = told.get("schema", ANY_OBJECT)
    if not isinstance(schema, dict):
        raise wrong(f"{_NAME}.json_schema", "must hold the schema, as an object")
    return schema
