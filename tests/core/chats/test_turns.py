"""Turns of a conversation, in the forms in which programs keep them."""

import json
from typing import Any

import pytest

from workbench.core.canonical import messages_json
from workbench.core.chats.items import is_conversation
from workbench.core.chats.seen import Account, Seen
from workbench.core.chats.unreadable import Unreadable

ASKED = {"role": "user", "content": "Where is parcel 7?"}
TOLD = {"role": "assistant", "content": "In Lund."}


def read(cell: Any, seen: Seen | None = None) -> list[dict[str, Any]]:
    text = cell if isinstance(cell, str) else json.dumps(cell)
    turns: list[dict[str, Any]] = json.loads(messages_json(text, seen=seen))
    return turns


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ({"weight": 0}, "weight 0"),
        ({"weight": 0.0}, "weight 0"),
        ({"weight": "0"}, "weight 0"),
        ({"loss": False}, "loss false"),
        ({"train": False}, "train false"),
        ({"mask": True}, "mask true"),
        ({"learn": False}, "learn false"),
    ],
)
def test_an_answer_that_is_marked_so_is_read_and_not_learned(
    mark: dict[str, Any], said: str
) -> None:
    seen = Seen()
    turns = read([ASKED, {**TOLD, "content": "No idea.", **mark}, ASKED, TOLD], seen)

    assert turns[1] == {"role": "assistant", "content": "No idea.", "learn": False}
    assert turns[3] == TOLD
    account = Account()
    account.add(seen)
    assert account.sentences() == [f"1 answer in 1 row is read, not learned ({said})."]


@pytest.mark.parametrize("mark", [{"weight": 1}, {"weight": None}, {"loss": True}, {"mask": 0}])
def test_other_values_of_such_marks_change_nothing(mark: dict[str, Any]) -> None:
    seen = Seen()
    assert read([{**ASKED, "weight": 0}, {**TOLD, **mark}], seen) == [ASKED, TOLD]
    assert not seen.unlearned


def test_a_weight_that_cannot_be_kept_is_told() -> None:
    seen = Seen()
    assert read([ASKED, {**TOLD, "weight": 0.5}], seen) == [ASKED, TOLD]
    assert seen.unused == {"weight other than 0 and 1"}


def test_a_conversation_in_which_nothing_is_learned_is_left_out_by_name() -> None:
    with pytest.raises(Unreadable, match="no answer is to be learned"):
        read([ASKED, {**TOLD, "weight": 0}])


def test_answers_in_a_row_are_not_learned_if_one_of_them_is_not() -> None:
    seen = Seen()
    turns = read([ASKED, {**TOLD, "weight": 0}, {**TOLD, "content": "Lund!"}, ASKED, TOLD], seen)

    assert turns[1]["content"] == "In Lund.\n\nLund!"
    assert turns[1]["learn"] is False
    assert sum(seen.unlearned.values()) == 2


@pytest.mark.parametrize(
    "cell",
    [
        [{"role": "user", "content": [{"text": "Where is parcel 7?"}]},
         {"role": "assistant", "content": [{"text": "In Lund."}]}],
        [{"role": "user", "parts": [{"text": "Where is parcel 7?"}]},
         {"role": "model", "parts": [{"text": "In Lund."}]}],
        [{"speaker": "Customer", "text": "Where is parcel 7?"},
         {"speaker": "Support agent", "text": "In Lund."}],
        [{"author": "visitor", "message": "Where is parcel 7?"},
         {"author": "bot", "message": "In Lund."}],
        [{"author": {"role": "user"}, "content": {"parts": ["Where is parcel 7?"]}},
         {"author": {"role": "assistant"}, "content": {"parts": ["In Lund."]}}],
        [{"type": "human", "data": {"content": "Where is parcel 7?"}},
         {"type": "ai", "data": {"content": "In Lund."}}],
        [["Where is parcel 7?", "In Lund."]],
        [{"human": "Where is parcel 7?", "assistant": "In Lund."}],
        ["Where is parcel 7?", "In Lund."],
        ["Customer: Where is parcel 7?", "Agent: In Lund."],
        {"messages": [ASKED, TOLD]},
    ],
)  # fmt: skip
def test_a_conversation_is_the_same_however_it_is_kept(cell: Any) -> None:
    assert read(cell) == [ASKED, TOLD]


