"""Headers, footers and page numbers: lines that stand on a page and in no sentence."""

import re
from collections import Counter
from collections.abc import Sequence

_FROM_PAGES, _SHARE = 3, 0.1
_EDGE = 3
"""So many filled lines at the top and at the bottom of a page may be such."""
_NUMBER = re.compile(
    r"[-–—\[(|\s]*(?:(?:page|seite|p\.|s\.|pág\.|página)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|de|sur)\s*\d{1,4})?[-–—\])|\s]*",
    re.IGNORECASE,
)


Places = frozenset[tuple[str, str]]
"""Lines without their numbers, and the edge of the page at which they stand: top or foot."""


def find_repeated(pages: Sequence[Sequence[str]]) -> Places:
    """Headers and footers: what stands at one edge of several pages (of a chapter, or every other one)."""
    edges = [set(_edges(page)) for page in pages if any(line.strip() for line in page)]
    if len(edges) < _FROM_PAGES:
        return frozenset()
    least = max(_FROM_PAGES, _SHARE * len(edges))
    found = Counter(place for edge in edges for place in edge)
    return frozenset(place for place, times in found.items() if times >= least)


def without_edges(page: Sequence[str], repeated: Places) -> list[str]:
    """The lines of a page without its header, footer and number."""
    dropped = find_edges(page, repeated)
    return [line for number, line in enumerate(page) if number not in dropped]


def find_edges(page: Sequence[str], repeated: Places) -> set[int]:
    """Which lines of a page, from top to bottom, are its header, footer and number.

    An empty line stands between them and the text, which may repeat itself as well; but for numbers.
    """
    filled = [number for number, line in enumerate(page) if line.strip()]
    dropped: set[int] = set()
    for side, edge in (("top", filled[:_EDGE]), ("foot", filled[::-1][:_EDGE])):
        numbered = False
        found: list[int] = []
        for number in edge:
            if (side, bare(page[number])) not in repeated:
                if numbered or not is_page_number(page[number]):
                    break
                numbered = True
            found.append(number)
        while found and not (
            _stands_apart(page, filled, found[-1], side)
            or _is_numbered(page[found[-1]], side, repeated)
        ):
            found.pop()
        dropped |= set(found)
    return dropped


def _is_numbered(line: str, side: str, repeated: Places) -> bool:
    """Whether a line is a number, as other pages have one at this edge."""
    return is_page_number(line) and (side, bare(line)) in repeated


def _stands_apart(page: Sequence[str], filled: Sequence[int], number: int, side: str) -> bool:
    """Whether an empty line, or nothing, is between a line and the text of its page."""
    if number == (filled[-1] if side == "top" else filled[0]):
        return True
    return not page[number + 1 if side == "top" else number - 1].strip()


def is_page_number(line: str) -> bool:
    """Whether a line is a page's number and nothing else."""
    return bool(_NUMBER.fullmatch(line.strip()))


def bare(line: str) -> str:
    """A line that is the same on each page but for its number."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", " ".join(line.split()))


def _edges(page: Sequence[str]) -> list[tuple[str, str]]:
    filled = [bare(line) for line in page if line.strip()]
    top = [("top", line) for line in filled[:_EDGE]]
    return top + [("foot", line) for line in filled[::-1][:_EDGE]]
