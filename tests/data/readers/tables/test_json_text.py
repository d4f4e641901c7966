"""JSON as people leave it is read where it is unambiguous, and its fault is placed where not."""

import json
from pathlib import Path

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.readers import read_table

OBJECTS = [{"ask": f"When does ferry {n} sail?", "say": f"At {n} sharp."} for n in range(12)]
PRETTY = [json.dumps(each, indent=2) for each in OBJECTS]
LINES = [json.dumps(each) for each in OBJECTS]

WAYS = {
    "one after another": ("a.json", "\n".join(PRETTY)),
    "one after another as lines": ("a.jsonl", "\n".join(PRETTY)),
    "with commas between": ("a.json", ",\n".join(PRETTY)),
    "without breaks": ("a.jsonl", "".join(LINES)),
    "two a line": ("a.jsonl", "\n".join(a + b for a, b in zip(LINES[::2], LINES[1::2], strict=True))),
    "commas at line ends": ("a.jsonl", ",\n".join(LINES) + ",\n"),
    "commas at line ends as json": ("a.json", ",\n".join(LINES) + ","),
    "a comma too many": ("a.json", "[" + ",\n".join(LINES) + ",\n]"),
    "a comma too many, pretty": ("a.json", "[\n" + ",\n".join(PRETTY) + ",\n]\n"),
    "with a mark": ("a.json", "\ufeff" + "\n".join(PRETTY)),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_is_unambiguous_is_read(tmp_path: Path, way: str) -> None:
    name, text = WAYS[way]
    (tmp_path / name).write_text(text, "utf-8")
    table = two_ways.read(tmp_path / name)
    assert table.cells("ask") == [each["ask"] for each in OBJECTS]
    assert table.cells("say") == [each["say"] for each in OBJECTS]


def test_numbers_that_are_none_are_empty(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": NaN, "b": "x"}\n{"a": -Infinity, "b": "y"}\n')
    table = two_ways.read(tmp_path / "a.jsonl")
    assert table.cells("a") == [None, None]
    assert table.cells("b") == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"a": "x"}\n{"a": "y"\n{"a": "z"}\n', "Line 2"),
        ('{\n "a": "x"\n}\n{\n "a" "y"\n}\n', "Line 5"),
        ('[{"a": "x"},\n{"a": "y"\n', "Line 3"),
        ('[{"a": "x"}\n{"a": "y"}] and more', "Line 2"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(WorkbenchError, match=f"{where} of a.json is not valid JSON"):
        read_table(tmp_path / "a.json")


def test_what_stands_beside_the_rows_is_said(tmp_path: Path) -> None:
    rows = [{"ask": "When?"}, {"ask": "Who?"}]
    about = {"version": 2, "licence": "", "authors": {"a": 1, "b": 2}, "rows": rows}
    (tmp_path / "a.json").write_text(json.dumps(about))
    table = read_table(tmp_path / "a.json")
    assert table.cells("ask") == ["When?", "Who?"]
    assert table.unused == {"version": 1, "authors": 2}
    (tmp_path / "b.json").write_text(json.dumps({"ask": ["When?", "Who?"], "say": ["a", "b"]}))
    assert read_table(tmp_path / "b.json").unused == {}
