"""The looks of an XLSX workbook's cells, read from its styles and beside a sheet's values.

Where no style changes what is shown, the sheet is not read at all. XLSB keeps the same in binary
records, and its cells are shown without formats.
"""

import itertools
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.data.readers.cell_formats import xml_stream
from workbench.data.readers.cell_formats.looks import Look, look_of
from workbench.data.readers.cell_formats.patches import Patch, Shown
from workbench.data.readers.cell_formats.xml_stream import NotPlain, local

_BOOK, _RELATIONS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_USD = '_($* #,##0{0}_);_($* (#,##0{0});_($* "-"{1}_);_(@_)'
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: "$#,##0_);($#,##0)", 6: "$#,##0_);[Red]($#,##0)",
    7: "$#,##0.00_);($#,##0.00)", 8: "$#,##0.00_);[Red]($#,##0.00)",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: _USD.format("", "").replace("$", ""), 42: _USD.format("", ""),
    43: _USD.format(".00", "??").replace("$", ""), 44: _USD.format(".00", "??"),
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
"""The codes that files name by a number only (ECMA-376, part 1, 18.8.30)."""
_OF_THE_REGION = (14, 22)
"""A date, and one with a time, that look as the machine's region has them."""
_MOST_STYLES, _MOST_CODES = 65_536, 1000
"""More than a spreadsheet program takes."""
_LONGEST_STYLE = 40
"""Bytes of the attribute that names a style."""
_LONGEST_NAME = 4
"""Letters of a column's name, with one more than there can be."""
_TEXTS = ("s", "str", "inlineStr")


def looks(path: Path) -> dict[int, Look]:
    """By the number of a cell's style the looks of those that change what is shown."""
    try:
        epoch = next((a for name, a in _elements(path, _BOOK) if name == "workbookPr"), {})
        is_1904 = epoch.get("date1904") in ("1", "true")
        codes = list(itertools.islice(_codes(path), _MOST_STYLES))
    except (NotPlain, ValueError):
        return {}
    known = {code: look_of(code, is_1904) for code in dict.fromkeys(codes)}
    return {style: look for style, code in enumerate(codes) if (look := known[code])}


def render_cells(path: Path, sheet: str, found: dict[int, Look]) -> Iterator[Patch]:
    """The cells of a sheet that a look changes."""
    if not found:
        return
    try:
        part = part_of(path, sheet)
        if _uses(path, part, found):
            yield from _Cells(found).of(path, part)
    except NotPlain:
        return


def _elements(path: Path, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    return xml_stream.elements(path, part) if zipfile.is_zipfile(path) else iter(())


def _codes(path: Path) -> Iterator[str]:
    """The code of each style that cells can have, "" where it changes nothing."""
    own: dict[int, str] = {}
    inside = ""
    for name, attributes in _elements(path, _STYLES):
        if name == "numFmt":
            if len(own) < _MOST_CODES:
                own[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name
        elif name == "xf" and inside == "cellXfs":
            number = int(attributes.get("numFmtId", 0))
            code = own.get(number, _BUILT_IN.get(number, ""))
            yield "" if number in _OF_THE_REGION else code


def part_of(path: Path, sheet: str) -> str:
    """Where the sheet's cells are.

    Raises:
        NotPlain: the workbook does not say so.
    """
    relation = ""
    for name, attributes in _elements(path, _BOOK):
        if name == "sheet" and attributes.get("name") == sheet:
            ids = [value for key, value in attributes.items() if local(key) == "id"]
            relation = ids[0] if ids else ""
    for name, attributes in _elements(path, _RELATIONS):
        if name == "Relationship" and attributes.get("Id") == relation:
            target = attributes.get("Target", "").replace("\\", "/")
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    raise NotPlain("the sheet is nowhere")


def _uses(path: Path, part: str, found: dict[int, Look]) -> bool:
    """Whether there may be a cell with such a look: soon told, and parsing takes long."""
    styles = "|".join(map(str, found))
    wanted = re.compile(rf"""\ss\s*=\s*["']({styles})["']""".encode())
    held = b""
    for chunk in xml_stream.chunks(path, part):
        held = held[-_LONGEST_STYLE:] + chunk
        if wanted.search(held):
            return True
    return False


class _Cells:
    """Listens to the elements of a sheet."""

    def __init__(self, found: dict[int, Look]) -> None:
        self._looks = {str(style): look for style, look in found.items()}
        self._parser: Any = xml_stream.parser()
        self._parser.StartElementHandler = self._begin
        self._cell = self._value = self._line = ""
        self._rows: list[Patch] = []
        self._row: dict[int, Shown] = {}
        self._number = self._column = -1
        self._look: Look | None = None
        self._text = ""
        self._columns: dict[str, int] = {}

    def of(self, path: Path, part: str) -> Iterator[Patch]:
        for _ in xml_stream.feed(path, part, self._parser):
            rows, self._rows = self._rows, []
            yield from rows
        self._end_row()
        yield from self._rows

    def _begin(self, name: str, _: dict[str, str]) -> None:
        """The outermost element says which prefix all have, if any."""
        prefix = name.removesuffix(local(name))
        self._cell, self._value, self._line = f"{prefix}c", f"{prefix}v", f"{prefix}row"
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._cell:
            if self._look is not None:
                self._end_cell()
            place = attributes.get("r")
            self._column = self._column_of(place) if place else self._column + 1
            look = self._looks.get(attributes.get("s", ""))
            if look is not None:
                self._begin_cell(look, attributes.get("t", "n"))
        elif name == self._value:
            if self._look is not None:
                self._parser.CharacterDataHandler = self._characters
        elif name == self._line:
            self._end_row()
            number = attributes.get("r", "")
            known = number.isdecimal() and len(number) < 10
            self._number = int(number) - 1 if known else self._number + 1
        elif self._look is not None:  # what stands behind the last row is none of its cells
            self._parser.CharacterDataHandler = None

    def _begin_cell(self, look: Look, kind: str) -> None:
        if kind == "n":
            self._look = look
        elif kind in _TEXTS and look.shapes_text:
            self._row[self._column] = look.text

    def _characters(self, text: str) -> None:
        self._text += text

    def _end_cell(self) -> None:
        if self._look is not None:
            value = _number(self._text)
            if value is not None:
                self._row[self._column] = self._look.number(value)
            self._text = ""
            self._look = None
            self._parser.CharacterDataHandler = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            self._rows.append((self._number, self._row))
            self._row = {}
        self._column = -1

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters[:_LONGEST_NAME].upper():
                column = column * 26 + ord(letter) - 64
            column = self._columns[letters] = column - 1
        return column


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
