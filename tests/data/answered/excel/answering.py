"""Answers into workbooks of the tests, and what is read back of them."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tests.helpers import patched
from workbench.data.answered.columns import AnswerColumn, Written, column_of
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions, Table, read_table

SHEET = "xl/worksheets/sheet1.xml"
TABLE = (
    '<table xmlns="{}" id="1" name="T" displayName="T" ref="A1:B{}"{}><autoFilter ref="A1:B11"/>'
    '<tableColumns count="2"><tableColumn id="3" name="text"/><tableColumn id="7" name="label"/>'
    "</tableColumns></table>"
)


def columns_for(table: Table) -> list[AnswerColumn]:
    numbers = table.row_numbers.to_pylist()
    return [
        AnswerColumn("Answer", {n: f"about {n}" for n in numbers}),
        AnswerColumn("How sure", dict.fromkeys(numbers, 0.25), is_share=True),
    ]


def answer(
    path: Path,
    *,
    options: ReadOptions | None = None,
    columns: Sequence[AnswerColumn] | None = None,
    others: Sequence[str] = (),
) -> tuple[Path, Written, bytes]:
    """Answer a workbook, and see that nothing but the new cells is new.

    Args:
        others: parts that may change beside the sheet and the styles.
    """
    table = read_table(path, options=options)
    columns = columns_for(table) if columns is None else columns
    out = path.with_name(f"out{path.suffix}")
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    changed = patched.changed_parts(path, out)
    assert set(changed) <= {SHEET, "xl/styles.xml", *others}
    old, new = patched.part(path, SHEET), patched.part(out, SHEET)
    first = column_of(written.first_column)
    assert patched.without_new(new, first) == patched.without_new(old, first)
    assert patched.widths(new, first, len(columns)) == patched.widths(old, first, len(columns))
    again = read_table(out, table.name, written.options)
    assert again.row_numbers.to_pylist() == table.row_numbers.to_pylist()
    for name in table.columns:
        assert again.cells(name) == table.cells(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(out)
    return out, written, new


def said(path: Path, written: Written) -> list[list[str | None]]:
    table = read_table(path, options=written.options)
    return [table.cells(title) for title in written.titles]


def written_rows(out: Path, written: Written) -> list[int]:
    numbers: list[int] = read_table(out, options=written.options).row_numbers.to_pylist()
    return numbers
