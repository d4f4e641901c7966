"""Questions and answers that follow on a history: earlier pairs, which stand in a column of their own."""

import dataclasses
import json
from typing import Any

import pyarrow as pa

from workbench.core.canonical import parsed
from workbench.core.chats.items import is_conversation
from workbench.core.chats.seen import Seen
from workbench.core.chats.turns import read as read_turns
from workbench.core.chats.unreadable import Unreadable
from workbench.core.words import plural
from workbench.data.readers.table import ReadOptions, Table

_HISTORY = "history"
_ASKED = ("query", "prompt", "instruction", "question", "input")
_TOLD = ("response", "output", "answer", "completion")
COLUMN = "messages"


def read(table: Table, options: ReadOptions) -> Table | None:
    """The table with a column of whole conversations in place of the three; None if it is no such
    table, or every history is empty."""
    names = {name.casefold(): name for name in table.columns}
    asked = next((names[name] for name in _ASKED if name in names), "")
    told = next((names[name] for name in _TOLD if name in names), "")
    if _HISTORY not in names or not asked or not told or COLUMN in names:
        return None
    earlier = [parsed(cell) if cell else None for cell in table.cells(names[_HISTORY])]
    long = [value for value in earlier if value]
    if not long or not all(is_conversation(value, named=True) for value in long):
        return None
    extra = names.get("input", "") if asked.casefold() == "instruction" else ""
    questions = _joined(table, [name for name in (asked, extra) if name])
    whole = [_talk(*row) for row in zip(earlier, questions, table.cells(told), strict=True)]
    gone = [name for name in (names[_HISTORY], asked, extra, told) if name]
    data = table.data.drop_columns(gone).append_column(COLUMN, pa.array(whole, pa.large_string()))
    note = (
        f"{plural(len(long), 'row')} {'has' if len(long) == 1 else 'have'} a history: it comes "
        f"before '{asked}' and '{told}', and every answer of it is learned, too."
    )
    return dataclasses.replace(table, data=data, notes=(*table.notes, note))


def _joined(table: Table, names: list[str]) -> list[str]:
    columns = [table.cells(name) for name in names]
    return ["\n\n".join(text for text in row if text) for row in zip(*columns, strict=True)]


def _talk(earlier: Any, asked: str, told: str | None) -> str | None:
    if not asked or not told:
        return None
    turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]
    return json.dumps([*_before(earlier), *turns], ensure_ascii=False)


def _before(earlier: Any) -> list[Any]:
    """The turns of a history, which may be pairs."""
    if not earlier:
        return []
    try:
        return list(read_turns(earlier, Seen()))
    except Unreadable:
        return [earlier]
