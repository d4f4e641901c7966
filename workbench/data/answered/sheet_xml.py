"""The XML of a sheet, cut into its rows without being parsed: what is not changed stays byte for byte.

A row is found by its tags alone, which is quick; comments, sections of characters and instructions,
in which anything may stand, are stepped over.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from workbench.core.errors import WorkbenchError
from workbench.data.readers.torn_zip import TORN_ZIP

_CHUNK = 1 << 20
_OPEN = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^>]*)?/?>")
_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_HIDDEN_BEGINS = re.compile(rb"<[!?]")
_TAG_END = re.compile(rb"""[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,9})["']""")
STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_ENDS = tuple(bytes([sign]) for sign in b" \t\r\n/>")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between rows: blanks, as a rule."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Tail:
    """All behind the rows, beginning with the tag that closes them."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """All before the rows, with the tag that opens them."""

    before: bytes
    tag: bytes
    prefix: bytes
    """Of the names of the elements, with its colon; mostly none."""
    encoding: str
    """Of what is put in: that of the part, or what all others have in common."""

    @property
    def is_empty(self) -> bool:
        """Whether the tag closes itself: no rows, and no closing tag."""
        return self.tag.endswith(b"/>")


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    number: int
    tag: bytes
    body: bytes
    """The cells; empty, as `end` is, where the tag closes itself."""
    end: bytes

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.tag + self.body + self.end

    @property
    def style(self) -> int:
        """The style of its cells that have none of their own."""
        found = STYLE.search(self.tag)
        return int(found[1]) if found and _CUSTOM.search(self.tag) else 0


def pieces(stream: IO[bytes], name: str) -> Iterator[Head | Row | Gap | Tail]:
    """The head, the rows with what is between them, and the tail.

    Raises:
        WorkbenchError: it is no sheet of cells, or breaks off.
    """
    cutter = Cutter(stream, name)
    before, tag, prefix = cutter.seek(_OPEN.search)
    declared = _DECLARED.match(before)
    is_utf_8 = not declared or declared[1].lower() in (b"utf-8", b"utf8")
    yield Head(before, tag, prefix, "utf-8" if is_utf_8 else "ascii")
    if not tag.endswith(b"/>"):
        yield from cutter.rows(prefix + b"row", prefix + b"sheetData")
    yield cutter.tail()


class Cutter:
    """Reads the XML of a sheet in chunks, of which it holds as much as one row needs."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._buffer = b""
        self._row = self._close = b""
        self._at = 0
        """Where in the buffer begins what was not handed out yet."""
        self._ended = False

    def _more(self) -> bool:
        """Read on; whether anything came."""
        if self._ended:
            return False
        try:
            chunk = self._stream.read(max(_CHUNK, len(self._buffer)))
        except TORN_ZIP as error:
            raise self._broken("breaks off") from error
        self._ended = not chunk
        self._buffer += chunk
        return bool(chunk)

    def _broken(self, why: str) -> WorkbenchError:
        return WorkbenchError(
            f"The sheet in {self._name} {why}: open the file in your spreadsheet program, save it "
            "again, and choose that."
        )

    def seek(self, search: Callable[[bytes], re.Match[bytes] | None]) -> tuple[bytes, bytes, bytes]:
        """Go behind the tag that opens the rows: what stands before it, the tag, its first group."""
        while not (found := search(hidden(self._buffer))):
            if self._buffer.startswith(_WIDE):
                raise self._broken("is written in an unusual encoding (UTF-16)")
            if not self._more():
                raise self._broken("holds no cells (it is a chart, or damaged)")
        before, tag = self._buffer[: found.start()], self._buffer[found.start() : found.end()]
        self._buffer = self._buffer[found.end() :]
        return before, tag, found[1]

    def rows(self, row_name: bytes, around: bytes) -> Iterator[Row | Gap]:
        """Rows of this name and gaps, up to the tag that closes what is around them."""
        self._row, self._close = b"<" + row_name, b"</" + row_name
        ending = b"</" + around
        place = number = 0
        while True:
            place = self._find(b"<", place)
            self._need(place + max(len(ending), len(self._row)) + 1)
            if self._starts(ending, place):
                break
            if not self._starts(self._row, place):
                place = self._step(place)
                continue
            if place > self._at:
                yield Gap(self._buffer[self._at : place])
            row = self._cut(place, number + 1)
            number = row.number
            yield row
            if self._at > _CHUNK:
                self._buffer, self._at = self._buffer[self._at :], 0
            place = self._at
        yield Gap(self._buffer[self._at : place])
        self._at = place

    def tail(self) -> Tail:
        """What stands behind the rows, whole: it is not long."""
        while self._more():
            pass
        return Tail(self._buffer[self._at :])

    def _starts(self, tag: bytes, place: int) -> bool:
        """Whether a tag of this name, as far as its blank or its end, begins there."""
        behind = place + len(tag)
        return self._buffer.startswith(tag, place) and self._buffer[behind : behind + 1] in _ENDS

    def _need(self, length: int) -> None:
        while len(self._buffer) < length and self._more():
            pass

    def _find(self, mark: bytes, place: int) -> int:
        while (found := self._buffer.find(mark, place)) < 0:
            if not self._more():
                raise self._broken("breaks off")
        return found

    def _step(self, place: int) -> int:
        """Behind something that is no row: a comment, an instruction, a tag."""
        for begin, end in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")):
            if self._buffer.startswith(begin, place):
                return self._find(end, place + len(begin)) + len(end)
        return self._tag_end(place)

    def _tag_end(self, place: int) -> int:
        while not (found := _TAG_END.match(self._buffer, place)):
            if not self._more():
                raise self._broken("breaks off")
        return found.end()

    def _cut(self, start: int, expected: int) -> Row:
        begin = self._tag_end(start)
        tag = self._buffer[start:begin]
        given = _NUMBER.search(tag)
        number = int(given[1]) if given else expected
        if tag.endswith(b"/>"):
            self._at = begin
            return Row(number, tag, b"", b"")
        close = self._closing(begin)
        self._at = self._find(b">", close) + 1
        return Row(number, tag, self._buffer[begin:close], self._buffer[close : self._at])

    def _closing(self, place: int) -> int:
        """Where the tag begins that closes a row, `place` being in the row."""
        while True:
            close = self._find(self._close, place)
            odd = _HIDDEN_BEGINS.search(self._buffer, place, close)
            if not odd:
                self._need(close + len(self._close) + 1)
                if self._starts(self._close, close):
                    return close
                place = close + 1
                continue
            place = self._step(odd.start())


def hidden(raw: bytes) -> bytes:
    """The same with blanks where comments and the like stand, so that places stay what they are."""
    if b"<!" not in raw and b"<?" not in raw:
        return raw
    covered = _HIDDEN.sub(lambda found: b" " * len(found[0]), raw)
    open_one = max(covered.rfind(mark) for mark in (b"<!--", b"<![CDATA[", b"<?"))
    return covered if open_one < 0 else covered[:open_one]
