"""Answers in their pieces, whatever was written."""

import pytest

from workbench.core.chats.calls import tidied
from workbench.core.tools.pieces import (
    BREAKS_OFF,
    BROKEN,
    CALL,
    NO_INPUTS,
    NO_JSON,
    NO_NAME,
    RESULT,
    SAID,
    calls_in,
    pieces,
    said_of,
)

ROOM = '<tool_call>\n{"name": "room", "arguments": {"floor": 2, "note": "a </tool_call> b"}}\n</tool_call>'


def test_a_text_is_told_in_its_pieces() -> None:
    found = pieces(f"One moment.\n{ROOM}\n<tool_response>\nfree\n</tool_response>\nDone.")
    assert [(one.kind, one.text) for one in found if one.kind != CALL] == [
        (SAID, "One moment."),
        (RESULT, "free"),
        (SAID, "Done."),
    ]
    (call,) = calls_in(f"One moment.\n{ROOM}")
    assert (call.name, dict(call.inputs)) == ("room", {"floor": 2, "note": "a </tool_call> b"})
    assert said_of(f"One moment.\n{ROOM}\nDone.") == "One moment.\nDone."


def test_a_text_without_calls_is_one_piece() -> None:
    assert [one.text for one in pieces("a < b\n\nc <tool_c")] == ["a < b\n\nc <tool_c"]
    assert pieces("  ") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<tool_call>\n{"name": "room", "argu', BREAKS_OFF),
        ("<tool_call>", BREAKS_OFF),
        ('<tool_call>{"name": "room"}', BREAKS_OFF),
        ("<tool_call>\nroom(2)\n</tool_call>", NO_JSON),
        ("<tool_call>{'name': 'room'}</tool_call>", NO_JSON),
        ('<tool_call>{"name": "room", "arguments": {"a": NaN}}</tool_call>', NO_JSON),
        ('<tool_call>{"arguments": {}}</tool_call>', NO_NAME),
        ('<tool_call>["room"]</tool_call>', NO_NAME),
        ('<tool_call>{"name": "room", "arguments": [2]}</tool_call>', NO_INPUTS),
        ("<tool_call>" + "[" * 100_000 + "</tool_call>", NO_JSON),
    ],
    ids=str,
)
def test_what_is_no_call_says_why(text: str, why: str) -> None:
    (found,) = pieces(text)
    assert (found.kind, found.why) == (BROKEN, why)


def test_a_broken_call_does_not_hide_the_next_one() -> None:
    found = calls_in(f'<tool_call>{{"name": "half\n{ROOM}')
    assert [(one.kind, one.name) for one in found] == [(BROKEN, ""), (CALL, "room")]


def test_inputs_that_stand_in_a_text_are_read() -> None:
    text = '<tool_call>{"name": "room", "arguments": "{\\"floor\\": 2}"}</tool_call>'
    assert [dict(one.inputs) for one in calls_in(text)] == [{"floor": 2}]
    assert [dict(one.inputs) for one in calls_in('<tool_call>{"name": "a"}</tool_call>')] == [{}]


def test_many_marks_take_no_time() -> None:
    assert len(pieces("<tool_call>" * 50_000)) == 50_000
    assert len(pieces("</tool_call><tool_call>{" * 20_000)) == 20_001
    assert tidied("</tool_call>" + "<tool_call>" * 50_000).count("<tool_call>") == 50_000
