"""Calls are equal by their values, not by their letters."""

import json
from typing import Any

import pytest

from workbench.core.tools.compare import paired, same_answer, same_calls, same_value
from workbench.core.tools.pieces import calls_in


def call(name: str, **inputs: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': inputs})}\n</tool_call>"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ("1", 1, False),
        ({"a": 1, "b": [1]}, {"b": [1], "a": 1}, True),
        ([1, 2], [2, 1], False),
        ({"a": None}, {}, False),
        (True, True, True),
    ],
    ids=str,
)
def test_json_values_are_compared(one: Any, other: Any, same: bool) -> None:
    assert same_value(one, other) is same
    assert same_value({"x": [one]}, {"x": [other]}) is same


def test_calls_may_stand_in_any_order() -> None:
    two = [call("a", x=1, y=2), call("b")]
    other = '<tool_call>{"arguments":{"y":2,"x":1},"name":"a"}</tool_call>'
    assert same_calls(calls_in("".join(two)), calls_in(two[1] + other))
    assert not same_calls(calls_in(two[0]), calls_in(two[0] * 2))
    assert not same_calls(calls_in("<tool_call>{"), calls_in("<tool_call>{")), (
        "broken is like nothing"
    )


def test_a_wanted_call_stands_beside_the_one_of_its_tool() -> None:
    wanted, given = calls_in(call("a", x=1) + call("b", x=2)), calls_in(call("b", x=3) + call("c"))
    names = [(p.wanted and p.wanted.name, p.given and p.given.name) for p in paired(wanted, given)]
    assert names == [("b", "b"), ("a", "c")]
    assert [pair.given for pair in paired(wanted, [])] == [None, None]
    assert [pair.wanted for pair in paired([], given)] == [None, None]


def test_an_answer_is_right_with_the_same_calls_and_words() -> None:
    assert same_answer(f"Yes.\n{call('a', x=1, y=2)}", f"Yes. \n\n{call('a', y=2, x=1.0)}")
    assert not same_answer(f"Yes.\n{call('a')}", call("a"))
    assert not same_answer(call("a"), "a")
    assert same_answer("a  b", "a b\n")
