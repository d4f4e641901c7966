"""Calls of tools in examples: those that nobody could carry out are told, with their rows."""

import json

from tests.helpers.check_tables import replying, talking
from workbench.core.chats.calls import introduced
from workbench.core.tasks import TASKS
from workbench.data.checkup import tool_calls
from workbench.data.checkup.rows import Rows

CALL = '<tool_call>\n{"name": "room", "arguments": {"floor": 2}}\n</tool_call>'
OTHER = CALL.replace("room", "bell")
RESULT = "<tool_response>\nfree\n</tool_response>"


def chats(*contents: tuple[str, ...]) -> Rows:
    """Conversations of an instruction and turns."""
    texts = [
        json.dumps(
            [
                {
                    "role": ("system", "user", "assistant")[0 if not at else 2 - at % 2],
                    "content": own,
                }
                for at, own in enumerate(row)
            ]
        )
        for row in contents
    ]
    numbers = list(range(1, len(texts) + 1))
    return Rows(TASKS["chat"], numbers, ["train"] * len(texts), {"messages": texts})


def test_examples_without_calls_and_with_good_ones_are_clean() -> None:
    assert tool_calls.check(talking(("q", "a"))) == []
    assert tool_calls.check(replying(("q", CALL))) == []
    told = introduced(["room(floor): Books."])
    assert tool_calls.check(chats((told, "q", CALL, RESULT, "Done."))) == []


def test_a_call_that_is_no_json_is_told_with_its_row() -> None:
    broken = '<tool_call>\n{"name": "room", "arguments": {floor: 2}}\n</tool_call>'
    half = '<tool_call>\n{"name": "room"'
    (found,) = tool_calls.check(replying(("q", CALL), ("q2", broken), ("q3", half), clean=False))
    assert found.kind == tool_calls.BROKEN_CALLS
    assert found.title == "2 rows have a call of a tool that nobody can carry out"
    assert found.text.startswith("Rows 2, 3: it is not valid JSON: {")
    assert [(row.row_id, row.drop) for row in found.flagged_rows] == [(2, True), (3, True)]
    assert found.flagged_rows[1].note == 'it breaks off: {"name": "room"'


def test_a_tool_that_was_called_and_never_declared_is_told() -> None:
    told = introduced(["room(floor): Books."])
    (found,) = tool_calls.check(chats((told, "q", CALL), (told, "q", OTHER), ("Hi.", "q", OTHER)))
    assert found.kind == tool_calls.UNDECLARED
    assert found.title == "1 tool called, and never declared"
    assert found.text.startswith("'bell' is called in rows 2, 3, and not among the tools")
    assert [row.note for row in found.flagged_rows] == ["bell", "bell"]


def test_a_tool_that_was_declared_and_never_called_is_good_to_know() -> None:
    told = introduced(["room(floor): Books.", "bell(): Rings."])
    (found,) = tool_calls.check(chats((told, "q", CALL), (told, "q", "No.")))
    assert (found.kind, found.level, found.rows) == (tool_calls.UNCALLED, "minor", 2)
    assert "No example calls 'bell'" in found.text


def test_a_result_without_a_call_is_told() -> None:
    rows = chats(("Hi.", "q", "One moment.", RESULT, "Done."), ("Hi.", "q", CALL, RESULT, "Done."))
    (found,) = tool_calls.check(rows)
    assert found.kind == tool_calls.RESULT_ALONE
    assert [row.row_id for row in found.flagged_rows] == [1]
    assert found.title == "1 row has what a tool gave back, and no call before it"


def test_tools_of_a_column_of_instructions_are_declared() -> None:
    rows = replying(("q", OTHER), clean=False)
    rows.values["system"] = [introduced(["room(floor)"])]
    kinds = [found.kind for found in tool_calls.check(rows)]
    assert kinds == [tool_calls.UNDECLARED, tool_calls.UNCALLED]
