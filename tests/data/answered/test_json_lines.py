"""Answers in JSON lines and lists: new keys, all else as it was."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import AnswerColumn, Written
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions, read_table


def answer(path: Path, columns: Sequence[AnswerColumn] | None = None) -> tuple[Path, Written]:
    """Answer each row, and see that the old columns read as they did."""
    table = read_table(path)
    numbers = table.row_numbers.to_pylist()
    columns = columns or [AnswerColumn("answer", {n: f"about {n}" for n in numbers})]
    out = path.with_name(f"out{path.suffix}")
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    again = read_table(out, path.name, written.options)
    assert again.row_numbers.to_pylist() == numbers
    for name in table.columns:
        assert again.cells(name) == table.cells(name)
    return out, written


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_keys_stand_at_the_end_of_each_object(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "in.jsonl"
    lines = [
        json.dumps({"text": f"Größe {n}", "a": {"b": "}"}}, ensure_ascii=False) for n in range(10)
    ]
    lines[3:3] = ["", '{"text":"tight","a":null} ,']
    path.write_bytes((mark + end.join(lines)).encode())
    out, written = answer(path)
    new = out.read_bytes().decode().split(end)
    assert new[0] == f'{mark}{{"text": "Größe 0", "a": {{"b": "}}"}}, "answer": "about 1"}}'
    assert new[3:5] == ["", '{"text":"tight","a":null,"answer":"about 5"} ,']
    assert (written.titles, written.rows) == (("answer",), 11)


def test_values_and_titles(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f'{{"text": "t {n}", "Answer": 1}}\n' for n in range(10)) + "{}\n")
    columns = [
        AnswerColumn("answer", {1: 'a "b"\n\ud800', 2: None, 11: "x"}),
        AnswerColumn("sure", {1: 0.5, 2: True, 3: float("nan")}),
    ]
    out, written = answer(path, columns)
    assert written.titles == ("answer (2)", "sure")
    lines = out.read_text("utf-8").split("\n")
    assert json.loads(lines[0]) == {
        "text": "t 0",
        "Answer": 1,
        "answer (2)": 'a "b"\n\ufffd\ufffd\ufffd',
        "sure": 0.5,
    }
    assert lines[1] == '{"text": "t 1", "Answer": 1, "answer (2)": null, "sure": true}'
    assert lines[3] == '{"text": "t 3", "Answer": 1}'
    assert lines[10] == '{"answer (2)": "x", "sure": null}'


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_keeps_its_form(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "in.json"
    rows = [{"text": f"t {n}", "tags": ["x"]} for n in range(10)]
    path.write_text(json.dumps(rows, indent=indent) + "\n")
    out, _ = answer(path)
    for number, row in enumerate(rows, 1):
        row["answer"] = f"about {number}"
    assert out.read_text() == json.dumps(rows, indent=indent) + "\n"


def test_one_object_around_the_rows_gets_no_answers(tmp_path: Path) -> None:
    """In one line it looks like a line of JSON lines."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"rows": [{"text": "a"}]}\n')
    columns = [AnswerColumn("answer", {1: "x"})]
    for kind in ("jsonl", "json"):
        with pytest.raises(WorkbenchError, match="no list of objects"):
            write_answers(path, path, kind=kind, options=ReadOptions("utf-8"), columns=columns)
    assert path.read_text() == '{"rows": [{"text": "a"}]}\n'


@pytest.mark.parametrize("content", ['{"rows": [{"text": "a"}, {"text": "b"}]}', '["a", "b"]'])
def test_what_holds_no_objects_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "in.json"
    path.write_text(content)
    with pytest.raises(WorkbenchError, match="Answers cannot be put into in"):
        answer(path)
    assert not list(tmp_path.glob("*out*"))
