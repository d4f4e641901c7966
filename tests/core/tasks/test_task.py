"""What all tasks have in common, shown on those that differ in it."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CHAT, CLASSIFICATION, COMPLETION, EXTRACTION, asked_as, task_named
from workbench.core.tasks.task import with_system


def test_the_rows_own_system_prompt_wins() -> None:
    row = {"prompt": "a", "response": "b", "system": "Mine."}
    first = COMPLETION.messages(row, system="All.")[0]
    assert first == {"role": "system", "content": "Mine."}
    for none in (None, "", float("nan")):
        first = COMPLETION.messages({**row, "system": none}, system="All.")[0]
        assert first["content"] == "All."
    assert COMPLETION.messages({**row, "system": None})[0]["role"] == "user"


def test_an_instruction_leaves_the_given_conversation_as_it_was() -> None:
    turns = [{"role": "user", "content": "a"}]
    assert len(with_system(turns, "Be kind.")) == 2
    assert len(turns) == 1


def test_before_there_is_an_answer_its_role_is_not_known() -> None:
    assert CLASSIFICATION.question_roles({"text": "t", "label": "c"}) == {"text": "t"}
    assert CHAT.question_roles({"messages": "m", "system": "s"}) == {"messages": "m", "system": "s"}
    assert EXTRACTION.asking().required == ("text",)


def test_json_is_what_a_conversation_and_fields_are_kept_as() -> None:
    assert CHAT.is_json("messages")
    assert EXTRACTION.is_json("response")
    assert not EXTRACTION.is_json("text")
    assert not COMPLETION.is_json("response")


def test_a_model_that_was_taught_nothing_here_is_asked_in_a_conversation() -> None:
    assert asked_as(None).rows_are_conversations
    assert asked_as("classification") is CLASSIFICATION


def test_a_task_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(WorkbenchError, match="no task 'sorting': choose one of classification, "):
        task_named("sorting")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("multi-label", "multi_label"), ("language_modelling", "language-modelling")],
)
def test_a_hyphen_may_be_an_underscore(typed: str, name: str) -> None:
    assert task_named(typed).name == name


def test_another_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(WorkbenchError, match=r"no task 'poetry': choose one of classification"):
        task_named("poetry")
