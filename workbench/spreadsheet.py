"""Tables as files that a spreadsheet opens, with formulas in the texts made harmless."""

import io
import re
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError

CSV, XLSX = "csv", "xlsx"
MIME = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_STARTS_FORMULA = re.compile(r"^[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?%?", re.IGNORECASE)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_CELL, _MAX_ROWS = 32_767, 1_048_575


def to_bytes(table: pd.DataFrame, kind: str) -> bytes:
    """The table as a file of this kind, csv or xlsx.

    Raises:
        WorkbenchError: it does not fit into a workbook, or there is no such kind.
    """
    if kind == CSV:
        return _csv(table)
    if kind == XLSX:
        return _xlsx(table)
    raise WorkbenchError(f"A table can be saved as csv or xlsx, not as '{kind}': choose one.")


def harmless(cell: object) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet would run as a formula.

    See OWASP, "CSV Injection". A plain number such as -5 stays as it is.
    """
    if not isinstance(cell, str) or not _STARTS_FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def _csv(table: pd.DataFrame) -> bytes:
    """Commas and UTF-8 with a mark at its start, by which spreadsheets know it."""
    safe = table.map(harmless).rename(columns=harmless)
    return str(safe.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def _xlsx(table: pd.DataFrame) -> bytes:
    """A workbook whose texts are typed as text, so that none is a formula."""
    from openpyxl import Workbook

    _check_size(table)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    for row in [list(table.columns), *table.itertuples(index=False, name=None)]:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return None if pd.isna(value) else value
    cell = WriteOnlyCell(sheet, _UNWRITABLE.sub("", value))
    cell.data_type = "s"
    cell.quotePrefix = bool(_STARTS_FORMULA.match(value))  # stays text when it is edited
    return cell


def _check_size(table: pd.DataFrame) -> None:
    if len(table) > _MAX_ROWS:
        raise WorkbenchError(
            f"The table has {len(table):,} rows and a sheet holds {_MAX_ROWS:,}: save it as CSV."
        )
    for column in table.columns:
        lengths = [len(value) if isinstance(value, str) else 0 for value in table[column]]
        if lengths and max(lengths) > _MAX_CELL:
            row = lengths.index(max(lengths)) + 2
            raise WorkbenchError(
                f"The cell in column '{column}', row {row} is longer than the {_MAX_CELL:,} "
                "characters that a sheet's cell holds: save the table as CSV."
            )
