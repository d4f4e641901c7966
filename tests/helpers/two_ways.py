"""Reading a file as a small one and as a large one, which must come to the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.conversion_jobs import converted, table_in
from workbench.data.bulk import read_file
from workbench.data.readers import Table, read_table
from workbench.data.readers.table import ReadOptions


def read(path: Path, choice: str = "") -> Table:
    """The table in a file, after a look that a job makes the same of it."""
    small = read_table(path, options=ReadOptions(choice=choice))
    folder = path.with_name(f"{path.name}-{choice}.read")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_file, "SMALL_BYTES", 0)
        result = converted(path, folder, choice=choice)
    assert result["status"] == "succeeded", result["reason"]
    large = table_in(folder)
    assert large.data.to_pydict() == small.data.to_pydict()
    for part in ("row_numbers", "notes", "left_out", "unused", "meant", "question"):
        assert getattr(large, part) == getattr(small, part), part
    return small


def of_rows(folder: Path, rows: list[Any], name: str = "a.jsonl", choice: str = "") -> Table:
    """The table in a file of these objects, one a line or (by its name) in a list."""
    path = folder / name
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines if name.endswith("l") else json.dumps(rows), "utf-8")
    return read(path, choice)
