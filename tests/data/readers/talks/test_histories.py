"""A question and its answer follow on the history beside them."""

import json
from pathlib import Path
from typing import Any

from workbench.core.canonical import messages_json
from workbench.data.readers import Table, read_table


def table_of(tmp_path: Path, rows: list[dict[str, Any]]) -> Table:
    path = tmp_path / "talks.json"
    path.write_text(json.dumps(rows))
    return read_table(path)


def test_pairs_of_a_history_come_first(tmp_path: Path) -> None:
    rows = [
        {
            "instruction": f"Do {i}",
            "input": "this",
            "output": f"Done {i}",
            "history": [["a", "b"]] * (i % 2),
        }
        for i in range(4)
    ]

    table = table_of(tmp_path, rows)

    said = [json.loads(messages_json(cell or "")) for cell in table.cells("messages")]
    assert [turn["content"] for turn in said[1]] == ["a", "b", "Do 1\n\nthis", "Done 1"]
    assert [turn["content"] for turn in said[2]] == ["Do 2\n\nthis", "Done 2"]
    assert table.columns == ["messages"]
    assert "2 rows have a history" in table.notes[0]


def test_histories_that_are_all_empty_change_nothing(tmp_path: Path) -> None:
    rows = [{"query": f"q{i}", "response": f"a{i}", "history": []} for i in range(4)]
    assert table_of(tmp_path, rows).columns == ["query", "response", "history"]


def test_an_answer_follows_on_turns_that_end_with_a_question(tmp_path: Path) -> None:
    rows = [
        {"input": [{"role": "user", "content": f"Where is {i}?"}], "ideal": f"In town {i}."}
        for i in range(4)
    ]
    table = table_of(tmp_path, rows)
    said = json.loads(messages_json(table.cells("messages")[1] or ""))
    assert [turn["content"] for turn in said] == ["Where is 1?", "In town 1."]
    assert table.notes == ("'ideal' is taken for the answer to the turns in 'input'.",)


def test_turns_that_are_answered_already_stay_as_they_are(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Here."}]
    rows = [{"messages": talk, "answer": "a summary"} for _ in range(4)]
    assert table_of(tmp_path, rows).columns == ["messages", "answer"]
