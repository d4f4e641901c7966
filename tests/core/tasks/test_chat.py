"""A conversation as it is kept, read, shown and exported."""

import json
from typing import Any

import pytest

from workbench.core.chats.calls import INTRO
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CHAT


def talk(*texts: str) -> list[dict[str, str]]:
    roles = ("user", "assistant")
    return [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]


def row(turns: Any) -> dict[str, Any]:
    return {"messages": json.dumps(turns)}


def test_a_conversation_is_read_from_json() -> None:
    assert CHAT.messages(row(talk("a", "b", "c")), system="S")[0]["role"] == "system"
    assert CHAT.messages(row(talk("a", "b", "c"))) == talk("a", "b", "c")
    assert CHAT.answer(row(talk("a", "b", "c"))) is None
    assert CHAT.answer(row(talk("a", "b"))) == "b"


def test_a_conversations_own_system_prompt_wins() -> None:
    own = [{"role": "system", "content": "Own."}, *talk("a", "b")]
    assert CHAT.messages(row(own), system="All.") == own
    assert CHAT.record(row(own), "All.") == {"messages": own}


def test_a_conversations_question_is_shown_turn_by_turn() -> None:
    messages = '[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]'
    assert CHAT.question({"messages": messages}) == "user: a"
    assert CHAT.question(row(talk("a", "b", "c"))) == "user: a\nassistant: b\nuser: c"


@pytest.mark.parametrize("broken", ["no json", "[]", '{"role": "user"}', None, '["hi"]'])
def test_a_conversation_that_cannot_be_read_is_explained(broken: object) -> None:
    with pytest.raises(WorkbenchError, match="conversation"):
        CHAT.messages({"messages": broken})


def test_a_turn_without_a_content_is_numbered() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant"}]
    with pytest.raises(WorkbenchError, match="Turn 2 "):
        CHAT.messages(row(turns))


def test_a_conversation_to_be_answered_may_end_with_a_question() -> None:
    cell = json.dumps(talk("a", "b", "c"))
    assert json.loads(CHAT.cleaners["messages"](cell)) == talk("a", "b")
    assert json.loads(CHAT.question_cleaners["messages"](cell)) == talk("a", "b", "c")


def test_an_answer_that_is_not_to_be_learned_is_no_exam_question_and_weighs_nothing() -> None:
    turns = [dict(turn) for turn in talk("a", "b", "c", "d")]
    unlearned = row([*turns[:3], {**turns[3], "learn": False}])

    assert CHAT.answer(unlearned) == "b"
    assert CHAT.question(unlearned) == "user: a"
    assert [turn.get("learn") for turn in CHAT.messages(unlearned)] == [None, None, None, False]
    assert CHAT.record(unlearned, "")["messages"][3] == {
        "role": "assistant",
        "content": "d",
        "weight": 0,
    }
    assert CHAT.record(row(turns), "") == {"messages": turns}


def test_an_instruction_stands_before_the_names_of_tools() -> None:
    named = {"role": "system", "content": f"{INTRO}\n- stock()"}
    said = CHAT.messages(row([named, *talk("a", "b")]), system="Be short.")
    assert said[0]["content"] == f"Be short.\n\n{INTRO}\n- stock()"


def test_an_instruction_in_parts_is_text() -> None:
    assert CHAT.cleaners["system"]('[{"text": "Be short."}]') == "Be short."
    assert CHAT.cleaners["system"]('{"parts": [{"text": "Be short."}]}') == "Be short."
    assert CHAT.cleaners["system"]("[Be short]") == "[Be short]"
