"""Trees of turns, one a record: a question with its replies, each with its own (OpenAssistant's trees)."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.chats.speakers import ASSISTANT, USER, role_of
from workbench.core.tasks import CHAT
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant
from workbench.data.readers.talks.tree import LOWER, Paths, paths_of

_REPLIES = "replies"
_UNANSWERED = "tree without an answer"
_MEANT = Meant(CHAT.name, {"messages": "messages"}, "these are trees of turns and their replies")
_NOTE = (
    "Each way from a first question to a last answer is a conversation; of several answers the one "
    "that is ranked highest is taken."
)
_TAKEN = {"role", "text", "content", "rank", _REPLIES}


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records that are such a tree, or hold one as `prompt`."""
    if not all(_is_turn(_root(record)) for record in records):
        return None
    return Shape("a set of trees of turns", _take, _MEANT, (_NOTE,), several=True, what="tree")


def _root(record: Record) -> Any:
    return record if _REPLIES in record else record.get("prompt")


def _is_turn(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get(_REPLIES), list)
        and isinstance(value.get("text", value.get("content")), str)
        and role_of(str(value.get("role") or "")) == USER
    )


def _take(record: Record) -> Taken:
    root = _root(record)
    if not _is_turn(root):
        return left_out("not a tree of turns")
    turns, parents = _flat(root)
    names = [str(place) for place in range(len(turns))]
    sides = [role_of(str(turn.get("role") or "")) for turn in turns]
    ranks = [None if (rank := turn.get("rank")) is None else str(rank) for turn in turns]
    found = paths_of(names, parents, sides, ranks)
    talks = [path for path in found.paths if any(sides[place] == ASSISTANT for place in path)]
    if not talks:
        return left_out(_UNANSWERED)
    rows = [{"messages": [_turn(turns[place]) for place in path]} for path in talks]
    return Taken(rows, _lower(found), _unused(record, root, turns))


def _flat(root: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[str | None]]:
    """All turns, and for each the place of the one before; without recursion."""
    turns: list[Mapping[str, Any]] = []
    parents: list[str | None] = []
    waiting: list[tuple[Mapping[str, Any], str | None]] = [(root, None)]
    while waiting:
        turn, parent = waiting.pop()
        turns.append(turn)
        parents.append(parent)
        replies = turn.get(_REPLIES)
        after = (
            [reply for reply in replies if isinstance(reply, Mapping)]
            if isinstance(replies, list)
            else []
        )
        waiting += [(reply, str(len(turns) - 1)) for reply in reversed(after)]
    return turns, parents


def _turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": turn.get("role"), "content": turn.get("text", turn.get("content"))}


def _lower(found: Paths) -> dict[str, int]:
    return {LOWER: len(found.lower)} if found.lower else {}


def _unused(record: Record, root: Any, turns: Sequence[Mapping[str, Any]]) -> list[str]:
    own = [
        key for key, value in record.items() if value and value is not root and key not in _TAKEN
    ]
    inner = {
        str(key) for turn in turns for key, value in turn.items() if value and key not in _TAKEN
    }
    return list(dict.fromkeys([*own, *(f"replies.{key}" for key in sorted(inner))]))
