"""Scores of calls, counted by hand."""

import json
from typing import Any

import pandas as pd
import pytest

from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.by_task.calls import calling, each_tool
from workbench.evaluation.scoring.by_task.calls_told import calls_told
from workbench.evaluation.scoring.intervals import wilson_interval


def call(name: str, **inputs: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': inputs})}\n</tool_call>"


ROWS = [
    (call("room", floor=2, day="Mon"), '<tool_call>{"name":"room","arguments":{"day":"Mon","floor":2.0}}</tool_call>'),
    (call("room", floor=2, day="Mon"), call("room", floor=3, who="Ada")),  # wrong, missing, too much
    (call("room", floor=1), call("bell", floor=1)),  # another tool
    (call("room", floor=1), "There is none."),  # no call
    (call("bell"), '<tool_call>{"name": "bell", "argu'),  # breaks off
    ("Hello.", "Hi."),
    ("Hello.", call("bell")),  # a call that nobody wanted
    ("<tool_call>x</tool_call>", call("room")),  # nobody can read what was wanted
]  # fmt: skip
WANTED, GIVEN = map(list, zip(*ROWS, strict=True))


def test_calls_are_counted_question_by_question() -> None:
    found = calling(WANTED, GIVEN)
    shares = {
        name: (own.count, own.of)
        for name in ("made", "withheld", "right_tool", "right", "parses")
        if (own := getattr(found, name))
    }
    assert shares == {
        "made": (4, 5), "withheld": (1, 2), "right_tool": (2, 5), "right": (1, 5), "parses": (4, 5),
    }  # fmt: skip
    assert found.unreadable == 1
    assert found.right is not None
    assert (found.right.share.low, found.right.share.high) == pytest.approx(wilson_interval(1, 5))


def test_a_missing_input_is_told_from_a_wrong_one_and_one_too_many() -> None:
    own = calling(WANTED, GIVEN).inputs
    assert own is not None
    assert own.wanted == 6
    counts = (own.right.value, own.missing.value, own.wrong.value, own.too_much.value)
    assert counts == pytest.approx((2 / 6, 3 / 6, 1 / 6, 1 / 6))
    assert own.right.low <= own.right.value <= own.right.high


def test_each_tool_and_each_input_has_a_line() -> None:
    found = {(own.tool, own.input): own for own in each_tool(WANTED, GIVEN)}
    assert list(found) == [("bell", ""), ("room", ""), ("room", "day"), ("room", "floor")]
    room, bell = found["room", ""], found["bell", ""]
    assert (room.wanted, room.right.count, room.missing, room.wrong) == (4, 1, 2, 1)
    assert (bell.wanted, bell.missing, bell.too_much) == (1, 1, 2)
    floor = found["room", "floor"]
    assert (floor.wanted, floor.right.count, floor.missing, floor.wrong) == (4, 1, 2, 1)


def test_it_is_said_in_plain_words() -> None:
    assert calling(WANTED, GIVEN).sentences() == [
        "In 2 of 5 questions where a tool was to be called, it called the right one, with every "
        "input right in 1.",
        "Of 2 questions where none was to be called, it called none in 1.",
        "1 of its 5 answers with calls holds a call that cannot be used.",
        "1 of your own answers holds a call that cannot be read: left out of these counts.",
    ]


def test_exams_with_calls_tell_their_scores_and_others_do_not() -> None:
    answers = pd.DataFrame({"expected": WANTED, "tuned": GIVEN, "right_tuned": False})
    told = {score.name: score for score in all_scores("chat", answers, "tuned")}
    assert told["calls_right"].value == 1 / 5
    assert told["call_inputs_missing"].higher_is_better is False
    found = json.loads(json.dumps(calls_told(answers, ["tuned", "base"])))
    assert found["calls"]["tuned"]["right_tool"]["count"] == 2
    assert found["calls"]["tuned"]["tools"][0]["tool"] == "bell"
    plain = answers.assign(expected="Hello.")
    assert calls_told(plain, ["tuned"]) == {}
    assert not [own for own in all_scores("chat", plain, "tuned") if own.name.startswith("call")]
