"""Fields are told from the answers."""

import json
from typing import Any

from workbench.core.fields.field import DATE, GROUP, NUMBER, ONE_OF, OTHER, TEXT, YES_NO, Field
from workbench.core.fields.guess import guessed


def _answers(*values: Any) -> list[str]:
    return [json.dumps(value, ensure_ascii=False) for value in values]


def _many(**own: Any) -> list[str]:
    """Thirty answers; of a function the value for each number."""
    rows = [{k: v(n) if callable(v) else v for k, v in own.items()} for n in range(30)]
    return _answers(*rows)


def test_kinds_are_told_from_values() -> None:
    found = guessed(
        _many(
            who=lambda n: f"Anna {chr(65 + n)}",
            total=lambda n: f"RM{n}.50",
            on=lambda n: f"{n % 28 + 1}/12/2018",
            paid=lambda n: n % 3 == 0,
            how=lambda n: ["cash", "card", "check"][n % 3],
            tags=lambda n: ["a", f"b{n}"],
            buyer=lambda n: {"name": f"N{n}", "age": n},
            lines=lambda n: [{"item": "pen", "price": 1.5}] * (n % 3),
        )
    )
    kinds = {field.name: (field.kind, field.is_list) for field in found}
    assert kinds == {
        "who": (TEXT, False),
        "total": (NUMBER, False),
        "on": (DATE, False),
        "paid": (YES_NO, False),
        "how": (ONE_OF, False),
        "tags": (TEXT, True),
        "buyer": (GROUP, False),
        "lines": (GROUP, True),
    }
    assert set(found[4].choices) == {"cash", "card", "check"}
    assert [inner.name for inner in found[6].fields] == ["name", "age"]


def test_a_list_with_a_value_that_came_once_is_not_closed() -> None:
    rows = [{"how": "cash" if n else "barter"} for n in range(40)]
    assert guessed(_answers(*rows))[0].kind == TEXT


def test_what_never_lacks_is_told_only_of_enough_answers() -> None:
    assert guessed(_answers({"a": "x"}))[0].may_be_missing
    assert not guessed(_many(a=lambda n: f"x{n}"))[0].may_be_missing
    assert guessed([*_many(a=lambda n: f"x{n}"), '{"a": ""}'])[0].may_be_missing
    assert guessed([*_many(a=lambda n: f"x{n}"), "{}"])[0].may_be_missing


def test_a_field_that_the_first_lacks_stands_where_others_have_it() -> None:
    found = guessed(_answers({"a": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}))
    assert [field.name for field in found] == ["a", "b", "c"]


def test_mixed_values_are_anything() -> None:
    assert guessed(_answers({"a": "x"}, {"a": ["x"]}))[0].kind == OTHER


def test_names_that_are_values_make_no_fields() -> None:
    assert guessed(_answers(*[{f"key {n}": n} for n in range(200)])) == ()


def test_what_a_user_said_is_kept_and_facts_are_new() -> None:
    said = (Field("total", TEXT, help="The sum.", is_set=True), Field("who", help="A person."))
    found = {f.name: f for f in guessed(_many(total="9", who=lambda n: f"N{n}"), said)}
    assert (found["total"].kind, found["total"].help, found["total"].longest) == (
        TEXT,
        "The sum.",
        1,
    )
    assert (found["who"].help, found["who"].may_be_missing) == ("A person.", False)


def test_answers_that_are_no_objects_say_nothing() -> None:
    assert guessed(["", "[1]", "nonsense", None]) == ()
