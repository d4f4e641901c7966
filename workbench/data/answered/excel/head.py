"""What stands before a sheet's rows: how far it reaches, and how wide its columns are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.excel.area import Range, range_of
from workbench.data.answered.excel.cells import with_attribute
from workbench.data.answered.excel.tables import ref_of
from workbench.data.answered.sheet_xml import hidden

_DIMENSION = re.compile(rb"""<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*["']([^"']*)["'][^>]*>""")
_COLS = re.compile(rb"<((?:[\w.-]+:)?)cols(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?cols\s*>", re.DOTALL)
_COL = re.compile(rb"<(?:[\w.-]+:)?col\s[^>]*?/?>(?:\s*</(?:[\w.-]+:)?col\s*>)?")
_NUMBER = {
    name: re.compile(rb"\s" + name + rb"""\s*=\s*["'](\d+)["']""")
    for name in (b"min", b"max", b"style")
}
_SHARE_WIDTH, _LEAST, _MOST = 12, 12, 60
_LOOKED_AT = 1000
LONG = 60
"""Characters of a text beyond which its lines are wrapped."""


def is_long(column: AnswerColumn) -> bool:
    """Whether some of a column's texts need several lines."""
    return any(
        isinstance(value, str) and (len(value) > LONG or "\n" in value)
        for value in column.values.values()
    )


def width_of(title: str, column: AnswerColumn) -> int:
    """Characters that fit beside each other in a column."""
    some = (v for v, _ in zip(column.values.values(), range(_LOOKED_AT), strict=False))
    lengths = [max(map(len, v.split("\n"))) for v in some if isinstance(v, str)]
    widest = max([len(title), *(lengths or [_SHARE_WIDTH])])
    return min(max(widest + 2, _LEAST), _MOST)


def with_wider_area(head: bytes, new: Range) -> bytes:
    """The head, saying that the sheet reaches over these cells, too."""
    found = _DIMENSION.search(hidden(head))
    if not found:
        return head
    old = range_of(found[1].decode("ascii", "replace")) or new
    both = Range(
        min(old.left, new.left),
        min(old.top, new.top),
        max(old.right, new.right),
        max(old.bottom, new.bottom),
    )
    tag = with_attribute(found[0], b"ref", ref_of(both))
    return head[: found.start()] + tag + head[found.end() :]


def with_widths(head: bytes, prefix: bytes, first: int, widths: Sequence[int]) -> bytes:
    """The head with the widths of columns from `first` on; none of them is hidden."""
    found = _COLS.search(hidden(head))
    if not found:
        new = b"".join(_col(prefix, first + at, width, 0) for at, width in enumerate(widths))
        return head + b"<%bcols>%b</%bcols>" % (prefix, new, prefix)
    listed = _Cols(found[1], first, widths).among(head[found.start(2) : found.end(2)])
    return head[: found.start(2)] + listed + head[found.end(2) :]


def style_of_column(head: bytes, column: int) -> int:
    """The style that cells of a column have by default."""
    found = _COLS.search(hidden(head))
    for match in _COL.finditer(found[2]) if found else ():
        if _given(match[0], b"min") <= column <= _given(match[0], b"max"):
            return _given(match[0], b"style")
    return 0


def _given(tag: bytes, name: bytes) -> int:
    found = _NUMBER[name].search(tag)
    return int(found[1]) if found else 0


def _col(prefix: bytes, column: int, width: int, style: int) -> bytes:
    dress = b' style="%d"' % style if style else b""
    return b'<%bcol min="%d" max="%d" width="%d"%b customWidth="1"/>' % (
        prefix,
        column,
        column,
        width,
        dress,
    )


@dataclass(frozen=True)
class _Cols:
    """The new columns among those that have widths already."""

    prefix: bytes
    first: int
    widths: Sequence[int]

    @property
    def last(self) -> int:
        return self.first + len(self.widths) - 1

    def among(self, listed: bytes) -> bytes:
        """The list with them; where one tag speaks of new columns too, it is cut in pieces."""
        written, place, waiting = [], 0, self.first
        for match in _COL.finditer(listed):
            left, right = _given(match[0], b"min"), _given(match[0], b"max")
            if right < self.first:
                continue
            written += [listed[place : match.start()], *self._new(waiting, left)]
            waiting = max(waiting, min(left, self.last + 1))
            written += self._cut(match[0], left, right)
            waiting = max(waiting, min(right, self.last) + 1)
            place = match.end()
        return b"".join([*written, *self._rest(listed[place:], waiting)])

    def _rest(self, listed: bytes, waiting: int) -> list[bytes]:
        return [listed, *self._new(waiting, self.last + 1)]

    def _new(self, begin: int, end: int, style: int = 0) -> Iterable[bytes]:
        """Tags for the new columns from `begin` to before `end`."""
        for column in range(max(begin, self.first), min(end, self.last + 1)):
            yield _col(self.prefix, column, self.widths[column - self.first], style)

    def _cut(self, tag: bytes, left: int, right: int) -> list[bytes]:
        if left > self.last:
            return [tag]
        parts = []
        if left < self.first:
            parts.append(with_attribute(tag, b"max", b"%d" % (self.first - 1)))
        parts += self._new(left, right + 1, _given(tag, b"style"))
        if right > self.last:
            parts.append(with_attribute(tag, b"min", b"%d" % (self.last + 1)))
        return parts
