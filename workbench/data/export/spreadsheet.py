"""Tables as files that a spreadsheet opens, with formulas in the texts made harmless."""

import io

import pandas as pd

from workbench.core.cells import MAX_CHARS, MAX_ROWS, harmless, typed
from workbench.core.errors import WorkbenchError

CSV, XLSX = "csv", "xlsx"
MIME = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
        sheet.append([None if pd.isna(value) else typed(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _check_size(table: pd.DataFrame) -> None:
    if len(table) >= MAX_ROWS:
        raise WorkbenchError(
            f"The table has {len(table):,} rows and a sheet holds {MAX_ROWS - 1:,}: save it as CSV."
        )
    for column in table.columns:
        lengths = [len(value) if isinstance(value, str) else 0 for value in table[column]]
        if lengths and max(lengths) > MAX_CHARS:
            row = lengths.index(max(lengths)) + 2
            raise WorkbenchError(
                f"The cell in column '{column}', row {row} is longer than the {MAX_CHARS:,} "
                "characters that a sheet's cell holds: save the table as CSV."
            )
