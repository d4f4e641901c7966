"""The looks of the cells of an XLS workbook (Excel 97 to 2003), with the help of xlrd."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.data.readers.cell_formats.looks import Look, look_of
from workbench.data.readers.cell_formats.patches import Patch, Shown

LARGEST_BYTES = 16 << 20
"""Of a larger file only the values are read, since xlrd would hold up the page for seconds."""
_STUMBLES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    struct.error,
)
"""What xlrd meets, beside its own errors, in a file that does not keep to the format."""
_OF_THE_REGION = (14, 22)
_NUMBER, _DATE, _TEXT = 2, 3, 1


def render_cells(path: Path, sheet: str) -> Iterator[Patch]:
    """The cells of a sheet that a number format changes; none where xlrd cannot read the file."""
    if path.stat().st_size > LARGEST_BYTES:
        return
    import xlrd
    from xlrd.compdoc import CompDocError

    try:
        yield from _patches(path, sheet)
    except (xlrd.XLRDError, CompDocError, *_STUMBLES):
        return


def _patches(path: Path, sheet: str) -> Iterator[Patch]:
    import xlrd

    with xlrd.open_workbook(
        str(path), logfile=io.StringIO(), on_demand=True, formatting_info=True, ragged_rows=True
    ) as book:
        looks = _looks(book)
        if not looks:
            return
        page = book.sheet_by_name(sheet)
        for number in range(page.nrows):
            cells: dict[int, Shown] = {}
            for column, cell in enumerate(page.row(number)):
                look = looks.get(cell.xf_index)
                if look is None:
                    continue
                if cell.ctype in (_NUMBER, _DATE):
                    cells[column] = look.number(cell.value)
                elif cell.ctype == _TEXT and look.shapes_text:
                    cells[column] = look.text
            if cells:
                yield number, cells


def _looks(book: Any) -> dict[int, Look]:
    """By the number of a cell's style the looks of those that change what is shown."""
    codes = [
        "" if xf.format_key in _OF_THE_REGION else book.format_map[xf.format_key].format_str
        for xf in book.xf_list
    ]
    known = {code: look_of(code, bool(book.datemode)) for code in dict.fromkeys(codes)}
    return {number: look for number, code in enumerate(codes) if (look := known[code])}
