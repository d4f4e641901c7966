"""The texts that an OpenDocument spreadsheet keeps beside the values of its cells."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.data.readers.cell_formats import xml_stream
from workbench.data.readers.cell_formats.looks import tidy
from workbench.data.readers.cell_formats.moments import is_clear
from workbench.data.readers.cell_formats.patches import Patch, Shown
from workbench.data.readers.cell_formats.xml_stream import NotPlain

_TABLE, _ROW = "table:table", "table:table-row"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ERROR = "error"
_NUMBERS = ("float", "percentage", "currency", "time", "date", _ERROR)
_LAST_COLUMN, _MOST_ROWS = 16_384, 1 << 20


def render_cells(path: Path, sheet: str) -> Iterator[Patch]:
    """The cells of a sheet that hold numbers, dates and times, as they look, and errors as empty.

    A date whose look might be misread is left out (see `moments`), and a number that did not fit
    into its cell (###).
    """
    try:
        for row, times, cells in _Cells(sheet).of(path):
            yield from ((row + again, cells) for again in range(times))
    except NotPlain:
        return


class _Cells:
    """Listens to the elements of the document."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._parser: Any = xml_stream.parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._rows: list[tuple[int, int, dict[int, Shown]]] = []
        self._row: dict[int, Shown] = {}
        self._tables = self._number = self._column = self._times = self._repeated = 0
        self._is_wanted = False
        self._kind = self._date = ""
        self._within: list[str] = []
        self._lines: list[str] = []

    def of(self, path: Path) -> Iterator[tuple[int, int, dict[int, Shown]]]:
        for _ in xml_stream.feed(path, "content.xml", self._parser):
            rows, self._rows = self._rows, []
            yield from rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _TABLE:
            self._tables += 1
            if self._tables == 1:
                self._is_wanted = attributes.get("table:name") == self._sheet
                self._number = 0
        elif not self._is_wanted or self._tables > 1:
            return
        elif self._kind:
            self._start_text(name)
        elif name in _CELLS:
            self._times = _count(attributes.get("table:number-columns-repeated"))
            kind = attributes.get("office:value-type", "")
            if attributes.get("calcext:value-type") == _ERROR:
                kind = _ERROR
            if kind in _NUMBERS and name == _CELLS[0]:
                self._kind, self._date = kind, attributes.get("office:date-value", "")
                self._within, self._lines = [], []
        elif name == _ROW:
            self._repeated = _count(attributes.get("table:number-rows-repeated"))
            self._column, self._row = 0, {}

    def _start_text(self, name: str) -> None:
        """Of what is in a cell the paragraphs count, and not those of its comment."""
        self._within.append(name)
        if self._within[0] != "text:p":
            return
        self._parser.CharacterDataHandler = self._characters
        if len(self._within) == 1:
            self._lines.append("")
        elif name in ("text:s", "text:tab"):
            self._lines[-1] += " "

    def _characters(self, text: str) -> None:
        self._lines[-1] += text

    def _end(self, name: str) -> None:
        if name == _TABLE:
            self._tables -= 1
            self._is_wanted = self._is_wanted and self._tables > 0
        elif not self._is_wanted or self._tables > 1:
            return
        elif self._kind and self._within:
            self._within.pop()
            if not self._within:
                self._parser.CharacterDataHandler = None
        elif name in _CELLS:
            self._end_cell()
        elif name == _ROW:
            if self._row:
                self._rows.append((self._number, min(self._repeated, _MOST_ROWS), self._row))
            self._number += self._repeated

    def _end_cell(self) -> None:
        first, self._column = self._column, self._column + self._times
        if self._kind:
            text = "" if self._kind == _ERROR else tidy("\n".join(self._lines))
            is_shown = bool(text.strip("#")) or self._kind == _ERROR
            if is_shown and (self._kind != "date" or _is_clear(text, self._date)):
                for column in range(first, min(self._column, _LAST_COLUMN)):
                    self._row[column] = text
            self._kind = ""


@lru_cache(maxsize=2048)
def _is_clear(text: str, value: str) -> bool:
    try:
        return is_clear(text, dt.date.fromisoformat(value[:10]))
    except ValueError:
        return False


def _count(repeated: str | None) -> int:
    return int(repeated) if repeated and repeated.isdecimal() and len(repeated) < 10 else 1
