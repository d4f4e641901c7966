"""The two texts of an encoder-decoder."""

import pytest

from workbench.core.chats.source_text import Pair, pairs, question_text, source_text
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CHAT, CLASSIFICATION, COMPLETION, EXTRACTION


def said(*turns: str) -> list[dict[str, str]]:
    roles = ("user", "assistant")
    return [{"role": roles[i % 2], "content": text} for i, text in enumerate(turns)]


def test_a_single_question_is_the_source_as_it_is() -> None:
    assert source_text(said("  Where is it?\n")) == "  Where is it?\n"


@pytest.mark.parametrize(
    ("task", "row", "source", "target"),
    [
        (COMPLETION, {"prompt": "A long text.", "response": "Short."}, "A long text.", "Short."),
        (
            EXTRACTION,
            {"text": "Order 7", "response": '{"order": 7}'},
            "Pull the fields out of this text. Answer with JSON only.\n\nOrder 7",
            '{"order": 7}',
        ),
        (
            CLASSIFICATION,
            {"text": "Late!", "label": "delivery"},
            "Which category does this text belong to? Answer with the category only.\n"
            "Categories: delivery, refund\n\nLate!",
            "delivery",
        ),
    ],
)
def test_questions_are_worded_as_their_task_words_them(
    task: object, row: dict[str, str], source: str, target: str
) -> None:
    labels = ["delivery", "refund"] if task is CLASSIFICATION else []
    assert pairs(task.messages(row, labels=labels)) == [Pair(source, target)]  # type: ignore[attr-defined]


def test_an_instruction_stands_before_the_question() -> None:
    turns = [{"role": "system", "content": "Be kind."}, *said("Where is it?", "Here.")]
    assert pairs(turns) == [Pair("Be kind.\n\nWhere is it?", "Here.")]


def test_every_answer_of_a_conversation_is_learned_with_what_was_said_before() -> None:
    row = {"messages": said("Where?", "On its way.", "When?", "Friday.")}
    assert pairs(CHAT.messages(row, system="Be kind.")) == [
        Pair("Be kind.\n\nWhere?", "On its way."),
        Pair("Be kind.\n\nUser: Where?\nAssistant: On its way.\nUser: When?", "Friday."),
    ]


def test_an_answer_that_is_not_to_be_learned_is_read_only() -> None:
    turns = [dict(turn) for turn in said("Where?", "No idea.", "When?", "Friday.")]
    turns[1]["learn"] = False  # type: ignore[assignment]
    assert [pair.target for pair in pairs(turns)] == ["Friday."]


def test_the_question_is_the_same_with_and_without_its_answer() -> None:
    asked = said("Where?", "On its way.", "When?")
    answered = [*asked, {"role": "assistant", "content": "Friday."}]
    assert question_text(asked) == question_text(answered) == pairs(answered)[-1].source


def test_what_is_asked_is_the_question_of_the_last_answer_that_is_learned() -> None:
    turns = said("Where?", "On its way.", "When?", "No idea.")
    turns[3]["learn"] = False  # type: ignore[assignment]
    assert question_text(turns) == pairs(turns)[-1].source == "Where?"


def test_a_conversation_without_an_answer_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="no answer to learn from"):
        pairs(said("Where?"))
