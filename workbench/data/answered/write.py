"""Puts answers into a copy of the user's file, whatever its kind."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.data.answered import json_lines, parquet, text_table
from workbench.data.answered.columns import AnswerColumn, Written
from workbench.data.answered.excel import workbook
from workbench.data.answered.opendocument import sheet
from workbench.data.readers.kinds import CSV, JSON, JSONL, PARQUET, TITLES, XLSX
from workbench.data.readers.table import ReadOptions
from workbench.data.readers.torn_zip import TORN_ZIP

_Write = Callable[[Path, Path, ReadOptions, Sequence[AnswerColumn]], Written]
_WRITERS: dict[str, _Write] = {
    CSV: text_table.write,
    "book": workbook.write,
    "ods": sheet.write,
    PARQUET: parquet.write,
    JSONL: json_lines.write_lines,
    JSON: json_lines.write_list,
}


def why_not(source: Path, kind: str) -> str:
    """Why answers cannot be put into the file itself, as a sentence; "" if they can.

    Args:
        kind: what the reader says that it is, a name of `kinds.TITLES`.
    """
    return "" if _form(source, kind) in _WRITERS else _refusal(source, kind)


def write_answers(
    source: Path,
    out: Path,
    *,
    kind: str,
    options: ReadOptions,
    columns: Sequence[AnswerColumn],
) -> Written:
    """Copy the file to `out`, whole or not at all, with new columns behind all others.

    Everything else in it stays as it is. Reading `out` with the options that come back gives what
    reading `source` gave, with the new columns.

    Args:
        kind: what the reader says that `source` is, a name of `kinds.TITLES`.
        options: how it was read, as the reader has filled them in (`Table.options`).
        columns: one or more; rows are numbered as `Table.row_numbers` has them.

    Raises:
        WorkbenchError: it is damaged, or of a kind that cannot be patched (see `why_not`).
    """
    form = _form(source, kind)
    if form not in _WRITERS:
        raise WorkbenchError(_refusal(source, kind))
    with whole_file(out) as part:
        return _WRITERS[form](source, part, options, columns)


def _form(source: Path, kind: str) -> str:
    """Of a spreadsheet which of the formats it is in; else the kind."""
    if kind != XLSX:
        return kind
    try:
        with zipfile.ZipFile(source) as archive:
            parts = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except TORN_ZIP:
        return "xls"
    if "content.xml" in parts:
        return "ods"
    return "xlsb" if any(part.endswith("workbook.bin") for part in parts) else "book"


_SAID = {
    "xls": "an old workbook (.xls)",
    "xlsb": "a binary workbook (.xlsb)",
}


def _refusal(source: Path, kind: str) -> str:
    what = _SAID.get(_form(source, kind), f"a file of kind '{TITLES.get(kind, kind)}'")
    return (
        f"Answers cannot be put into {what} itself, so they come as a workbook (XLSX) of its table; "
        "to keep everything that is in it, save it as .xlsx and choose that."
    )
