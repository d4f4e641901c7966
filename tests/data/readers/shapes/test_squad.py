"""Questions on texts, as SQuAD has them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.columns import guessing
from workbench.data.readers import Table, read_table
from workbench.data.readers.shapes import squad

TEXT = "The ferry to Holm sails at nine. A ticket is four crowns."


def _qa(question: str, *answers: str, **more: Any) -> dict[str, Any]:
    found = [{"text": text, "answer_start": TEXT.index(text)} for text in answers]
    return {"id": question[:5], "question": question, "answers": found, **more}


def _read(tmp_path: Path, value: Any) -> Table:
    path = tmp_path / "faq.json"
    path.write_text(json.dumps(value))
    return read_table(path)


def _set(*questions: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "v2.0",
        "data": [{"title": "Ferry", "paragraphs": [{"context": TEXT, "qas": list(questions)}]}],
    }


def test_each_question_is_a_row_and_the_unanswerable_are_said(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        _set(
            _qa("When does it sail?", "at nine", "nine", is_impossible=False),
            _qa("Who steers it?", is_impossible=True, plausible_answers=[{"text": "Holm"}]),
            _qa("What is a ticket?", "four crowns"),
        ),
    )
    assert table.cells("question") == ["When does it sail?", "What is a ticket?"]
    assert table.cells("answer") == ["at nine", "four crowns"]
    assert table.cells("context") == [TEXT, TEXT]
    assert table.row_numbers.to_pylist() == [1, 3]
    assert table.left_out == {squad.UNANSWERED: (2,)}
    assert table.unused == {"answers (further ones)": 1, "plausible_answers": 1}
    assert guessing.guess_task(table).task == "completion"
    roles = guessing.guess_all_roles(table, "completion")
    assert roles == {"prompt": "{context}\n\n{question}", "response": "answer"}


def test_rows_of_the_hub_have_the_same_columns(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "title": "Ferry", "context": TEXT, "question": "When?",
         "answers": {"text": ["at nine"], "answer_start": [24]}},
        {"id": "2", "title": "Ferry", "context": TEXT, "question": "Who?",
         "answers": {"text": [], "answer_start": []}},
    ]  # fmt: skip
    table = two_ways.of_rows(tmp_path, rows)
    assert table.columns == ["id", "title", "context", "question", "answer"]
    assert table.cells("answer") == ["at nine"]
    assert table.left_out == {squad.UNANSWERED: (2,)}


def test_articles_one_a_line_give_numbered_rows(tmp_path: Path) -> None:
    article = _set(_qa("When?", "at nine"), _qa("How much?", "four crowns"))["data"][0]
    table = two_ways.of_rows(tmp_path, [article, article])
    assert table.row_numbers.to_pylist() == [1, 2, 3, 4]
    assert "2 articles gave 4 rows" in " ".join(table.notes)


def test_a_set_without_any_answer_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"2 × question that its text does not answer"):
        _read(tmp_path, _set(_qa("Who?"), _qa("Why?")))


def test_data_that_is_no_set_of_questions_is_read_as_before(tmp_path: Path) -> None:
    table = _read(tmp_path, {"data": [{"text": "a"}, {"text": "b"}], "version": "1"})
    assert table.cells("text") == ["a", "b"]
