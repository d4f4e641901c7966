"""Conversations that are spread over rows: a turn a row, held together by an id or by the turn before."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from workbench.core.chats import learning, speakers
from workbench.core.words import plural
from workbench.data.readers import dates
from workbench.data.readers.messages.speakers import Utterance
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.talks.named import with_sides
from workbench.data.readers.talks.sides import Sides, sides_of
from workbench.data.readers.talks.tree import LOWER, paths_of

COLUMN = "messages"
_TALK = [
    "conversation_id",
    "conv_id",
    "conversationid",
    "dialogue_id",
    "dialog_id",
    "dialogueid",
    "dialogid",
    "session_id",
    "sessionid",
    "thread_id",
    "chat_id",
    "conversation",
    "dialogue",
    "dialog",
    "session",
    "ticket_id",
    "case_id",
]
_WHO = [
    "role",
    "speaker",
    "author",
    "sender",
    "from",
    "participant",
    "sender_type",
    "who",
    "speaker_role",
    "author_role",
    "sender_role",
]
_TEXT = ["content", "text", "message", "utterance", "body", "value", "message_text", "msg"]
_ORDER = [
    "turn",
    "turn_id",
    "turn_index",
    "turn_number",
    "turn_no",
    "position",
    "seq",
    "sequence",
    "order",
    "message_index",
    "utterance_idx",
    "utterance_index",
    "message_number",
    "index",
    "idx",
    "timestamp",
    "created_at",
    "sent_at",
    "time",
    "date",
    "datetime",
    "created_date",
]
_ID, _PARENT = (
    ("message_id", "id", "messageid"),
    ("parent_id", "parent", "parent_message_id", "reply_to"),
)
_OF_ONE_TURN = [
    "label",
    "intent",
    "category",
    "class",
    "sentiment",
    "topic",
    "tag",
    "emotion",
    "act",
    "dialog_act",
    "response",
    "answer",
]
"""Columns that make each turn an example of its own, where they differ within a conversation."""
_SHARED = 0.6
"""Up to this share of different ids among the rows, ids hold rows together."""
_KINDS = 200
"""So many different speakers may be names of people; more are something else."""
_FOUND = 0.5
"""The share of parents that are rows of the table from which on they are turns before."""


@dataclass(frozen=True)
class _Columns:
    talk: str
    who: str
    text: str
    order: str
    id: str
    parent: str


def read(table: Table, options: ReadOptions) -> Table | None:
    """A row for each conversation; None if the table has none that are spread over rows."""
    columns = _columns(table)
    if columns is None:
        return None
    rows = _rows(table, columns)
    talks = _by_parent(table, columns, rows) if columns.parent else _by_id(table, columns, rows)
    if talks is None or _has_examples(table, talks):
        return None
    sides = sides_of([_said(talk, rows) for talk in talks.of], options.assistant)
    return with_sides(_table(table, columns, rows, talks, sides), sides)


@dataclass(frozen=True)
class _Talks:
    """Each conversation as the places of its rows, in order."""

    of: list[list[int]]
    note: str
    numbered: int = 0
    """Which of a conversation's rows gives it its number."""
    left_out: Mapping[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)


def _has_examples(table: Table, talks: _Talks) -> bool:
    """Whether each turn is an example of its own."""
    found = (table.cells(name) for name in table.columns if name.casefold() in _OF_ONE_TURN)
    return any(len({column[place] for place in talk}) > 1 for column in found for talk in talks.of)


def _columns(table: Table) -> _Columns | None:
    names = {name.casefold().replace(" ", "_"): name for name in table.columns}

    def first(usual: Iterable[str]) -> str:
        return next((names[name] for name in usual if name in names), "")

    found = _Columns(*(first(usual) for usual in (_TALK, _WHO, _TEXT, _ORDER, _ID, _PARENT)))
    if not found.who or not found.text or COLUMN in names:
        return None
    if not found.talk and not (found.id and found.parent):
        return None
    kinds = {cell for cell in table.cells(found.who) if cell}
    roles = {speakers.role_of(kind) for kind in kinds}
    usual = speakers.USER in roles and not roles.isdisjoint((speakers.ASSISTANT, speakers.SYSTEM))
    return found if usual or (found.talk and 1 < len(kinds) <= _KINDS) else None


def _rows(table: Table, columns: _Columns) -> list[dict[str, Any]]:
    """Each row as a turn: who, what, and whether it is learned."""
    keys = [columns.who, columns.text]
    keys += [name for name in table.columns if name.casefold() in (*learning.KEYS, "tool_calls")]
    cells = {name: table.cells(name) for name in keys}
    named = {columns.who: "role", columns.text: "content"}
    return [
        {
            named.get(name, name.casefold()): column[row]
            for name, column in cells.items()
            if column[row]
        }
        for row in range(len(table))
    ]


