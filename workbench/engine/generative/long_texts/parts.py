"""Parts of a long text, and which of them are read.

A text is cut where it pauses: behind a paragraph, a line, a sentence, else a word. Parts that are read
stay in their order, and a mark stands where something between them is left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.core.long_texts.ways import HEAD, NEAREST
from workbench.evaluation.scoring.pieces import pieces

MARK = "[…]"
"""Stands where something was left out."""
PARTS, FEWEST, SHORTEST, LONGEST = 12, 4, 120, 600
"""About so many parts fit into the room, and so many at least; the fewest and the most characters of one
as far as that allows, but for a sentence, which may have twice as many."""
_PAUSES = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"(?<=[.!?…;])\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)
_WORDS = len(_PAUSES) - 1
_QUESTION = re.compile(r"[^.!?…\n。！？;]+[?？]")

Count = Callable[[str], int]
"""Tokens of a text."""


@dataclass(frozen=True)
class Selection:
    """What is read of a text."""

    text: str
    kept: int
    """Parts that are read."""
    of: int
    """Parts altogether."""

    @property
    def said(self) -> str:
        """In a few words; empty where all is read."""
        return f"read {self.kept} of {self.of} parts" if self.kept < self.of else ""


def parts_of(text: str, characters: int) -> list[str]:
    """The text in parts of at most so many characters, a sentence twice as many; together they are the
    text."""
    return _joined(_cut(text, characters, 0), characters)


def select(text: str, room: int, way: str, count: Count) -> Selection:
    """What is read of a text for which there are so many tokens.

    Args:
        way: nearest, head_tail or head (`core.long_texts.ways`).
    """
    whole = count(text)
    if whole <= room:
        return Selection(text, 1, 1)
    characters = room * len(text) / max(1, whole)
    shortest = min(SHORTEST, characters / FEWEST)
    size = max(1, round(min(LONGEST, max(shortest, characters / PARTS))))
    parts = parts_of(text, size)
    costs = [count(part) for part in parts]
    left, kept = room - 2 * count(f" {MARK} "), set[int]()
    for place in _order(parts, way):
        if costs[place] <= left:
            kept.add(place)
            left -= costs[place]
        elif way != NEAREST:
            break
    if not kept:
        return Selection(_beginning(text, room, count), 1, len(parts))
    return _fitting(parts, kept, way, room, count)


def _fitting(parts: Sequence[str], kept: set[int], way: str, room: int, count: Count) -> Selection:
    """The parts with their marks, without the last of them as long as that is too much."""
    order = [place for place in _order(parts, way) if place in kept]
    while len(order) > 1 and count(_written(parts, order)) > room:
        order.pop()
    return Selection(_written(parts, order), len(order), len(parts))


def _written(parts: Sequence[str], places: Sequence[int]) -> str:
    """The parts in their order, marks where some are missing."""
    found, last = "", -1
    for place in sorted(places):
        found += f" {MARK} " if place > last + 1 else ""
        found += parts[place] if place == last + 1 else parts[place].lstrip()
        last = place
    return found if last == len(parts) - 1 else f"{found.rstrip()} {MARK}"


def _order(parts: Sequence[str], way: str) -> list[int]:
    """The places of the parts, that which is wanted most first."""
    places = list(range(len(parts)))
    if way == HEAD:
        return places
    ends = [place for pair in zip(places, reversed(places), strict=True) for place in pair]
    ends = list(dict.fromkeys(ends))
    if way != NEAREST:
        return ends
    # A question stands before its text or behind it, so both ends are read, and are what counts as asked.
    inner = places[1:-1]
    near = _likeness([parts[place] for place in inner], _asked(f"{parts[0]}\n{parts[-1]}"))
    return [*ends[:2], *sorted(inner, key=lambda place: (-near[place - 1], place))]


def _asked(ends: str) -> str:
    """The questions at the ends of a text; all that stands there, where none is marked as one."""
    return " ".join(_QUESTION.findall(ends)) or ends


def _likeness(parts: Sequence[str], asked: str) -> list[float]:
    """How alike each part and what is asked are (cosine of the pieces of words in common)."""
    if not parts:
        return []
    try:
        weigh = pieces()
        known = weigh.fit_transform([*parts, asked])
    except ValueError:  # nothing but signs
        return [0.0] * len(parts)
    found: list[float] = (known[:-1] @ known[-1].T).toarray()[:, 0].tolist()
    return found


def _beginning(text: str, room: int, count: Count) -> str:
    """As much of the beginning as fits with a mark behind it."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = count(f"{text[:middle]} {MARK}") <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{text[:low].rstrip()} {MARK}".lstrip()


def _cut(text: str, characters: int, pause: int) -> list[str]:
    if len(text) <= characters * (1 + (pause == _WORDS)):
        return [text] if text else []
    if pause == len(_PAUSES):
        return [text[start : start + characters] for start in range(0, len(text), characters)]
    ends = [found.end() for found in _PAUSES[pause].finditer(text)]
    starts = [0, *(end for end in ends if 0 < end < len(text))]
    pieces_ = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [part for piece in pieces_ for part in _cut(piece, characters, pause + 1)]


def _joined(pieces_: Sequence[str], characters: int) -> list[str]:
    """Short pieces together, as long as they are short enough."""
    found: list[str] = []
    for piece in pieces_:
        if found and len(found[-1]) + len(piece) <= characters:
            found[-1] += piece
        else:
            found.append(piece)
    return found
