"""Headers, footers and page numbers: lines that stand on a page and in no sentence."""

import re
from collections import Counter
from collections.abc import Sequence

_FROM_PAGES, _SHARE = 3, 0.4
_EDGE = 3
"""So many filled lines at the top and at the bottom of a page may be such."""
_NUMBER = re.compile(
    r"[-–—\[(|\s]*(?:(?:page|seite|p\.|s\.|pág\.|página)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|de|sur)\s*\d{1,4})?[-–—\])|\s]*",
    re.IGNORECASE,
)


Places = frozenset[tuple[int, str]]
"""Lines without their numbers, and where they stand: 0, 1, 2 from the top, -1, -2, -3 from below."""


def find_repeated(pages: Sequence[Sequence[str]]) -> Places:
    """Headers and footers: what stands in one place of most pages, or of every other one."""
    edges = [set(_edges(page)) for page in pages if any(line.strip() for line in page)]
    if len(edges) < _FROM_PAGES:
        return frozenset()
    found = Counter(place for edge in edges for place in edge)
    return frozenset(place for place, times in found.items() if times >= _SHARE * len(edges))


def without_edges(page: Sequence[str], repeated: Places) -> list[str]:
    """The lines of a page without its header, footer and number."""
    filled = [number for number, line in enumerate(page) if line.strip()]
    dropped: set[int] = set()
    for edge in (filled[:_EDGE], filled[::-1][:_EDGE]):
        for at, number in enumerate(edge):
            place = at if edge[0] == filled[0] else -1 - at
            if (place, bare(page[number])) not in repeated and not is_page_number(page[number]):
                break
            dropped.add(number)
    return [line for number, line in enumerate(page) if number not in dropped]


def is_page_number(line: str) -> bool:
    """Whether a line is a page's number and nothing else."""
    return bool(_NUMBER.fullmatch(line.strip()))


def bare(line: str) -> str:
    """A line that is the same on each page but for its number."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", " ".join(line.split()))


def _edges(page: Sequence[str]) -> list[tuple[int, str]]:
    filled = [bare(line) for line in page if line.strip()]
    below = [(-1 - at, line) for at, line in enumerate(filled[::-1][:_EDGE])]
    return [*enumerate(filled[:_EDGE]), *below]
