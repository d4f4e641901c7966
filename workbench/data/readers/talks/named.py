"""Conversations in the cells of a column, whose speakers have names of their own."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.canonical import parsed
from workbench.core.chats.content import TEXT_KEYS
from workbench.core.chats.items import LISTS, is_conversation
from workbench.core.chats.speakers import speaker_in
from workbench.data.readers.messages.speakers import Utterance
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.talks.sides import Sides, sides_of

_LOOKED_AT = 50
_MOST = 0.8
_LEAST_TURNS = 2


def read(table: Table, options: ReadOptions) -> Table | None:
    """The table with roles in place of names; None if there is no such column."""
    name = next((name for name in table.columns if _has_names(table, name)), None)
    if name is None:
        return None
    cells = table.cells(name)
    talks = [_turns(cell) for cell in cells]
    sides = sides_of([_said(turns) for turns in talks if turns], options.assistant)
    written = [
        json.dumps([_with_role(turn, sides) for turn in turns], ensure_ascii=False)
        if turns
        else cell
        for turns, cell in zip(talks, cells, strict=True)
    ]
    place = table.columns.index(name)
    data = table.data.set_column(place, name, pa.array(written, pa.large_string()))
    return with_sides(dataclasses.replace(table, data=data), sides)


def with_sides(table: Table, sides: Sides) -> Table:
    """The table with what is to be said, and asked, of who answers."""
    return dataclasses.replace(
        table,
        notes=(*table.notes, *filter(None, (sides.note,))),
        people=sides.people,
        options=dataclasses.replace(table.options, assistant=sides.side),
    )


def _has_names(table: Table, name: str) -> bool:
    first = table.data.column(name).slice(0, _LOOKED_AT).drop_null().to_pylist()
    if not first or not all(cell.lstrip()[:1] in ("[", "{") for cell in first[:3]):
        return False
    found = [turns for cell in first if (turns := _turns(cell))]
    if len(found) < _MOST * len(first) or all(map(is_conversation, found)):
        return False
    return sum(len({speaker_in(turn) for turn in turns}) > 1 for turns in found) * 2 > len(found)


def _turns(cell: str | None) -> list[dict[str, Any]]:
    """The turns in a cell: objects with a speaker and a text; none if it holds anything else."""
    value = parsed(cell) if cell else None
    if isinstance(value, Mapping):
        value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
    if not isinstance(value, list) or len(value) < _LEAST_TURNS:
        return []
    turns = [item for item in value if isinstance(item, dict) and _is_said(item)]
    return turns if len(turns) == len(value) else []


def _is_said(item: Mapping[str, Any]) -> bool:
    return bool(speaker_in(item)) and any(isinstance(item.get(key), str) for key in TEXT_KEYS)


def _said(turns: list[dict[str, Any]]) -> list[Utterance]:
    return [Utterance(speaker_in(turn), "") for turn in turns]


def _with_role(turn: dict[str, Any], sides: Sides) -> dict[str, Any]:
    """The turn by its role; the name goes."""
    name = speaker_in(turn)
    rest = {key: value for key, value in turn.items() if value != name}
    return {"role": sides.roles.get(name, name), **rest}
