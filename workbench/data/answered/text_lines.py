"""The lines of a text file, decoded, each with the bytes that it was made of."""

import codecs
import re
from typing import IO

from workbench.core.errors import WorkbenchError

_MARKS = {
    "utf-8": (codecs.BOM_UTF8,),
    "utf-8-sig": (codecs.BOM_UTF8,),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
_ENDIAN = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
}
_CHUNK = 1 << 20


class TextLines:
    """Hands out one line after another; a line ends with a line feed, a return, or both."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        """`encoding` is the reader's name for it: utf-8 with or without a mark, utf-16 …"""
        self._stream = stream
        self._held, self._ended = b"", False
        self.codec, self.mark = codec_of(stream, encoding)
        self._cr, self._lf = (sign.encode(self.codec) for sign in ("\r", "\n"))
        self._feed = re.compile(re.escape(self._cr) + b"|" + re.escape(self._lf))
        self._at = 0
        self.taken: list[bytes] = []
        """The bytes of the lines that were read since somebody emptied this list."""

    def readline(self, limit: int = -1, /) -> str:
        """The next line with its end; "" behind the last one.

        Raises:
            UnicodeDecodeError: it cannot be read as the encoding has it.
        """
        end = self._line_end()
        raw, self._at = self._held[self._at : end], end
        if not raw:
            return ""
        self.taken.append(raw)
        text = raw.decode(self.codec)
        if 0 <= limit < len(text):
            raise WorkbenchError(
                "A line of the file is too long: see whether line ends are missing."
            )
        return text

    def _line_end(self) -> int:
        """Where the next line ends, be it with a line feed, a return, or both."""
        place, unit = self._at, len(self._lf)
        while True:
            found = self._next_feed(place)
            behind = len(self._held) if found is None else found + unit
            if found is not None and self._held.startswith(self._lf, found):
                return behind
            if found is not None and (behind < len(self._held) or self._ended):
                return behind + unit * self._held.startswith(self._lf, behind)
            if self._ended:
                return behind
            place = (behind if found is None else found) - self._at
            place -= place % unit
            self._read()

    def _next_feed(self, place: int) -> int | None:
        while found := self._feed.search(self._held, place):
            if (found.start() - self._at) % len(self._lf) == 0:
                return found.start()
            place = found.start() + 1
        return None

    def _read(self) -> None:
        """Read on, forgetting the lines that were taken."""
        chunk = self._stream.read(_CHUNK)
        self._held, self._at = self._held[self._at :] + chunk, 0
        self._ended = not chunk


def codec_of(stream: IO[bytes], encoding: str) -> tuple[str, bytes]:
    """The codec of the lines, and the mark that stands before them."""
    head = stream.read(4)
    mark = next((m for m in _MARKS.get(encoding, ()) if head.startswith(m)), b"")
    stream.seek(len(mark))
    if encoding in ("utf-16", "utf-32"):
        return _ENDIAN.get(mark, f"{encoding}-le"), mark
    return encoding.removesuffix("-sig"), mark
