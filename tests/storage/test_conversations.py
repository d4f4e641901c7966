"""Conversations in the database: order, counts, and what belongs to a rated answer."""

from storage import conversations
from storage.database import Store
from storage.tables import Message, Project


def project(store: Store, name: str = "Mails") -> int:
    with store.write() as session:
        made = Project(name=name, drafts={})
        session.add(made)
        session.flush()
        return made.id


def talk(store: Store, project_id: int, title: str, *said: tuple[str, str]) -> int:
    with store.write() as session:
        conversation = conversations.add(session, project_id, None, title)
        for role, content in said:
            conversations.add_message(session, conversation.id, role, content, model="run-1")
        return conversation.id


def test_the_conversation_used_last_comes_first(store: Store) -> None:
    mine = project(store)
    old = talk(store, mine, "old", ("user", "a"))
    new = talk(store, mine, "new", ("user", "b"), ("assistant", "c"), ("user", "d"))
    talk(store, project(store, "Other"), "elsewhere", ("user", "x"))
    with store.read() as session:
        assert [r.conversation.title for r in conversations.listing(session, mine)] == [
            "new",
            "old",
        ]
    with store.write() as session:
        conversations.add_message(session, old, "user", "again")
    with store.read() as session:
        listed = conversations.listing(session, mine)
    assert [r.conversation.id for r in listed] == [old, new]
    assert [r.questions for r in listed] == [2, 2]
    assert listed[0].last_at.tzinfo is not None


def test_an_empty_conversation_counts_no_question(store: Store) -> None:
    mine = project(store)
    talk(store, mine, "empty")
    with store.read() as session:
        (row,) = conversations.listing(session, mine)
    assert row.questions == 0
    assert row.last_at == row.conversation.created_at


def test_deleting_a_conversation_deletes_its_messages(store: Store) -> None:
    made = talk(store, project(store), "gone", ("user", "a"), ("assistant", "b"))
    with store.write() as session:
        found = conversations.get(session, made)
        assert found is not None
        conversations.delete(session, found)
    with store.read() as session:
        assert session.query(Message).count() == 0


def test_a_rated_answer_comes_with_the_question_before_it(store: Store) -> None:
    mine = project(store)
    said = [("user", "q1"), ("assistant", "a1"), ("user", "q2"), ("assistant", "a2")]
    made = talk(store, mine, "talk", *said, ("assistant", "a2 of another"), ("user", "q3"))
    with store.write() as session:
        messages = conversations.messages(session, made)
        messages[3].rating = "up"
        messages[4].correction = "better"
    with store.read() as session:
        found = conversations.judged(session, mine)
    assert [(r.question.content, r.answer.content) for r in found] == [
        ("q2", "a2"),
        ("q2", "a2 of another"),
    ]