def _by_id(table: Table, columns: _Columns, rows: list[dict[str, Any]]) -> _Talks | None:
    ids = table.cells(columns.talk)
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(ids):
        if name and rows[place].get("content") and rows[place].get("role"):
            groups.setdefault(name, []).append(place)
    if not groups or len(groups) > _SHARED * len(table):
        return None
    if sum(len({rows[p]["role"] for p in group}) > 1 for group in groups.values()) * 2 < len(
        groups
    ):
        return None
    order = _order(table, columns.order)
    talks = [sorted(group, key=lambda place: order[place]) for group in groups.values()]
    in_order = f", in the order of '{columns.order}'" if columns.order else ", as they come"
    note = (
        f"{plural(len(table), 'row')} are {plural(len(talks), 'conversation')} by '{columns.talk}'"
        f"{in_order}; each has the number of its first row."
    )
    numbers = table.row_numbers.to_pylist()
    gone = set(range(len(table))) - {place for talk in talks for place in talk}
    reason = {
        "turn without a conversation, a speaker or a text": tuple(numbers[p] for p in sorted(gone))
    }
    return _Talks(talks, note, left_out=reason if gone else {})


def _order(table: Table, column: str) -> list[float]:
    """Where each row stands; as they come where that cannot be told."""
    if not column:
        return [0.0] * len(table)
    cells = table.cells(column)
    try:
        return [float(cell or "") for cell in cells]
    except ValueError:
        moments = dates.seconds([cell or "" for cell in cells])
        return [0.0] * len(table) if None in moments else [float(m or 0) for m in moments]


def _by_parent(table: Table, columns: _Columns, rows: list[dict[str, Any]]) -> _Talks | None:
    ids, parents = table.cells(columns.id), table.cells(columns.parent)
    known = {name for name in ids if name}
    replies = [parent for parent in parents if parent]
    if not replies or sum(parent in known for parent in replies) < _FOUND * len(replies):
        return _by_id(table, columns, rows) if columns.talk else None
    ranks = next((table.cells(name) for name in table.columns if name.casefold() == "rank"), None)
    found = paths_of(ids, parents, [speakers.role_of(row.get("role", "")) for row in rows], ranks)
    note = (
        f"{plural(len(table), 'row')} are {plural(len(found.paths), 'conversation')} by "
        f"'{columns.parent}': each way from a first question to a last answer, which has the number of "
        "its last row."
        + (" Of several answers the one that is ranked highest is taken." if found.lower else "")
    )
    numbers = table.row_numbers.to_pylist()
    reason = {LOWER: tuple(numbers[place] for place in found.lower)} if found.lower else {}
    return _Talks(found.paths, note, -1, reason)


def _said(talk: list[int], rows: list[dict[str, Any]]) -> list[Utterance]:
    return [Utterance(rows[place].get("role", ""), "") for place in talk]


def _table(
    table: Table, columns: _Columns, rows: list[dict[str, Any]], talks: _Talks, sides: Sides
) -> Table:
    """The conversations as rows, with what is the same throughout each of them."""
    numbers = table.row_numbers.to_pylist()
    cells = [
        json.dumps([_turn(rows[place], sides) for place in talk], ensure_ascii=False)
        for talk in talks.of
    ]
    made = {COLUMN: pa.array(cells, pa.large_string())}
    spent = {columns.who, columns.text, columns.order, columns.id, columns.parent}
    unused: Counter[str] = Counter()
    for name in table.columns:
        if name in spent or name.casefold() in (*learning.KEYS, "tool_calls", "rank"):
            continue
        column = table.cells(name)
        if all(len({column[place] for place in talk}) == 1 for talk in talks.of):
            made[name] = pa.array([column[talk[0]] for talk in talks.of], pa.large_string())
        else:
            unused[name] = sum(1 for cell in column if cell)
    return dataclasses.replace(
        table,
        data=pa.table(made),
        row_numbers=pa.array([numbers[talk[talks.numbered]] for talk in talks.of], pa.int64()),
        notes=(*table.notes, talks.note),
        put_together=len(table),
        left_out={**table.left_out, **talks.left_out},
        unused={**table.unused, **unused},
    )


def _turn(row: dict[str, Any], sides: Sides) -> dict[str, Any]:
    return {**row, "role": sides.roles.get(row.get("role", ""), row.get("role", ""))}
