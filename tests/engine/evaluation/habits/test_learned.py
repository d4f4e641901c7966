"""What was learned, answer by answer, and questions written otherwise."""

import json
from pathlib import Path

from tests.helpers.writers import write_rows
from workbench.core.tasks import task_named
from workbench.engine.evaluation.habits.learned import (
    asked_text,
    instructions_of,
    learned_from,
    questions_of,
)

TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "One?"},
    {"role": "assistant", "content": "Two."},
    {"role": "user", "content": "Three, please?"},
    {"role": "assistant", "content": "Not this.", "learn": False},
    {"role": "user", "content": "Five?"},
    {"role": "assistant", "content": "Six."},
]


def chats(folder: Path) -> Path:
    talk = json.dumps(TURNS)
    return write_rows(folder / "chats.parquet", [{"messages": talk}] * 2, ["train", "test"])


def test_each_learned_answer_of_a_conversation_is_tried_with_what_was_said_before(
    tmp_path: Path,
) -> None:
    found = learned_from(chats(tmp_path), "chat", 1)
    assert [one.answer for one in found] == ["Two.", "Six."]
    assert [turn["content"] for turn in found[0].row["messages"]] == ["Be brief.", "One?", "Two."]
    assert "Not this." in found[1].question
    assert {one.row_id for one in found} == {1}


def test_a_conversations_last_question_is_written_otherwise(tmp_path: Path) -> None:
    questions = questions_of(chats(tmp_path), "chat", 5, 1)
    assert questions.number == 1
    told = [asked_text(task_named("chat"), row) for row in questions.rows]
    assert told[0] == "Five?"
    assert "FIVE?" in told
    assert all(row["messages"][1]["content"] == "One?" for row in questions.rows[1:])
    answers = ["Six.", *["Seven."] * len(questions.changed)]
    pairs = questions.pairs("chat", answers)
    (one,) = pairs["capitals"]
    assert (one.question, one.changed, one.expected) == ("Five?", "FIVE?", "Six.")
    assert (one.before, one.after) == ("Six.", "Seven.")
    assert pairs["accents"] == []


def test_a_conversation_that_begins_with_the_answer_has_no_question(tmp_path: Path) -> None:
    talks = [
        [{"role": "assistant", "content": "Welcome."}],
        [{"role": "system", "content": "Greet."}, {"role": "assistant", "content": "Hello."}],
    ]
    rows = [{"messages": json.dumps(talk)} for talk in talks]
    data = write_rows(tmp_path / "chats.parquet", rows, ["test", "test"])
    questions = questions_of(data, "chat", 5, 1)
    assert (questions.number, len(questions.rows), questions.changed) == (2, 2, [])
    assert all(not pairs for pairs in questions.pairs("chat", ["a", "b"]).values())


def test_a_model_that_learned_from_all_rows_is_asked_some_of_them(tmp_path: Path) -> None:
    rows = [{"text": f"Where is parcel {i}?", "label": "a"} for i in range(30)]
    data = write_rows(tmp_path / "all.parquet", rows, ["train"] * 30)
    assert questions_of(data, "classification", 10, 1).number == 10


def test_fields_that_are_asked_for_are_not_mistyped(tmp_path: Path) -> None:
    row = {"text": "Invoice from Steinbrecher", "response": '{"company": "Steinbrecher"}'}
    data = write_rows(tmp_path / "fields.parquet", [row], ["test"])
    questions = questions_of(data, "extraction", 10, 1)
    typed = [questions.rows[at] for at, (name, _) in enumerate(questions.changed, 1) if name == "typing"]  # fmt: skip
    assert typed
    assert all("Steinbrecher" in row["text"] for row in typed)


def test_instructions_are_the_projects_or_what_most_rows_say(tmp_path: Path) -> None:
    rows = [{"prompt": "a", "response": "b", "system": told} for told in ("One.", "Two.", "Two.")]
    data = write_rows(tmp_path / "rows.parquet", rows, ["train"] * 3)
    assert instructions_of(data, "") == "Two."
    assert instructions_of(data, "Be kind.") == "Be kind."


def test_documents_are_learned_whole(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "texts.parquet", [{"text": "All of it."}], ["train"])
    (one,) = learned_from(data, "language-modelling", 1)
    assert (one.question, one.answer) == ("", "All of it.")
