"""A table is known quickly for one about which there is nothing to ask."""

import pyarrow as pa
import pytest

from workbench.data.asking.simple import is_simple
from workbench.data.readers.table import Table

TEXTS = [f"The {n}. ferry was late, and nobody said a word; not even the mate | the crew." for n in range(20)]  # fmt: skip


def _table(**columns: list[str | None]) -> Table:
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    return Table("a.csv", data, pa.array(range(20), pa.int64()), "csv")


def test_texts_categories_numbers_and_names_are_simple() -> None:
    names = [f"Holm, Anna {n}" for n in range(20)]
    flags = ["yes", "no"] * 10
    nothing: list[str | None] = [None] * 20
    table = _table(text=TEXTS, label=["a", "b"] * 10, who=names, vip=flags, empty=nothing)
    assert is_simple(table)


@pytest.mark.parametrize(
    "columns",
    [
        {"label": ["a, b", "a"] * 10},
        {"label": [*["a"] * 19, " [1]"]},
        {"label": [*["a"] * 19, '{"a": 1}']},
        {"x": ["0", "1"] * 10, "y": ["1", "0"] * 10, "z": ["1", None] * 10},
    ],
)
def test_lists_separators_and_flags_are_not(columns: dict[str, list[str | None]]) -> None:
    assert not is_simple(_table(text=[*TEXTS], **columns))
