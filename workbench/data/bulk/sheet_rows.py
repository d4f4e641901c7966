"""Large XLSX workbooks, row by row."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.data.bulk.sink import MeteredSink
from workbench.data.readers.cell_formats import xlsx
from workbench.data.readers.cell_formats.bare import format_cell
from workbench.data.readers.cell_formats.looks import Look
from workbench.data.readers.kinds import XLSX
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.table_file import empty
from workbench.data.readers.tables import unseen
from workbench.data.readers.tables.grid import to_grid
from workbench.data.readers.tables.sheets import fill_down, tall

LARGEST_TEXTS = 100 << 20
"""Bytes of the texts that a workbook's cells share; they have to be held in memory."""
_TEXTS = "xl/sharedStrings.xml"
_CHUNK = 1 << 20
_BROKEN = (KeyError, ValueError, TypeError, AttributeError, OverflowError)
"""What openpyxl stumbles over in a file that does not keep to the format."""
_LONGEST_TAG = 200
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


def read(path: Path, name: str, options: ReadOptions, sink: MeteredSink) -> Table:
    """One sheet of a workbook: the chosen one, else the first that holds anything.

    Raises:
        WorkbenchError: it cannot be opened, has no such sheet, or is too large for a workbook.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _check(path, name)
    try:
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, True, data_only=True, keep_links=False)
            return _read(book, path, name, options, sink)
    except (InvalidFileException, *_BROKEN, zipfile.BadZipFile) as error:
        raise WorkbenchError(
            f"{name} cannot be opened as a spreadsheet ({error}): open it in your spreadsheet "
            "program and save it again as XLSX."
        ) from None


def _read(book: Any, path: Path, name: str, options: ReadOptions, sink: MeteredSink) -> Table:
    sheet = _choose(book, options.sheet, name)
    titles = tuple(book.sheetnames)
    label = name if len(titles) == 1 else f"Sheet '{sheet.title}' of {name}"
    looks = xlsx.looks(path)
    for style in looks:  # what such a style shows is made of the bare number
        book._date_formats.discard(style)
        book._timedelta_formats.discard(style)
    rows = fill_down(_rows(sheet, looks), tall(_merged_ranges(book, sheet)))
    grid = to_grid(rows, options.header_row, label, sink, is_sheet=True)
    resolved = ReadOptions(header_row=grid.header_row, sheet=sheet.title)
    return empty(
        name,
        XLSX,
        resolved,
        sheets=titles,
        notes=(*grid.notes, *unseen.notes(path, sheet.title)),
        left_out=grid.left_out,
    )


def _check(path: Path, name: str) -> None:
    fix = "save the sheet as CSV, and choose that"
    if not zipfile.is_zipfile(path):
        raise WorkbenchError(
            f"{name} has {size(path.stat().st_size)}, which is too much for a workbook of an old "
            f"kind: {fix}."
        )
    with zipfile.ZipFile(path) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
    if "xl/workbook.xml" not in sizes:
        raise WorkbenchError(f"{name} is too large for a workbook of its kind: {fix}.")
    if sizes.get(_TEXTS, 0) > LARGEST_TEXTS:
        raise WorkbenchError(
            f"{name} holds {size(sizes[_TEXTS])} of text, which is too much for a workbook: {fix}."
        )


def _choose(book: Any, wanted: str, name: str) -> Any:
    titles = book.sheetnames
    if wanted and wanted not in titles:
        raise WorkbenchError(f"{name} has no sheet '{wanted}': choose one of {', '.join(titles)}.")
    for title in [wanted] if wanted else titles:
        sheet = book[title]
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
            if wanted or any(any(row) for row in sheet.iter_rows(max_row=50, values_only=True)):
                return sheet
    raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")


def _merged_ranges(book: Any, sheet: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The merged cells, which stand behind all others: first and last row and column, from 0."""
    from openpyxl.utils.cell import range_boundaries

    held = b""
    with book._archive.open(sheet._worksheet_path) as stream:
        while chunk := stream.read(_CHUNK):
            held = held[-_LONGEST_TAG:] + chunk
            for match in _MERGED.finditer(held):
                left, top, right, bottom = range_boundaries(match[1].decode())
                yield (top - 1, left - 1), (bottom - 1, right - 1)
            held = held[held.rfind(b"<") :]


def _rows(sheet: Any, looks: dict[int, Look]) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield ["" if cell.value is None else _format_cell(cell, looks) for cell in row]


def _format_cell(cell: Any, looks: dict[int, Look]) -> str:
    """What a cell that is not empty shows; nothing for the error of a formula."""
    value, look = cell.value, looks.get(cell._style_id)
    if cell.data_type == "e":
        return ""
    if look is None or isinstance(value, bool):
        return format_cell(value)
    if isinstance(value, str):
        return look.text(value)
    return look.number(float(value)) if isinstance(value, int | float) else format_cell(value)