def test_texts_without_speakers_are_told() -> None:
    seen, account = Seen(), Account()
    read(["Where?", "In Lund."], seen)
    account.add(seen)
    assert "do not say who speaks" in account.sentences()[0].replace("does", "do")


def test_an_object_with_instruction_and_tools_gives_both() -> None:
    turns = read({"system": "Be short.", "messages": [ASKED, TOLD], "tools": [{"name": "track",
                  "description": "finds a parcel"}]})  # fmt: skip

    assert turns[0]["role"] == "system"
    assert turns[0]["content"].startswith("Be short.\n\n")
    assert turns[0]["content"].endswith("- track(): finds a parcel")


def test_reasoning_is_not_learned_and_told() -> None:
    seen = Seen()
    told = {**TOLD, "reasoning_content": "hm", "content": "<think>\nhm\n</think>\n\nIn Lund."}

    assert read([ASKED, told], seen) == [ASKED, TOLD]
    assert seen.unused == {"reasoning_content", "<think>"}


def test_keys_that_nothing_is_made_of_are_told() -> None:
    seen = Seen()
    read([{**ASKED, "mood": "angry", "note": ""}, TOLD], seen)
    assert seen.unused == {"mood"}


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ({"type": "image_url", "image_url": {"url": "x"}}, "picture"),
        ({"image": {"format": "png"}}, "picture"),
        ({"inlineData": {"mimeType": "image/png", "data": "x"}}, "picture"),
        ({"fileData": {"mimeType": "application/pdf", "fileUri": "x"}}, "file"),
        ({"type": "input_audio", "input_audio": {}}, "sound"),
        ({"type": "video", "video": "x"}, "video"),
        ({"type": "document", "source": {}}, "file"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(part: dict[str, Any], what: str) -> None:
    with pytest.raises(Unreadable, match=f"turn with a {what}, which is no text"):
        read([{"role": "user", "content": [part, {"text": "What is it?"}]}, TOLD])


def test_only_what_looks_like_turns_is_a_conversation() -> None:
    assert is_conversation([ASKED, TOLD])
    assert is_conversation([{"speaker": "customer", "text": "a"}, {"speaker": "bot", "text": "b"}])
    assert not is_conversation([{"from": "2020", "to": "2021"}])
    assert not is_conversation([{"type": "agent", "text": "Bo"}])
    assert not is_conversation([{"question": "a", "answer": "b"}])
    assert is_conversation([{"question": "a", "answer": "b"}], named=True)
    assert not is_conversation(["a", "b"])
    assert is_conversation(["a", "b"], named=True)


@pytest.mark.parametrize(
    "told",
    [
        {"role": "assistant", "thinking": "Hm.", "content": "In Lund."},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "In Lund."}]},
        {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": "In Lund."}]},
        {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": "In Lund."}]},
    ],
)  # fmt: skip
def test_reasoning_is_told_or_taken_before_the_answer(told: dict[str, Any]) -> None:
    seen = Seen()
    assert read([ASKED, told], seen) == [ASKED, TOLD]
    assert seen.reasoning
    assert len(seen.unused) == 1

    seen = Seen(learn_reasoning=True)
    assert read([ASKED, told], seen)[1]["content"] == "<think>\nHm.\n</think>\n\nIn Lund."
    assert not seen.unused


def test_a_mark_that_is_never_closed_is_text_and_costs_no_time() -> None:
    text = "<think>" * 20_000 + "In Lund."
    assert read([ASKED, {**TOLD, "content": text}])[1]["content"] == text
    both = "<think>a</think> b <thought>c</thought>\n d <think> e"
    assert read([ASKED, {**TOLD, "content": both}])[1]["content"] == "b d <think> e"


def test_a_system_that_answers_is_the_assistant_where_nobody_else_is() -> None:
    talk = [
        {"speaker": "USER", "text": "Where is parcel 7?"},
        {"speaker": "SYSTEM", "text": "In Lund."},
    ]
    assert read(talk) == [ASKED, TOLD]
    own = [{"role": "system", "content": "Be kind."}, ASKED, TOLD]
    assert read(own) == own
