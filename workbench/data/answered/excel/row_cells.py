"""The cells of a row of an Excel sheet, as they stand in its XML."""

import dataclasses
import functools
import re
from dataclasses import dataclass

from workbench.data.answered.columns import column_of
from workbench.data.answered.sheet_xml import STYLE, Row, hidden

_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d+["']""")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a cell stands in the body of its row."""

    column: int
    begin: int
    end: int
    style: int
    is_filled: bool
    kind: bytes
    content: bytes


def cells(row: Row, prefix: bytes) -> list[Cell]:
    """The cells of a row, in their order; one without a place stands behind the one before it."""
    found: list[Cell] = []
    body, column = hidden(row.body), 0
    close = b"</" + prefix + b"c"
    for tag in _cell_tag(prefix).finditer(body):
        if found and tag.start() < found[-1].end:
            continue
        place = _PLACE.search(tag[0])
        column = column_of(place[1].decode()) if place else column + 1
        end, content = tag.end(), b""
        if not tag[0].endswith(b"/>"):
            closed = body.find(close, tag.end())
            content = row.body[tag.end() : closed]
            end = body.find(b">", closed) + 1
        style, kind = STYLE.search(tag[0]), _KIND.search(tag[0])
        filled = any(b"<" + prefix + name in content for name in _FILLED)
        found.append(
            Cell(
                column,
                tag.start(),
                end,
                int(style[1]) if style else 0,
                filled,
                kind[1] if kind else b"n",
                content,
            )
        )
    return found


_FILLED = (b"v", b"is", b"f")
_KIND = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")


@functools.cache
def _cell_tag(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<" + prefix + rb"""c(?=[\s/>])[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")


def last_cell(row: Row, prefix: bytes) -> Cell | None:
    """The last cell, quickly where it says its place."""
    body, place = row.body, len(row.body)
    if b"<!" in body or b"<?" in body:
        return next(reversed(cells(row, prefix)), None)
    begins = b"<" + prefix + b"c"
    while (place := body.rfind(begins, 0, place)) >= 0:
        tag = _cell_tag(prefix).match(body, place)
        if tag and not _PLACE.search(tag[0]):
            return next(reversed(cells(row, prefix)), None)
        if tag:
            (cell,) = cells(Row(row.number, row.tag, body[place:], row.end), prefix)[:1]
            return dataclasses.replace(cell, begin=place, end=place + cell.end)
    return None
