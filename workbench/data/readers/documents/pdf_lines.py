"""The lines on a page of a PDF document, and where they stand."""

import ctypes
from dataclasses import dataclass
from typing import Any

CUT = "\x02"
"""Stands at the end of a line for the hyphen by which a word was cut, as PDFium tells it."""
_ENDS = "\r\n"


@dataclass(frozen=True)
class Line:
    """Some words beside each other; lengths are in points, and y grows upwards."""

    text: str
    left: float
    right: float
    y: float
    """Of the line on which its letters stand."""
    size: float
    """Of the letters, with what is above and below them."""


def lines_of(document: Any, number: int) -> list[Line]:
    """The lines of one page (counted from 0) in the order of reading."""
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return _lines(text_page)
        finally:
            text_page.close()
    finally:
        page.close()


def _lines(text_page: Any) -> list[Line]:
    import pypdfium2.raw as raw

    count = text_page.count_chars()
    codes = [raw.FPDFText_GetUnicode(text_page, at) for at in range(count)]
    found: list[Line] = []
    start = 0
    for at in range(count + 1):
        last = at == count or chr(codes[at]) in _ENDS
        cut = not last and chr(codes[at]) == CUT
        if not last and not cut:
            continue
        if line := _line(text_page, codes, start, at + 1 if cut else at):
            found.append(line)
        start = at + 1
    return found


def _line(text_page: Any, codes: list[int], start: int, end: int) -> Line | None:
    seen = [at for at in range(start, end) if codes[at] > 32 and codes[at] != 0xA0]
    if not seen:
        return None
    text = "".join(map(chr, codes[start:end]))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    first, last = _box(text_page, seen[0]), _box(text_page, seen[-1])
    middle = seen[len(seen) // 2]  # no bullet, and no number of a footnote
    _, bottom, _, top = _box(text_page, middle)
    return Line(" ".join(text.split()), first[0], last[2], _y(text_page, middle), top - bottom)


def _box(text_page: Any, at: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a letter's place."""
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, at, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _y(text_page: Any, at: int) -> float:
    import pypdfium2.raw as raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, at, ctypes.byref(x), ctypes.byref(y))
    return y.value
