"""A table with its answers as a file of its own, for files that nothing can be added to."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.cells import MAX_CHARS, MAX_ROWS, harmless, typed
from workbench.core.progress import Progress
from workbench.data.answered.columns import AnswerColumn, Value, unique_titles
from workbench.data.readers import table_file

Row = list[Value]


def write_table(
    table: Path, folder: Path, columns: Sequence[AnswerColumn], progress: Progress
) -> tuple[Path, tuple[str, ...], int]:
    """Write the table that `convert` left in a folder, the columns of answers behind its own.

    A workbook where a sheet can hold it, else CSV.

    Args:
        folder: where the file goes; called answered.xlsx or answered.csv.
        progress: told the share that is done, 0 to 1.

    Returns:
        The file, the titles of the columns of answers, and how many rows have an answer.
    """
    names = table_file.columns_of(table)
    titles = unique_titles(columns, names)
    fits = table_file.rows_in(table) < MAX_ROWS and _longest(table, columns) <= MAX_CHARS
    write: Callable[[Path, list[str], Iterator[Row]], None] = _xlsx if fits else _csv
    target = folder / f"answered.{'xlsx' if fits else 'csv'}"
    write(target, [*names, *titles], _rows(table, columns, progress))
    return target, titles, len({row for column in columns for row in column.values})


def _longest(table: Path, columns: Sequence[AnswerColumn]) -> int:
    found = [len(text) for c in columns for text in c.values.values() if isinstance(text, str)]
    for part in table_file.parts(table):
        for column in part.columns:
            longest = pc.max(pc.utf8_length(column.cast(pa.large_string()))).as_py()
            found.append(longest or 0)
    return max(found, default=0)


def _rows(table: Path, columns: Sequence[AnswerColumn], progress: Progress) -> Iterator[Row]:
    done, whole = 0, max(1, table_file.rows_in(table))
    for part in table_file.read_parts(table, table_file.columns_of(table)):
        cells = [part.cells(name) for name in part.columns]
        for place, number in enumerate(part.row_numbers.to_pylist()):
            own = [column[place] for column in cells]
            yield [*own, *(column.values.get(number) for column in columns)]
        done += len(part)
        progress(done / whole)


def _csv(target: Path, header: list[str], rows: Iterator[Row]) -> None:
    """With a mark at its start, by which spreadsheets know the encoding."""
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(map(harmless, header))
        writer.writerows([harmless(cell) for cell in row] for row in rows)


def _xlsx(target: Path, header: list[str], rows: Iterator[Row]) -> None:
    """Every text is typed as text, so that none is a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    sheet.append([typed(sheet, name) for name in header])
    for row in rows:
        sheet.append([typed(sheet, cell) for cell in row])
    book.save(target)
