"""Conversations whose speakers have names: who answers is told, guessed, and can be chosen."""

import json
from pathlib import Path
from typing import Any

from workbench.core.canonical import messages_json
from workbench.data.columns.guessing import guess_task
from workbench.data.readers import ReadOptions, Table, read_table


def table_of(tmp_path: Path, talks: list[list[tuple[str, str]]], assistant: str = "") -> Table:
    path = tmp_path / "talks.jsonl"
    rows = [{"dialog": [{"speaker": w, "text": t} for w, t in talk]} for talk in talks]
    path.write_text("\n".join(map(json.dumps, rows)))
    return read_table(path, options=ReadOptions(assistant=assistant))


def roles(table: Table, row: int = 0) -> list[str]:
    cell: Any = table.cells("dialog")[row]
    return [turn["role"] for turn in json.loads(messages_json(cell))]


TALK = [("Ann", "Where?"), ("Bo", "Here."), ("Ann", "Thanks."), ("Bo", "Welcome.")]


def test_of_two_names_the_second_to_speak_answers_until_another_is_chosen(tmp_path: Path) -> None:
    table = table_of(tmp_path, [TALK] * 3)
    assert table.people == ("Bo", "Ann")
    assert "What Bo writes counts as the answers" in table.notes[0]
    assert roles(table) == ["user", "assistant", "user", "assistant"]
    assert guess_task(table).task == "chat"

    chosen = table_of(tmp_path, [[("Bo", "Hi."), *TALK]] * 3, assistant="Ann")
    assert chosen.options.assistant == "Ann"
    assert roles(chosen)[:2] == ["user", "assistant"]


def test_beside_an_agent_everybody_asks(tmp_path: Path) -> None:
    table = table_of(tmp_path, [[(f"Bea {i}", "Where?"), ("Agent", "Here.")] for i in range(9)])
    assert table.people == ()
    assert roles(table, 8) == ["user", "assistant"]
    assert "and 6 more say counts as the questions" in table.notes[0]


def test_known_speakers_are_left_as_they_are(tmp_path: Path) -> None:
    talk = [("customer", "Where?"), ("bot", "Here.")]
    table = table_of(tmp_path, [talk] * 3)
    assert json.loads(table.cells("dialog")[0] or "")[0]["speaker"] == "customer"
    assert not table.notes
