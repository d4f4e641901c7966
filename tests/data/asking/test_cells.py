"""What is neither text nor category is asked about, and read as it was answered."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.asking import cells
from workbench.data.asking.answers import check_answered, is_open
from workbench.data.columns import guessing
from workbench.data.readers import Table, read_table

TEXTS = [f"The {n}. ferry to Holm was late again, and nobody said a word." for n in range(12)]


def _notes(n: int) -> list[dict[str, Any]]:
    return [{"body": f"Note {n} of the mate on board, in full.", "page": 1}, {"body": "And more."}]


def _names(table: Table) -> list[str]:
    assert table.question is not None
    return [choice.name for choice in table.question.choices]


def _task(table: Table) -> tuple[str, dict[str, str]]:
    task = guessing.guess_task(table).task
    return task, guessing.guess_all_roles(table, task)


def test_a_list_of_objects_alone_may_be_rows(tmp_path: Path) -> None:
    rows = [{"notes": _notes(n), "ship": "Anna"} for n in range(12)]
    table = two_ways.of_rows(tmp_path, rows)
    assert is_open(table)
    assert _names(table) == ["items", "text"]
    items = two_ways.of_rows(tmp_path, rows, choice="items")
    assert items.columns == ["body", "page", "ship"]
    assert items.cells("body")[:2] == ["Note 0 of the mate on board, in full.", "And more."]
    assert items.cells("ship") == ["Anna"] * 24
    assert _task(items) == ("language-modelling", {"text": "body"})
    text = two_ways.of_rows(tmp_path, rows, choice="text")
    assert _task(text) == ("language-modelling", {"text": "notes"})


def test_an_unknown_nested_file_is_never_a_task_by_itself(tmp_path: Path) -> None:
    rows = [
        {"doc": {"body": text, "page": 1}, "marks": [{"at": [1, 2], "is": "x"}]} for text in TEXTS
    ]
    table = two_ways.of_rows(tmp_path, rows)
    assert is_open(table)
    with pytest.raises(WorkbenchError, match="has to be explained: 'doc' holds objects"):
        check_answered(table)
    chosen = two_ways.of_rows(tmp_path, rows, choice="doc.body")
    assert _task(chosen) == ("language-modelling", {"text": "doc.body"})
    assert chosen.cells("doc.body") == TEXTS


def test_what_stands_beside_a_text_may_be_its_fields_or_nothing(tmp_path: Path) -> None:
    rows = [{"text": text, "found": [{"what": f"ferry {n}"}, {}]} for n, text in enumerate(TEXTS)]
    table = two_ways.of_rows(tmp_path, rows)
    assert _names(table) == ["items", "fields", "text", "without"]
    fields = two_ways.of_rows(tmp_path, rows, choice="fields")
    assert _task(fields) == ("extraction", {"text": "text", "response": "found"})
    assert json.loads(fields.cells("found")[3] or "") == {"found": [{"what": "ferry 3"}, {}]}
    without = two_ways.of_rows(tmp_path, rows, choice="without")
    assert without.columns == ["text"]
    assert without.unused == {"found": 12}


def test_lists_in_the_cells_of_a_table_are_asked_about_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["message"])
        writer.writerows([[str([text, "Sorry."])] for text in TEXTS])
    assert is_open(two_ways.read(path))
    items = two_ways.read(path, "items")
    assert items.cells("message")[:2] == [TEXTS[0], "Sorry."]


def test_items_of_empty_lists_are_said(tmp_path: Path) -> None:
    rows = [{"notes": _notes(n) if n % 3 else []} for n in range(12)]
    items = two_ways.of_rows(tmp_path, rows, choice="items")
    assert items.left_out == {cells.EMPTY: (1, 4, 7, 10)}


KNOWN: dict[str, list[dict[str, Any]]] = {
    "fields": [{"text": text, "fields": {"ship": "ferry", "n": n}} for n, text in enumerate(TEXTS)],
    "a conversation": [
        {"messages": [{"role": "user", "content": t}, {"role": "assistant", "content": "So."}]}
        for t in TEXTS
    ],
    "a remark": [{"text": text, "meta": {"source": "log", "page": {"n": 1}}} for text in TEXTS],
    "a category": [
        {"text": text, "label": "ab"[n % 2], "history": [{"at": 1}]} for n, text in enumerate(TEXTS)
    ],
    "an answer": [
        {"question": text, "answer": f"{text} Indeed.", "sources": ["a", "b"]} for text in TEXTS
    ],
}


@pytest.mark.parametrize("beside", [{"name": "mate", "vip": True}, {}])
def test_objects_that_do_not_stand_in_the_text_are_no_fields_by_themselves(
    tmp_path: Path, beside: dict[str, Any]
) -> None:
    table = two_ways.of_rows(tmp_path, [{"text": text, "who": beside} for text in TEXTS])
    assert is_open(table)
    assert {"fields", "text", "without"} <= {*_names(table)}


def test_objects_that_stand_in_the_text_are_fields_whatever_they_are_called(tmp_path: Path) -> None:
    rows = [{"text": text, "who": {"no": str(n), "what": "ferry"}} for n, text in enumerate(TEXTS)]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.question is None
    assert _task(table) == ("extraction", {"text": "text", "response": "who"})


@pytest.mark.parametrize("form", KNOWN)
def test_what_is_understood_is_not_asked_about(tmp_path: Path, form: str) -> None:
    assert two_ways.of_rows(tmp_path, KNOWN[form]).question is None


def test_arrays_as_they_are_printed_are_lists(tmp_path: Path) -> None:
    path = tmp_path / "squad.csv"
    answers = "{'text': array(['late'], dtype=object), 'answer_start': array([26], dtype=int32)}"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["context", "question", "answers"])
        writer.writerows(
            [[text, f"How was it on day {n}?", answers] for n, text in enumerate(TEXTS)]
        )
    table = two_ways.read(path)
    assert table.cells("answer") == ["late"] * 12
    assert _task(table)[0] == "completion"


def test_several_choices_in_an_export_s_table_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "project.csv"
    topics = ["Late", '{"choices": ["Late", "Crew"]}'] * 6
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "id", "topic", "annotator", "annotation_id", "lead_time"])
        writer.writerows(
            [[text, 1, topic, 1, 2, 0.5] for text, topic in zip(TEXTS, topics, strict=True)]
        )
    table = two_ways.read(path)
    assert table.question is not None
    assert table.question.text.startswith("6 of 12 rows have several categories in 'topic'")
    assert "lead_time" not in table.columns
    single = two_ways.read(path, "single")
    assert single.cells("topic") == ["Late"] * 6
    assert single.unused == {"annotator": 12, "annotation_id": 12, "lead_time": 12}


def test_exports_in_tables_are_read_like_those_in_json(tmp_path: Path) -> None:
    path = tmp_path / "project.csv"
    marks = [{"start": 4, "end": 6, "text": "0.", "labels": ["NUMBER"]}]
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "id", "entity", "annotator", "annotation_id", "lead_time"])
        writer.writerows([[text, 1, json.dumps(marks), 1, 2, 0.5] for text in TEXTS])
    table = two_ways.read(path)
    assert _task(table) == ("extraction", {"text": "text", "response": "fields"})
    assert table.cells("fields")[0] == '{"NUMBER": ["0."]}'
    assert table.unused == {"annotator": 12, "annotation_id": 12, "lead_time": 12}
    assert read_table(path).kind == "csv"
