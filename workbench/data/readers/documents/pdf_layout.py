"""Which lines of a page belong to one paragraph, by their places, sizes and words."""

import re
import statistics
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.core.writing import is_spaceless
from workbench.data.readers import lines as broken
from workbench.data.readers.documents.pdf_lines import CUT, Line

_BULLET = re.compile(r"[•▪‣◦●○■□➢✓·–—*\-\uf000-\uf0ff]\s")
_NUMBER = re.compile(r"\(?(\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)]\s")
_CUT_WORD = re.compile(rf"(\w+){CUT}\n(\w+)")
_HYPHENED = re.compile(r"\w+-\w+")
_WIDER_GAP, _OTHER_SIZE = 1.35, 0.12
_INDENT, _SAME_PLACE, _BESIDE = 0.6, 2.0, 0.6
"""In sizes of the letters."""
_AROUND = 8


@dataclass(frozen=True)
class Layout:
    """What is usual on a page."""

    gap: float
    """From one line to the next, in sizes of the letters."""
    lines: Sequence[Line]

    def is_end(self, line: Line, after: Line) -> bool:
        """Whether a paragraph ends with a line, another one following on the page."""
        if line.text.endswith(CUT):
            return False
        gap = line.y - after.y
        if (
            abs(gap) <= _BESIDE * line.size
            and 0 <= after.left - line.right + line.size < 3 * line.size
        ):
            return False  # a number of a footnote came between
        if gap <= 0.3 * line.size:  # another column, or something beside it
            return not self.goes_on_elsewhere(line, after)
        if not _same_size(line, after) or _BULLET.match(after.text):
            return True
        small, room = _begins_small(after.text), self._has_room(line, after)
        if gap > _WIDER_GAP * self.gap * line.size:
            return not small or broken.ends_sentence(line.text)
        if _NUMBER.match(after.text) and (room or _may_end_item(line.text)):
            return True
        if room:
            return not small
        indented = after.left - line.left > _INDENT * line.size
        return indented and broken.ends_sentence(line.text) and not _is_item(line.text)

    def goes_on_elsewhere(self, line: Line, after: Line) -> bool:
        """Whether a sentence goes on in the next column or on the next page."""
        if line.text.endswith(CUT):
            return True
        if broken.ends_sentence(line.text) or not _same_size(line, after):
            return False
        return _begins_small(after.text) or not self._has_room(line, after)

    def _has_room(self, line: Line, after: Line) -> bool:
        """Whether the first word of the line `after` would have had room behind a line."""
        letter = (after.right - after.left) / max(1, len(after.text))
        first = after.text.split(maxsplit=1)[0]
        word = 1 if is_spaceless(first[0]) else len(first) + 1
        return line.right + word * letter < self._right(line) - 0.2 * line.size

    def _right(self, line: Line) -> float:
        """Where the lines around it end that begin at about the same place."""
        at = self.lines.index(line)
        around = self.lines[max(0, at - _AROUND) : at + _AROUND + 1]
        return max(
            other.right
            for other in around
            if abs(other.left - line.left) <= _SAME_PLACE * line.size and _same_size(line, other)
        )


def layout_of(lines: Sequence[Line]) -> Layout:
    """What is usual on a page with these lines."""
    gaps = [
        (line.y - after.y) / line.size
        for line, after in pairwise(lines)
        if line.size > 0 and _same_size(line, after) and 0.3 < (line.y - after.y) / line.size < 4
    ]
    return Layout(statistics.median(gaps) if gaps else 1.2, lines)


def from_top(lines: Sequence[Line]) -> list[Line | None]:
    """The lines of a page from top to bottom; None where there is a gap, or letters change size."""
    ordered = sorted(lines, key=lambda line: (-line.y, line.left))
    usual = layout_of(lines).gap
    found: list[Line | None] = ordered[:1]  # type: ignore[assignment]
    for line, after in pairwise(ordered):
        wide = line.y - after.y > _WIDER_GAP * usual * max(line.size, after.size)
        found += [None, after] if wide or not _same_size(line, after) else [after]
    return found


def join(lines: Sequence[Line], hyphened: Collection[str] = ()) -> str:
    """The lines of a paragraph as one text; words that were cut are whole again.

    Args:
        hyphened: words that have a hyphen of their own (see `hyphened_in`).
    """
    text = "\n".join(line.text for line in lines)
    text = _CUT_WORD.sub(
        lambda m: m[1] + ("-" if _keeps(m[1], m[2], hyphened) else "") + m[2], text
    )
    return broken.join(text.replace(CUT, "-").split("\n"))


def hyphened_in(lines: Iterable[Line]) -> frozenset[str]:
    """The words with a hyphen in the middle of lines, in small letters."""
    return frozenset(word.lower() for line in lines for word in _HYPHENED.findall(line.text))


def _keeps(before: str, after: str, hyphened: Collection[str]) -> bool:
    """Whether the hyphen at the end of a line belongs to the word, as in "FAA-approved"."""
    if before[-1].isupper() or before[-1].isdigit() or not after[0].islower():
        return True
    return f"{before}-{after}".lower() in hyphened


def _same_size(line: Line, after: Line) -> bool:
    return abs(line.size - after.size) <= _OTHER_SIZE * max(line.size, after.size)


def _is_item(text: str) -> bool:
    return bool(_BULLET.match(text) or _NUMBER.match(text))


def _may_end_item(text: str) -> bool:
    """Whether an item of a list may end with a line, which is more than a reference does."""
    return broken.ends_sentence(text) or text.endswith((",", " and", " or", " und", " oder"))


def _begins_small(text: str) -> bool:
    return text[:1].islower()
