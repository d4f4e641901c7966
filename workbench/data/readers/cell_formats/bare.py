"""Cells without a number format, as a person reads them."""

import datetime as dt
from typing import Any

from workbench.data.readers.cell_formats.moments import iso
from workbench.data.readers.cell_formats.numbers import general


def format_cell(cell: Any) -> str:
    """A cell as a person reads it: 1 rather than 1.0, a date without its midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return general(cell)
    if isinstance(cell, dt.datetime):
        return iso(cell)
    if isinstance(cell, dt.timedelta):
        return _duration(cell)
    return "" if cell is None else str(cell)


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(abs(round(value.total_seconds())), 60)
    sign = "-" if value < dt.timedelta() else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
