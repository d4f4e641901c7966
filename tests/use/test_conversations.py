"""Conversations: kept with the project, named after the question, rated, corrected, exported."""

import csv
import io

import pytest

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.use import conversations


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def ask(store: Store, project_id: int, question: str = "Where is it?") -> tuple[int, int]:
    conversation, _ = conversations.start_conversation(store, project_id, None, question)
    answer = conversations.add_answer(store, conversation, "run-1", "On its way.", {"seconds": 1})
    assert answer is not None
    return conversation, answer


def test_a_conversation_is_named_after_its_question(store: Store, project_id: int) -> None:
    question = "My parcel\nhas not arrived and I wonder where it may be, since I ordered it in May"
    ask(store, project_id, question)
    (listed,) = conversations.list_conversations(store, project_id)
    assert listed.title == "My parcel has not arrived and I wonder where it may be…"
    assert conversations.title_of("x" * 200) == "x" * 59 + "…"


def test_turns_put_answers_to_their_question(store: Store, project_id: int) -> None:
    conversation, _ = ask(store, project_id)
    conversations.add_answer(store, conversation, "run-1:base", "No idea.", {})
    conversations.add_question(store, conversation, "And now?", {"expected": "Soon."})
    first, second = conversations.turns(store, conversation)
    assert [answer.model for answer in first.answers] == ["run-1", "run-1:base"]
    base = first.answer_of("run-1:base")
    assert base is not None
    assert base.content == "No idea."
    assert second.answers == ()
    assert second.question.details == {"expected": "Soon."}


@pytest.mark.parametrize("question", ["", "  \n "])
def test_an_empty_question_is_refused(store: Store, project_id: int, question: str) -> None:
    with pytest.raises(WorkbenchError, match="type a question"):
        conversations.start_conversation(store, project_id, None, question)
    assert conversations.list_conversations(store, project_id) == []


def test_rename_and_delete(store: Store, project_id: int) -> None:
    conversation, _ = ask(store, project_id)
    conversations.rename_conversation(store, conversation, " Parcels  of May ")
    assert conversations.list_conversations(store, project_id)[0].title == "Parcels of May"
    with pytest.raises(WorkbenchError, match="type one"):
        conversations.rename_conversation(store, conversation, " ")
    conversations.delete_conversation(store, conversation)
    assert conversations.list_conversations(store, project_id) == []
    with pytest.raises(WorkbenchError, match="deleted"):
        conversations.add_question(store, conversation, "Still there?")


def test_an_answer_to_a_deleted_conversation_is_let_go(store: Store, project_id: int) -> None:
    conversation, _ = ask(store, project_id)
    conversations.delete_conversation(store, conversation)
    assert conversations.add_answer(store, conversation, "run-1", "late", {}) is None


def test_ratings_and_corrections_can_be_taken_back(store: Store, project_id: int) -> None:
    conversation, answer = ask(store, project_id)
    conversations.rate(store, answer, "down")
    conversations.correct(store, answer, " It arrives on Friday. ")
    (turn,) = conversations.turns(store, conversation)
    assert turn.answers[0].rating == "down"
    assert turn.answers[0].correction == "It arrives on Friday."
    conversations.rate(store, answer, "")
    conversations.correct(store, answer, "")
    assert conversations.opinions(store, project_id) == []


def test_only_answers_are_rated_and_only_up_or_down(store: Store, project_id: int) -> None:
    conversation, answer = ask(store, project_id)
    (turn,) = conversations.turns(store, conversation)
    with pytest.raises(WorkbenchError, match="ask again"):
        conversations.rate(store, turn.question.id, "up")
    with pytest.raises(WorkbenchError, match="up, down or nothing"):
        conversations.rate(store, answer, "great")


def test_the_table_of_opinions_is_harmless_in_a_spreadsheet(store: Store, project_id: int) -> None:
    _, answer = ask(store, project_id, '=HYPERLINK("http://evil.example")')
    conversations.correct(store, answer, "-1+1")
    content = conversations.opinions_csv(store, project_id)
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["question"] == '\'=HYPERLINK("http://evil.example")'
    assert row["correction"] == "'-1+1"
    assert row["answer"] == "On its way."


def test_without_opinions_the_table_is_empty(store: Store, project_id: int) -> None:
    ask(store, project_id)
    assert conversations.opinions_csv(store, project_id) == b"\xef\xbb\xbf"
