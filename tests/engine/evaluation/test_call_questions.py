"""Calls on the way to the last answer are exam questions, too."""

import json

from workbench.core.tasks import task_named
from workbench.engine.evaluation.call_questions import with_calls

CALL = '<tool_call>\n{"name": "a", "arguments": {}}\n</tool_call>'


def row(*contents: str, **more: object) -> dict[str, object]:
    turns = [
        {"role": ("user", "assistant")[place % 2], "content": text}
        for place, text in enumerate(contents)
    ]
    return {"row_id": 1, "messages": json.dumps(turns)} | more


def test_each_call_before_the_last_answer_is_asked() -> None:
    chat = task_named("chat")
    talk = row("q", CALL, "<tool_response>\n1\n</tool_response>", "One.", "more", CALL, "r", "End.")
    found = with_calls(chat, [talk, row("q", CALL), row("q", "a")])
    assert [chat.answer(one) for one in found] == [CALL, CALL, "End.", CALL, "a"]
    assert [one["row_id"] for one in found] == [1] * 5
    assert len({chat.question(one) for one in found[:3]}) == 3


def test_answers_that_are_not_learned_are_not_asked() -> None:
    turns = [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": CALL, "learn": False},
        {"role": "user", "content": "r"},
        {"role": "assistant", "content": "End."},
    ]
    rows = [{"row_id": 1, "messages": json.dumps(turns)}]
    assert with_calls(task_named("chat"), rows) == rows


def test_other_tasks_are_asked_as_ever() -> None:
    rows = [{"row_id": 1, "prompt": "q", "response": CALL}]
    assert with_calls(task_named("completion"), rows) == rows
