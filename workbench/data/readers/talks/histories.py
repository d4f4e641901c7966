"""Answers that follow on what stands in a column of its own: on a history of earlier pairs and the question,
or on turns that end with a question."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.canonical import parsed
from workbench.core.chats.items import is_conversation
from workbench.core.chats.seen import Seen
from workbench.core.chats.speakers import USER, role_of, speaker_in
from workbench.core.chats.turns import read as read_turns
from workbench.core.chats.unreadable import Unreadable
from workbench.core.words import plural
from workbench.data.readers.table import ReadOptions, Table

_HISTORY = "history"
_ASKED = ("query", "prompt", "instruction", "question", "input")
_TOLD = ("response", "output", "answer", "completion")
_TURNS = ("messages", "conversations", "conversation", "input", "prompt", "dialog", "dialogue")
_NEARLY_ALL = 0.9
COLUMN = "messages"


def read(table: Table, options: ReadOptions) -> Table | None:
    """The table with a column of whole conversations in place of their parts; None if it is no such
    table, or every history is empty."""
    names = {name.casefold(): name for name in table.columns}
    return _with_history(table, names) or _with_turns(table, names)


def _with_turns(table: Table, names: Mapping[str, str]) -> Table | None:
    """Turns that end with a question, and the answer as a text."""
    told = next((names[name] for name in (*_TOLD, "chosen", "ideal") if name in names), "")
    for name in (names[name] for name in _TURNS if name in names and told):
        begun = [parsed(cell) if cell else None for cell in table.cells(name)]
        answers = table.cells(told)
        if not _ends_with_question(begun) or any(
            (a or "").lstrip()[:1] in ("[", "{") for a in answers
        ):
            continue
        whole = [_answered(*row) for row in zip(begun, answers, strict=True)]
        data = table.data.drop_columns([name, told])
        column = name if name.casefold() == COLUMN else COLUMN
        data = data.append_column(column, pa.array(whole, pa.large_string()))
        note = f"'{told}' is taken for the answer to the turns in '{name}'."
        return dataclasses.replace(table, data=data, notes=(*table.notes, note))
    return None


def _ends_with_question(begun: list[Any]) -> bool:
    """Whether these are turns, nearly all ending with one of the user."""
    found = [value for value in begun if value]
    if not found or not all(isinstance(v, list) and is_conversation(v) for v in found):
        return False
    last = [v[-1] for v in found]
    asking = sum(role_of(speaker_in(turn)) == USER for turn in last if isinstance(turn, dict))
    return asking >= _NEARLY_ALL * len(found)


def _answered(begun: Any, told: str | None) -> str | None:
    if not begun or not told:
        return None
    return json.dumps([*begun, {"role": "assistant", "content": told}], ensure_ascii=False)


def _with_history(table: Table, names: Mapping[str, str]) -> Table | None:
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
