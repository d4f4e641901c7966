"""Whether calls are the wanted ones: the same tools with the same inputs, by their JSON values.

The names of inputs may stand in any order, and so may several calls; the items of a list may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.tools.pieces import BROKEN, CALL, OPENS, Piece, calls_in, said_of


def same_value(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: 1 and 1.0 are, 1 and "1" are not, 1 and true neither."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def same_call(one: Piece, other: Piece) -> bool:
    """Whether two calls are of the same tool with the same inputs; what is broken is like nothing."""
    if BROKEN in (one.kind, other.kind):
        return False
    return one.name == other.name and same_value(dict(one.inputs), dict(other.inputs))


@dataclass(frozen=True)
class Pair:
    """A wanted call and the one that was made in its place; one of them may be lacking."""

    wanted: Piece | None
    given: Piece | None


def paired(wanted: Sequence[Piece], given: Sequence[Piece]) -> list[Pair]:
    """Each wanted call beside the one that was made for it: the same one, else one of the same tool,
    else any; what is left over stands alone."""
    left, found = list(given), list[Pair]()
    waiting = list(wanted)
    for fits in (same_call, _same_tool, lambda one, other: True):
        later = []
        for one in waiting:
            place = next((at for at, other in enumerate(left) if fits(one, other)), None)
            if place is None:
                later.append(one)
            else:
                found.append(Pair(one, left.pop(place)))
        waiting = later
    return [*found, *(Pair(one, None) for one in waiting), *(Pair(None, one) for one in left)]


def _same_tool(one: Piece, other: Piece) -> bool:
    return CALL == one.kind == other.kind and one.name == other.name


def same_calls(wanted: Sequence[Piece], given: Sequence[Piece]) -> bool:
    """Whether exactly the wanted calls were made."""
    return len(wanted) == len(given) and all(
        pair.wanted and pair.given and same_call(pair.wanted, pair.given)
        for pair in paired(wanted, given)
    )


def same_answer(expected: str, answer: str) -> bool:
    """Equal but for blanks and line ends; calls are equal by their JSON values."""
    if OPENS not in expected or OPENS not in answer:
        return expected.split() == answer.split()
    calls = same_calls(calls_in(expected), calls_in(answer))
    return calls and said_of(expected).split() == said_of(answer).split()
