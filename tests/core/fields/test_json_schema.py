"""The form of answers for other programs."""

import json

from workbench.core.fields.guess import guessed
from workbench.core.fields.json_schema import json_schema
from workbench.core.fields.typed import parsed, with_told

ANSWERS = [
    json.dumps({"who": f"A{n}", "n": n, "how": ["x", "y"][n % 2], "tags": ["a"], "in": {"b": None}})
    for n in range(30)
]


def test_kinds_become_types_and_what_never_lacks_is_required() -> None:
    fields = with_told(ANSWERS, [parsed("how=one-of:x|y|z")], {"who": "A person."}, {"n": True})
    made = json_schema(fields)
    assert made["required"] == ["who", "how", "tags", "in"]
    assert made["properties"]["who"] == {"description": "A person.", "type": "string"}
    assert made["properties"]["n"] == {"anyOf": [{"type": "number"}, {"type": "null"}]}
    assert made["properties"]["how"] == {"enum": ["x", "y", "z"]}
    assert made["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert made["properties"]["in"]["properties"]["b"]["anyOf"][1] == {"type": "null"}


def test_unknown_fields_are_any_object() -> None:
    assert json_schema(()) == json_schema(guessed([])) == {"type": "object"}
