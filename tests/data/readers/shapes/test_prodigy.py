"""Exports of Prodigy."""

from pathlib import Path
from typing import Any

from tests.helpers import two_ways
from workbench.data.columns import guessing

TEXT = "Anna took the ferry to Holm."


def _row(answer: str = "accept", **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "_input_hash": 1, "_task_hash": 2, "answer": answer, **more}


def test_only_what_was_accepted_is_learned(tmp_path: Path) -> None:
    rows = [_row(a, label="TRAVEL") for a in ("accept", "reject", "ignore", "accept")]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("label") == ["TRAVEL"] * 2
    assert table.left_out == {
        "rejected by the annotator": (2,),
        "passed over by the annotator": (3,),
    }
    assert guessing.guess_task(table).task == "classification"
    assert table.unused["_input_hash"] == 4


def test_choices_are_called_as_the_annotator_saw_them(tmp_path: Path) -> None:
    options = [{"id": 1, "text": "Travel"}, {"id": 2, "text": "Price"}]
    rows = [_row(options=options, accept=found) for found in ([1], [1, 2], [])]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("label") == ['["Travel"]', '["Travel", "Price"]']
    assert table.left_out == {"no category was chosen": (3,)}


def test_marks_of_rejected_texts_are_not_learned(tmp_path: Path) -> None:
    mark = {"start": 0, "end": 4, "token_start": 0, "token_end": 0, "label": "WHO"}
    tokens = [{"text": "Anna", "start": 0, "end": 4, "id": 0}]
    rows = [_row(a, spans=[mark], tokens=tokens) for a in ("accept", "reject")]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("fields") == ['{"WHO": ["Anna"]}']
    assert table.left_out == {"rejected by the annotator": (2,)}
    assert guessing.guess_task(table).task == "extraction"


def test_typed_answers_are_answers(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, [_row(user_input="By boat.")] * 3)
    roles = guessing.guess_all_roles(table, guessing.guess_task(table).task)
    assert roles == {"prompt": "text", "response": "user_input"}


def test_a_quiz_with_answers_of_its_own_is_no_export(tmp_path: Path) -> None:
    rows = [{"text": f"Do you {n}?", "answer": "accept", "label": "x"} for n in range(5)]
    assert two_ways.of_rows(tmp_path, rows).left_out == {}
