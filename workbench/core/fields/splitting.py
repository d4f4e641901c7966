"""A text too long to be read at once, in parts that end where lines and paragraphs do."""

import re
from collections.abc import Callable

OVERLAP = 0.12
"""Share of a part that the next one begins with again, so that nothing is torn at its edge."""
_PIECE = re.compile(r"[^\n]*\n+|[^\n]+$")
_WORDS = re.compile(r"\S+\s*|\s+")
_FEWEST = 16


def parts_of(text: str, room: int, size: Callable[[str], int]) -> list[str]:
    """The text, if it fits, else its parts in order, which overlap.

    Args:
        room: what a part may take.
        size: what a text takes (tokens); that of two texts together is no more than the sum.
    """
    if size(text) <= room:
        return [text]
    room = max(room, _FEWEST)
    pieces = [part for line in _PIECE.findall(text) for part in _fitting(line, room, size)]
    sizes = [size(piece) for piece in pieces]
    parts, start = [], 0
    while start < len(pieces):
        end, taken = start + 1, sizes[start]
        while end < len(pieces) and taken + sizes[end] <= room:
            taken += sizes[end]
            end += 1
        parts.append("".join(pieces[start:end]))
        if end == len(pieces):
            break
        start = _begin_again(sizes, start, end, room)
    return parts


def _begin_again(sizes: list[int], start: int, end: int, room: int) -> int:
    """Where the next part begins: some pieces before the end of this one."""
    again, taken = end, 0
    while again > start + 1 and taken + sizes[again - 1] <= OVERLAP * room:
        again -= 1
        taken += sizes[again]
    # the piece behind must still fit beside what is said again
    while again < end and taken + sizes[end] > room:
        taken -= sizes[again]
        again += 1
    return again


def _fitting(line: str, room: int, size: Callable[[str], int]) -> list[str]:
    """A line, in pieces that fit: at blanks where it has some, else wherever."""
    if size(line) <= room:
        return [line]
    found, piece = [], ""
    for word in _WORDS.findall(line):
        for bit in [word] if size(word) <= room else _cut(word, room, size):
            if piece and size(piece + bit) > room:
                found.append(piece)
                piece = ""
            piece += bit
    return [*found, piece] if piece else found


def _cut(word: str, room: int, size: Callable[[str], int]) -> list[str]:
    length = max(1, min(len(word) // 2, room))
    pieces = [word[at : at + length] for at in range(0, len(word), length)]
    if length == 1:
        return pieces
    return [bit for p in pieces for bit in ([p] if size(p) <= room else _cut(p, room, size))]
