"""Trees of turns, of which each says the turn that it replies to: the ways from the roots to the leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.chats.speakers import ASSISTANT

LOWER = "answer of which another is ranked higher, or what follows one"
"""Why a turn is left out."""
_MOST_TURNS = 1000


@dataclass(frozen=True)
class Paths:
    """Ways through the trees, each as the places of its turns."""

    paths: list[list[int]]
    lower: list[int]
    """Turns that are on no way: answers of which another is ranked higher, and what follows them."""


def paths_of(
    ids: Sequence[str | None],
    parents: Sequence[str | None],
    sides: Sequence[str],
    ranks: Sequence[str | None] | None,
) -> Paths:
    """All ways from a turn without a parent to one without a reply.

    Args:
        sides: of each turn.
        ranks: of each turn among those that reply to the same one, 0 being the best; where one is
            ranked, only the best answer is on a way.
    """
    places = {name: place for place, name in enumerate(ids) if name}
    replies: dict[int, list[int]] = {}
    roots = []
    for place, parent in enumerate(parents):
        if parent and parent in places and places[parent] != place:
            replies.setdefault(places[parent], []).append(place)
        else:
            roots.append(place)
    if ranks is not None:
        replies = {before: _best(after, sides, ranks) for before, after in replies.items()}
    found = _walk(roots, replies)
    reached = {place for path in found for place in path}
    return Paths(found, [place for place in range(len(ids)) if place not in reached])


def _best(after: list[int], sides: Sequence[str], ranks: Sequence[str | None]) -> list[int]:
    """Of ranked answers the best; of anything else all."""
    ranked = {place: rank for place in after if (rank := _number(ranks[place])) is not None}
    answers = [place for place in after if sides[place] == ASSISTANT]
    if len(answers) < 2 or not any(place in ranked for place in answers):
        return after
    first = min(answers, key=lambda place: ranked.get(place, float("inf")))
    return [place for place in after if place == first or sides[place] != ASSISTANT]


def _number(cell: str | None) -> float | None:
    try:
        return float(cell or "")
    except ValueError:
        return None


def _walk(roots: Sequence[int], replies: dict[int, list[int]]) -> list[list[int]]:
    """Depth first, without recursion: trees may be deep, and files may lie about them."""
    paths, waiting = [], [[root] for root in reversed(roots)]
    while waiting:
        path = waiting.pop()
        further = replies.get(path[-1], [])
        if not further or len(path) >= _MOST_TURNS:
            paths.append(path)
        waiting += [[*path, place] for place in reversed(further) if len(path) < _MOST_TURNS]
    return paths
