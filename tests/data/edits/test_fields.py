"""Fields changed one by one: the others stay to the letter, and each keeps its kind."""

import json
from typing import Any

import pytest

from workbench.core.canonical import fields_json
from workbench.core.errors import WorkbenchError
from workbench.data.edits.fields import (
    JSON,
    LINES,
    NUMBER,
    TABLE,
    TEXT,
    YES_NO,
    Typed,
    fields_of,
    format_field,
)
from workbench.data.edits.typed_fields import answer_of

INVOICE = {
    "number": "R-7",
    "total": 9.50,
    "paid": False,
    "due": None,
    "address": {"street": "Am Tor 1", "town": "Köln"},
    "tags": ["urgent", "second"],
    "items": [{"name": "pen", "count": 2}, {"name": "ink", "count": None}],
    "odd": [1, ["x"]],
}


def kept(value: Any) -> str:
    return fields_json(json.dumps(value))


def typed(before: Any, others: list[Any] | None = None, **fields: Typed) -> Any:
    """The answer after something was typed; `address_town` is a field within a field."""
    found = fields_of(kept(before), map(kept, others or []))
    return json.loads(
        answer_of(kept(before), found, {tuple(k.split("_")): v for k, v in fields.items()})
    )


def test_every_value_has_an_input_of_its_kind() -> None:
    kinds = {field.title: field.kind for field in fields_of(kept(INVOICE))}
    assert kinds == {
        "number": TEXT,
        "total": NUMBER,
        "paid": YES_NO,
        "due": TEXT,
        "address · street": TEXT,
        "address · town": TEXT,
        "tags": LINES,
        "items": TABLE,
        "odd": JSON,
    }


def test_what_was_not_changed_is_the_same_to_the_letter() -> None:
    odd = '{"b": 1,  "a": 1.0, "c": "\\u00e9"}'
    fields = fields_of(odd)
    assert answer_of(odd, fields, {field.path: format_field(field) for field in fields}) == odd
    fields = fields_of(kept(INVOICE))
    same = {field.path: format_field(field) for field in fields}
    assert answer_of(kept(INVOICE), fields, same) == kept(INVOICE)
    changed = answer_of(kept(INVOICE), fields, {**same, ("number",): "R-8"})
    assert changed == kept({**INVOICE, "number": "R-8"})


def test_a_value_keeps_its_kind() -> None:
    assert typed(INVOICE, total="12") == {**INVOICE, "total": 12}
    assert typed(INVOICE, number="12") == {**INVOICE, "number": "12"}
    assert typed(INVOICE, paid="yes") == {**INVOICE, "paid": True}
    assert typed(INVOICE, tags="one\n\n two ") == {**INVOICE, "tags": ["one", "two"]}
    assert typed(INVOICE, address_town="Bonn")["address"] == {"street": "Am Tor 1", "town": "Bonn"}
    assert typed(INVOICE, odd="[2]") == {**INVOICE, "odd": [2]}
    assert typed(INVOICE, [{"due": 3}], due="4") == {**INVOICE, "due": 4}


def test_lines_of_a_table_are_changed_added_and_removed() -> None:
    lines: Typed = [{"name": "pen", "count": "3"}, {"name": "cap", "count": ""}, {"name": " "}]
    after = [{"name": "pen", "count": 3}, {"name": "cap", "count": None}]
    assert typed(INVOICE, items=lines)["items"] == after
    assert typed(INVOICE, items=[])["items"] == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"total": "9,50 €"}, "'total' is a number everywhere, and '9,50 €' is none"),
        ({"odd": "[1,"}, "'odd' could not be read any more"),
        ({"items": [{"name": "pen", "count": "two"}]}, "'items · count' is a number everywhere"),
    ],
)
def test_what_is_of_another_kind_is_said_in_a_sentence(
    fields: dict[str, Typed], sentence: str
) -> None:
    with pytest.raises(WorkbenchError, match=sentence):
        typed(INVOICE, **fields)


@pytest.mark.parametrize(
    ("others", "after"),
    [
        ([{"a": "x", "b": None}], {"a": "x", "b": None}),
        ([{"a": "x", "b": ""}], {"a": "x", "b": ""}),
        ([{"a": "x"}], {"a": "x"}),
        ([], {"a": "x", "b": None}),
    ],
)
def test_an_emptied_field_is_as_empty_as_others_are(others: list[Any], after: Any) -> None:
    assert typed({"a": "x", "b": "y"}, others, b=" ") == after


def test_a_field_that_only_other_answers_have_can_be_filled_in_at_its_place() -> None:
    others = [{"a": "x", "b": 2, "c": {"d": "deep"}, "e": "z"}]
    before = {"a": "x", "e": "y"}
    fields = fields_of(kept(before), map(kept, others))
    assert [field.title for field in fields] == ["a", "b", "c · d", "e"]
    assert list(typed(before, others, b="5").items()) == [("a", "x"), ("b", 5), ("e", "y")]
    assert typed(before, others, c_d="new") == {"a": "x", "c": {"d": "new"}, "e": "y"}
    assert typed({**before, "c": None}, others, c_d="new")["c"] == {"d": "new"}
    assert typed(before, others, b="", c_d="") == before
