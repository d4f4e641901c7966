"""Answers in an OpenDocument spreadsheet (.ods): its content patched, all other parts copied.

Rows and cells that say the same are written once with a number (`number-rows-repeated`); they are cut
apart where answers differ. OpenDocument 1.3, part 3, 9.1 and 19.675.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import unescape

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import (
    AnswerColumn,
    Written,
    column_of,
    letters,
    unique_titles,
)
from workbench.data.answered.opendocument.cells import OdsCell, cells_of, count_of, repeated
from workbench.data.answered.opendocument.rows import OdsCells, drawn_to, last_used
from workbench.data.answered.package import Package
from workbench.data.answered.sheet_xml import Cutter, Gap, Row
from workbench.data.readers.table import ReadOptions

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_LAST = 16_384
_TABLE = re.compile(
    rb"""<table:table(?=\s)(?=[^>]*?\stable:name\s*=\s*("[^"]*"|'[^']*'))"""
    rb"""[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>"""
)
_COLUMN = re.compile(rb"<table:table-column(?=[\s/>])[^>]*?(?:/>|>\s*</table:table-column\s*>)")
_HIDDEN = re.compile(rb"""\stable:visibility\s*=\s*["'](?:collapse|filter)["']""")
_PROTECTED = re.compile(rb"""\stable:protected\s*=\s*["']true["']""")
_RANGE = re.compile(
    rb"""(<table:database-range\s[^>]*?table:target-range-address\s*=\s*["'])([^"']*|[^"]*)(["'])"""
)
_ADDRESS = re.compile(r"(.*)\.\$?([A-Z]{1,3})\$?(\d+):(.*\.)?(\$?)([A-Z]{1,3})(\$?\d+)")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


