"""Spreadsheets: XLSX, XLS, XLSB and ODS, with their cells as a person sees them.

Values are read first; what number formats make of them comes from `cell_formats`. The cells of XLSB
are shown without formats, as are numbers that have none: with up to 15 digits, more than fit in a
cell of usual width. A formula's error (#N/A) is an empty cell.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from workbench.core.errors import WorkbenchError
from workbench.data.readers.cell_formats import entities, ods, xls, xlsx
from workbench.data.readers.cell_formats.bare import format_cell
from workbench.data.readers.cell_formats.patches import Patch, apply_patches
from workbench.data.readers.kinds import XLSX
from workbench.data.readers.table import ReadOptions, Table, check_width
from workbench.data.readers.tables import unseen
from workbench.data.readers.tables.grid import to_grid

_PLAIN = re.compile(r"[^\[{]{0,80} [^\[{]{0,80}")
"""What a parser says that is a few words, and no picture of its memory."""


def read(path: Path, name: str, options: ReadOptions) -> Table:
    """One sheet of a workbook: the chosen one, else the first that holds a table, or anything.

    Raises:
        WorkbenchError: it cannot be opened, or has no such sheet.
    """
    book = _open(path, name)
    names = tuple(book.sheet_names)
    areas = _Areas(book, path, name)
    sheet = _choose(areas, options.sheet, name)
    area = areas.of(sheet)
    check_width(area.width, f"Sheet '{sheet}' of {name}")
    label = name if len(names) == 1 else f"Sheet '{sheet}' of {name}"
    left = area.start[1] if area.start else 0
    values = ([format_cell(cell) for cell in row] for row in area.iter_rows())
    rows = apply_patches(values, _looks(path, sheet), left)
    merged = tall(area.merged_cell_ranges or (), left)
    grid = to_grid(fill_down(rows, merged), options.header_row, label, is_sheet=True)
    resolved = ReadOptions(header_row=grid.header_row, sheet=sheet)
    return Table(
        name,
        grid.data,
        grid.row_numbers,
        XLSX,
        resolved,
        sheets=names,
        notes=(*grid.notes, *unseen.notes(path, sheet)),
        left_out=grid.left_out,
    )


def titles(path: Path, name: str) -> tuple[str, ...]:
    """The names of a workbook's sheets.

    Raises:
        WorkbenchError: it cannot be opened.
    """
    return tuple(_open(path, name).sheet_names)


def _open(path: Path, name: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except OSError as error:
        if error.errno:
            raise
        raise _broken(path, name, error) from None  # it breaks off
    except PasswordError:
        raise WorkbenchError(
            f"{name} is protected by a password: remove the protection and save it again."
        ) from None
    except CalamineError as error:
        raise _broken(path, name, error) from None


@dataclass(frozen=True)
class _Areas:
    """The sheets of a workbook, each with the cells that are not empty."""

    book: CalamineWorkbook
    path: Path
    name: str

    def of(self, title: str) -> CalamineSheet:
        """The cells of a sheet.

        Raises:
            WorkbenchError: they cannot be read.
        """
        try:
            return self.book.get_sheet_by_name(title)
        except CalamineError as error:
            raise _broken(self.path, self.name, error, title) from None


def _broken(path: Path, name: str, error: Exception, sheet: str = "") -> WorkbenchError:
    """What to say of a workbook, or of one of its sheets, that cannot be read to its end."""
    place = f"sheet '{sheet}' of {name}" if sheet else name
    said = f" ({error})" if _PLAIN.fullmatch(str(error)) else ""
    why = f"{place} cannot be opened as a spreadsheet{said}"
    if "entity" in str(error) and (found := entities.first_in(path, sheet)):
        place = f"row {found.row:,} of {place}" if found.row else place
        why = f"{place} refers to '&{found.entity};', an entity of its own, which is not read here"
    if place != name:
        why = why[0].upper() + why[1:]
    return WorkbenchError(f"{why}: open it in your spreadsheet program and save it again as XLSX.")


def _looks(path: Path, sheet: str) -> Iterator[Patch]:
    """The cells of a sheet that look different from their values."""
    if not zipfile.is_zipfile(path):
        return xls.render_cells(path, sheet)
    with zipfile.ZipFile(path) as archive:
        is_open_document = "content.xml" in archive.namelist()
    return (
        ods.render_cells(path, sheet)
        if is_open_document
        else xlsx.render_cells(path, sheet, xlsx.looks(path))
    )


_FEWEST_ROWS = 10


def _choose(found: _Areas, wanted: str, name: str) -> str:
    titles = found.book.sheet_names
    if wanted:
        if wanted not in titles:
            raise WorkbenchError(
                f"{name} has no sheet '{wanted}': choose one of {', '.join(titles)}."
            )
        return wanted
    areas = {title: found.of(title) for title in titles}
    for title, area in areas.items():
        if area.height >= _FEWEST_ROWS and area.width > 1:
            return title  # not a cover sheet with a few remarks
    for title, area in areas.items():
        if area.height:
            return title
    raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")


Tall = dict[int, list[tuple[int, int]]]
"""First row → column and last row of each cell that begins there and spans several rows; from 0."""


def tall(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], left: int = 0) -> Tall:
    """Of merged cells (first and last row and column) those that span several rows.

    Args:
        left: the column that the rows begin with.
    """
    found: Tall = {}
    for (top, column), (bottom, _) in ranges:
        if bottom > top and column >= left:
            found.setdefault(top, []).append((column - left, bottom))
    return found


def fill_down(rows: Iterable[list[str]], merged: Tall) -> Iterator[list[str]]:
    """The rows; what stands in a cell that spans several rows stands in each of them."""
    standing: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        for column, (bottom, text) in list(standing.items()):
            if number > bottom:
                del standing[column]
            elif any(row):
                row += [""] * (column + 1 - len(row))
                row[column] = row[column] or text
        for column, bottom in merged.get(number, ()):
            if column < len(row) and row[column]:
                standing[column] = (bottom, row[column])
        yield row
