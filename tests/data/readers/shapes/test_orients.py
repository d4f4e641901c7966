"""Tables in JSON as pandas writes them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers import two_ways
from workbench.data.readers import read_table

FRAME = pd.DataFrame({"ask": ["When?", "Who?", "Why?"], "say": ["Now.", None, "So."]})


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
@pytest.mark.parametrize("indent", [None, 2])
def test_every_orient_gives_the_table(tmp_path: Path, orient: str, indent: int | None) -> None:
    path = tmp_path / "a.json"
    FRAME.to_json(path, orient=orient, indent=indent)  # type: ignore[call-overload]
    table = two_ways.read(path)
    assert table.cells("ask") == list(FRAME["ask"])
    assert table.cells("say") == ["Now.", None, "So."]
    assert set(table.columns) <= {"ask", "say", "index"}


@pytest.mark.parametrize("orient", ["columns", "index"])
def test_few_rows_of_many_columns_are_not_turned_round(tmp_path: Path, orient: str) -> None:
    frame = pd.DataFrame({name: ["a", "b"] for name in ("ask", "say", "who", "when")})
    frame.to_json(tmp_path / "a.json", orient=orient)  # type: ignore[call-overload]
    table = read_table(tmp_path / "a.json")
    assert table.columns == ["ask", "say", "who", "when"]
    assert len(table) == 2


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_lists_of_cells_are_rows(tmp_path: Path, name: str) -> None:
    table = two_ways.of_rows(tmp_path, FRAME.to_numpy().tolist(), name)
    assert table.cells("Column 1") == list(FRAME["ask"])
    headed = [["ask", "score"], ["When does it sail today?", 1], ["Who is the captain?", 2]]
    table = two_ways.of_rows(tmp_path, headed, name)
    assert table.cells("ask") == ["When does it sail today?", "Who is the captain?"]
    assert table.row_numbers.to_pylist() == [2, 3]


def test_objects_by_name_are_rows_with_their_name(tmp_path: Path) -> None:
    frame = FRAME.set_axis(["first", "second", "third"])
    path = tmp_path / "a.json"
    frame.to_json(path, orient="index")
    table = read_table(path)
    assert table.cells("index") == ["first", "second", "third"]
    frame.to_json(path, orient="columns")
    assert read_table(path).cells("ask") == list(FRAME["ask"])


def test_the_parts_of_a_set_are_rows_with_the_name_of_their_part(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"train": [["When?", "time"]], "val": [], "oos_test": [["Hm", "x"]]})
    )
    table = read_table(path)
    assert table.cells("Column 2") == ["time", "x"]
    assert table.cells("split") == ["train", "oos_test"]
    path.write_text(json.dumps({"train": [{"ask": "When?"}], "test": [{"ask": "Who?"}]}))
    assert read_table(path).cells("ask") == ["When?", "Who?"]