def write(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """The spreadsheet with new columns on one of its sheets.

    Raises:
        WorkbenchError: it is damaged or locked, or the sheet has no room for them.
    """
    with Package(source) as package:
        if b"encryption-data" in (package.read(_MANIFEST) if package.name_of(_MANIFEST) else b""):
            raise WorkbenchError(
                f"{source.name} is protected by a password: remove the protection and save it again."
            )
        patch = _patch(package, options, columns)
        with tempfile.TemporaryFile(dir=out.parent) as held:
            package.write(out, {_CONTENT: package.pack(_CONTENT, patch.content(), held)})
        notes = (*patch.cells.tally.notes(), *patch.notes())
    cells = patch.cells
    resolved = ReadOptions(header_row=options.header_row, sheet=options.sheet)
    return Written(tuple(cells.titles), letters(cells.first), cells.tally.rows, resolved, notes)


@dataclass
class _Seen:
    """What a first look at a sheet tells."""

    last: int = 0
    header: list[OdsCell] = field(default_factory=list)
    is_protected: bool = False


def _patch(package: Package, options: ReadOptions, columns: Sequence[AnswerColumn]) -> "_Patch":
    header_row = options.header_row or 0
    seen = _look(package, options.sheet, header_row)
    first = seen.last + 1
    if first + len(columns) - 1 > _LAST:
        raise WorkbenchError(
            f"Sheet '{options.sheet}' of {package.path.name} has no room for more columns: delete "
            "columns at its right end that do not matter."
        )
    titles = unique_titles(columns, [cell.text for cell in seen.header if cell.is_filled])
    cells = OdsCells(columns, titles, first, header_row, seen.header)
    return _Patch(package, options.sheet, cells, seen.is_protected)


def _look(package: Package, sheet: str, header_row: int) -> _Seen:
    seen, number = _Seen(), 1
    with package.open(_CONTENT) as stream:
        cutter = Cutter(stream, package.path.name)
        _, tag, _ = cutter.seek(_finder(sheet))
        seen.is_protected = bool(_PROTECTED.search(tag))
        for piece in cutter.rows(b"table:table-row", b"table:table"):
            reach = [column_of(name.decode()) for name in drawn_to(piece.raw)]
            if isinstance(piece, Row):
                reach.append(last_used(piece.body, seen.last))
                count = count_of(piece.tag)
                if number <= header_row < number + count:
                    seen.header = cells_of(piece.body)
                number += count
            seen.last = max([seen.last, *reach])
    return seen


def _finder(sheet: str) -> Callable[[bytes], re.Match[bytes] | None]:
    """Looks for the tag that begins the sheet."""

    def find(xml: bytes) -> re.Match[bytes] | None:
        return next(
            (found for found in _TABLE.finditer(xml) if sheet in ("", _name(found[1]))), None
        )

    return find


def _name(quoted: bytes) -> str:
    return unescape(quoted[1:-1].decode("utf-8", "replace"), _ENTITIES)


@dataclass
class _Patch:
    """What becomes of a spreadsheet."""

    package: Package
    sheet: str
    cells: OdsCells
    is_protected: bool

    def content(self) -> Iterator[bytes]:
        """The new content."""
        number, is_begin = 1, True
        with self.package.open(_CONTENT) as stream:
            cutter = Cutter(stream, self.package.path.name)
            before, tag, _ = cutter.seek(_finder(self.sheet))
            yield before + tag
            for piece in cutter.rows(b"table:table-row", b"table:table"):
                if isinstance(piece, Gap):
                    yield self._columns(piece.raw) if is_begin else piece.raw
                    is_begin = False
                    continue
                is_begin = False
                yield from self.cells.rows(piece, number)
                number += count_of(piece.tag)
            yield self._wider(cutter.tail().raw)

    def _columns(self, raw: bytes) -> bytes:
        """What stands before the first row, with as many columns as there are now, none hidden."""
        parts, place, column = [], 0, 1
        first, behind = self.cells.first, self.cells.first + len(self.cells.columns)
        for found in _COLUMN.finditer(raw):
            count = count_of(found[0])
            begin, end = max(first, column), min(behind, column + count)
            parts.append(raw[place : found.start()])
            if begin < end and _HIDDEN.search(found[0]):
                shown = repeated(_HIDDEN.sub(b"", found[0]), end - begin, b"columns")
                rest = ((found[0], begin - column), (shown, 1), (found[0], column + count - end))
                parts += [t if t is shown else repeated(t, n, b"columns") for t, n in rest if n > 0]
            else:
                parts.append(found[0])
            place, column = found.end(), column + count
        if parts and column < behind:
            parts.append(repeated(b"<table:table-column/>", behind - column, b"columns"))
        return b"".join([*parts, raw[place:]])

    def _wider(self, tail: bytes) -> bytes:
        """What stands behind the rows, with ranges that end beside the new columns made wider."""
        return _RANGE.sub(self._wider_range, tail)

    def _wider_range(self, found: re.Match[bytes]) -> bytes:
        address = self._address(found)
        if address is None or column_of(address[6]) != self.cells.first - 1:
            return found[0]
        right = letters(self.cells.first + len(self.cells.columns) - 1)
        text = unescape(found[2].decode(), _ENTITIES)
        new = text[: address.start(6)] + right + text[address.end(6) :]
        kept = found[2].decode()
        cut = len(text) - address.start(6)
        return found[1] + (kept[: len(kept) - cut] + new[address.start(6) :]).encode() + found[3]

    def _address(self, found: re.Match[bytes]) -> re.Match[str] | None:
        """The range of cells, if it is this sheet's and begins with the row of the names."""
        address = _ADDRESS.fullmatch(unescape(found[2].decode("utf-8", "replace"), _ENTITIES))
        if address is None or int(address[3]) != self.cells.header_row:
            return None
        name = address[1].removeprefix("$").strip("'").replace("''", "'")
        return address if name == self.sheet else None

    def notes(self) -> Iterator[str]:
        """Sentences on what the user has to know."""
        if self.package.name_of("META-INF/documentsignatures.xml"):
            yield "The file was signed; its signature is void, as after any change: sign it again."
        if self.is_protected:
            yield (
                f"Sheet '{self.sheet}' is protected, and the answers with it: lift the protection "
                "in your spreadsheet program to change them."
            )
        if not self.cells.header_row:
            yield "The table has no row with column names, so the new columns have none either."
