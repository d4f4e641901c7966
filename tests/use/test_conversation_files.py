"""Conversations as files."""

import json

import pytest

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.use import branching, conversation_files, conversations
from workbench.use.conversations import ConversationInfo, Turn


@pytest.fixture
def talk(store: Store) -> int:
    project_id = projects.create_project(store, "Mails")
    made, _ = conversations.start_conversation(
        store, project_id, None, "Where is it? # ```x```", {"expected": "On its way."}
    )
    answer = conversations.add_answer(store, made, "run-1", "Gone\n```", {"title": "My *run*"})
    assert answer is not None
    conversations.rate(store, answer, "down")
    conversations.correct(store, answer, "It comes on Friday.")
    conversations.add_question(store, made, "And mine?")
    conversations.add_answer(store, made, "base:tiny", "Yes", {"settings": {"temperature": 0.8}})
    return made


def read(store: Store, made: int) -> tuple[ConversationInfo, list[Turn]]:
    with store.read() as session:
        project_id = session.get_one(conversations.Conversation, made).project_id
    found = conversations.list_conversations(store, project_id)
    return next(one for one in found if one.id == made), conversations.turns(store, made)


def test_a_text_to_be_read_has_every_word_and_no_word_becomes_a_mark(
    store: Store, talk: int
) -> None:
    info, turns = read(store, talk)
    text = conversation_files.as_markdown(info, turns)
    assert "````\nWhere is it? # ```x```\n````" in text
    assert "````\nGone\n```\n````" in text
    assert "You would have written:\n\n```\nIt comes on Friday.\n```" in text
    assert "Your data says:\n\n```\nOn its way.\n```" in text
    assert text.index("Where is it?") < text.index("And mine?") < text.index("Yes")


def test_a_file_for_programs_has_all_that_is_kept(store: Store, talk: int) -> None:
    info, turns = read(store, talk)
    told = json.loads(conversation_files.as_json(info, turns))
    first, second = told["turns"]
    assert (first["question"], first["expected"]) == ("Where is it? # ```x```", "On its way.")
    assert first["answers"][0]["rating"] == "down"
    assert first["answers"][0]["correction"] == "It comes on Friday."
    assert second["answers"][0]["settings"] == {"temperature": 0.8}
    assert "rating" not in second["answers"][0]


def test_the_file_has_a_name_that_every_disk_takes(store: Store, talk: int) -> None:
    info, _ = read(store, talk)
    assert conversation_files.file_name(info, "md") == "where-is-it-x.md"


def test_a_branch_goes_as_before_and_leaves_the_first_as_it_is(store: Store, talk: int) -> None:
    before = conversations.turns(store, talk)
    made, _ = branching.branch(store, before[1].question.id, " And theirs? ")
    assert conversations.turns(store, talk) == before
    first, second = conversations.turns(store, made)
    assert first.question.content == before[0].question.content
    assert [answer.content for answer in first.answers] == ["Gone\n```"]
    assert first.answers[0].rating == ""
    assert (second.question.content, second.answers) == ("And theirs?", ())


def test_a_branch_needs_a_question_and_what_it_grows_from(store: Store, talk: int) -> None:
    (first, _second) = conversations.turns(store, talk)
    with pytest.raises(WorkbenchError, match="type a question"):
        branching.branch(store, first.question.id, " ")
    with pytest.raises(WorkbenchError, match="was deleted"):
        branching.branch(store, first.answers[0].id, "More?")
