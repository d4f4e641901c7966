"""Cells of an OpenDocument sheet as they stand in the XML: found, cut where they repeat, made."""

import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, unescape

from workbench.data.answered.columns import Tally, Value, shortened
from workbench.data.answered.sheet_xml import hidden
from workbench.data.readers.table import without_surrogates

_CELL = re.compile(
    rb"""<table:(covered-table-cell|table-cell)(?=[\s/>])[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>"""
)
_REPEATED = re.compile(
    rb"""\s+table:number-(?:columns|rows)-repeated\s*=\s*(?:"(\d{1,9})"|'(\d{1,9})')"""
)
_SPANNED = re.compile(rb"""\stable:number-columns-spanned\s*=\s*["'](\d{1,6})["']""")
_STYLE = re.compile(rb"""\stable:style-name\s*=\s*["']([^"']*)["']""")
_PARAGRAPH = re.compile(rb"<text:p(?=[\s/>])[^>]*?(?:/>|>(.*?)</text:p\s*>)", re.DOTALL)
_NOTE = re.compile(rb"<office:annotation(?=[\s>]).*?</office:annotation\s*>", re.DOTALL)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BLANKS = re.compile(r"^ +| +$| {2,}")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


@dataclass(frozen=True, slots=True)
class OdsCell:
    """One cell, or several that say the same beside each other."""

    column: int
    count: int
    raw: bytes
    is_filled: bool
    spans: int
    """Columns that it covers, if it is one of merged cells."""
    style: bytes
    gap: bytes = b""
    """What stands between it and the cell before: blanks, in files that people are to read."""

    @property
    def text(self) -> str:
        """What it says, a line for each paragraph; its comment is not part of it."""
        own = _NOTE.sub(b"", self.raw)
        return "\n".join(_plain(found[1] or b"") for found in _PARAGRAPH.finditer(own))

    @property
    def last(self) -> int:
        """The last column that it is in or covers."""
        return self.column + max(self.count, self.spans) - 1

    def part(self, begin: int, end: int) -> "OdsCell":
        """The cells of it from column `begin` to before `end`."""
        if begin <= self.column and self.column + self.count <= end:
            return self
        count = min(end, self.column + self.count) - max(begin, self.column)
        raw = repeated(self.raw, count, b"columns")
        gap = self.gap if begin <= self.column else b""
        return replace(self, column=max(begin, self.column), count=count, raw=raw, gap=gap)

    @property
    def written(self) -> bytes:
        """All of it as it stands in the row."""
        return self.gap + self.raw


def repeated(raw: bytes, count: int, what: bytes) -> bytes:
    """An element that stands for so many `rows` or `columns`."""
    end = raw.index(b">")
    found = _REPEATED.search(raw, 0, end)
    again = b' table:number-%b-repeated="%d"' % (what, count) if count > 1 else b""
    if found:
        return raw[: found.start()] + again + raw[found.end() :]
    place = re.match(rb"<[\w:.-]+", raw)
    at = place.end() if place else end
    return raw[:at] + again + raw[at:]


def count_of(tag: bytes) -> int:
    """For how many rows or columns an element stands."""
    found = _REPEATED.search(tag)
    return int(found[1] or found[2]) if found else 1


def cells_of(body: bytes) -> list[OdsCell]:
    """The cells of a row, in their order."""
    return list(_cells(body))


def _cells(body: bytes) -> Iterator[OdsCell]:
    plain, column, place = hidden(body), 1, 0
    for tag in _CELL.finditer(plain):
        if tag.start() < place:
            continue
        gap, place = body[place : tag.start()], tag.end()
        if not tag[0].endswith(b"/>"):
            close = plain.find(b"</table:" + tag[1], tag.end())
            place = plain.find(b">", close) + 1
        cell = _cell(column, tag[0], body[tag.start() : place], gap)
        yield cell
        column += cell.count


def _cell(column: int, tag: bytes, raw: bytes, gap: bytes) -> OdsCell:
    is_filled = len(raw) > len(tag) + len(b"</table:covered-table-cell>") or b":value-type" in tag
    spans = _SPANNED.search(tag) if b"-spanned" in tag else None
    style = _STYLE.search(tag)
    count = count_of(tag) if b"-repeated" in tag else 1
    return OdsCell(
        column,
        count,
        raw,
        is_filled,
        int(spans[1]) if spans else 1,
        style[1] if style else b"",
        gap,
    )


def _plain(content: bytes) -> str:
    return unescape(re.sub(rb"<[^>]*>", b"", content).decode("utf-8", "replace"), _ENTITIES)


def made(value: Value, style: bytes, is_share: bool, tally: Tally) -> bytes:
    """A cell; b"" for a value that is nothing."""
    if isinstance(value, bool):
        word = b"TRUE" if value else b"FALSE"
        about = b'office:value-type="boolean" office:boolean-value="%b"' % word.lower()
        return _element(style, about, b"<text:p>%b</text:p>" % word)
    if isinstance(value, str):
        lines = _lines(value, tally) if value else []
        content = b"".join(b"<text:p>%b</text:p>" % _marked(line) for line in lines)
        return _element(style, b'office:value-type="string"', content) if lines else b""
    if value is None or not math.isfinite(value):
        return b""
    kind, shown = ("percentage", f"{value:.0%}") if is_share else ("float", repr(value))
    about = f'office:value-type="{kind}" office:value="{value!r}"'.encode()
    return _element(b"" if is_share else style, about, b"<text:p>%b</text:p>" % shown.encode())


def _element(style: bytes, about: bytes, content: bytes) -> bytes:
    dress = b' table:style-name="%b"' % style if style else b""
    return b"<table:table-cell%b %b>%b</table:table-cell>" % (dress, about, content)


def _lines(value: str, tally: Tally) -> list[str]:
    whole = without_surrogates(value).replace("\r\n", "\n").replace("\r", "\n")
    text = shortened(_UNWRITABLE.sub(" ", whole), tally)
    tally.altered += text.startswith(whole) is False and _UNWRITABLE.search(whole) is not None
    return text.split("\n")


@functools.lru_cache(maxsize=1024)
def _marked(line: str) -> bytes:
    """A line with its blanks, of which a reader would keep one."""
    return _BLANKS.sub(_blanks, escape(line.replace("\t", " "))).encode()


def _blanks(found: re.Match[str]) -> str:
    within = found.start() and found.end() < len(found.string)
    count = len(found[0]) - bool(within)
    return " " * bool(within) + (f'<text:s text:c="{count}"/>' if count else "")
