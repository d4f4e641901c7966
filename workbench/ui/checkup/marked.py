"""Rows of a finding as a table: what they say, what would become of them, and why."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.words import shortened
from workbench.data.edits import fields
from workbench.data.edits.turns import SPEAKERS, Turn, turns_of
from workbench.ui.numbers import when

PARTS = {"train": "learn from", "validation": "practice", "test": "exam"}
TITLES = {
    "text": "Text",
    "label": "Category",
    "prompt": "What comes in",
    "response": "Answer",
    "messages": "Conversation",
    "system": "Instruction",
    "split": "Part",
}


def title_of(role: str, task: str) -> str:
    """What a role's column is called; an answer that is a number is no category."""
    numbers = role == "label" and task_named(task).answers_are_numbers
    return "Number" if numbers else TITLES[role]


_LEAD = 20
"""So many characters before a change are shown with it."""
_HINT = 60
"""So many characters of another column are enough to know a row again."""
_ARROW = " → "
"""Stands between the columns of a whole row, see `fixing.before_and_after`."""


def frame(found: pa.Table, task: str) -> pd.DataFrame:
    """Columns Row, Part, the roles' texts, and of Together, Better, Sure and Why those that say
    anything."""
    rows = found.to_pylist()
    roles = [name for name in found.column_names if name in TITLES and name != "split"]
    table: dict[str, list[Any]] = {
        "Row": [row["row_id"] for row in rows],
        "Part": [PARTS.get(row["split"], row["split"]) for row in rows],
    }
    table |= {title_of(role, task): [said(row[role] or "") for row in rows] for role in roles}
    if any(row["group"] for row in rows):
        table["Together"] = [row["group"] or None for row in rows]
    if any(row["after"] is not None for row in rows):
        table["Better"] = [_better(row) for row in rows]
    if any(row["value"] for row in rows):
        table["Sure"] = [row["value"] or None for row in rows]
    if any(row["note"] for row in rows):
        table["Why"] = [row["note"] for row in rows]
    return pd.DataFrame(table)


def _better(row: dict[str, Any]) -> str:
    after, role = row["after"], row["role"]
    if after is None:
        return ""
    if role == "split":
        return PARTS.get(str(after), str(after))
    return _from_the_change(said(row.get(role) or ""), said(str(after)))[1]


def said(text: str, between: str = "\n") -> str:
    """A text as people read it: of a conversation each turn with its speaker, of an answer in JSON
    each field with its name; with `between` between them."""
    try:
        if text.startswith('[{"role"'):
            return between.join(f"{_speaker(turn)}: {turn.content}" for turn in turns_of(text))
        if text.startswith('{"') and isinstance(value := json.loads(text), dict):
            return between.join(f"{name}: {_value(each)}" for name, each in value.items())
    except (ValueError, TypeError, KeyError, RecursionError):
        return text
    return text


def _speaker(turn: Turn) -> str:
    return SPEAKERS[turn.role] + ("" if turn.learn else " (not learned)")


def _value(value: Any) -> str:
    """A value of a field as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        nested = any(isinstance(item, dict | list) for item in value)
        return ("; " if nested else ", ").join(map(_value, value)) or "–"
    return fields.format_value(value) or "–"


def _told(before: str, after: str) -> tuple[str, str]:
    """Before and after for a table: of turns and fields those that differ."""
    old, new = _in_words(before), _in_words(after)
    if old != before and new != after:
        lines = old.split("\n"), new.split("\n")
        gone, came = (
            [line for line in one if line not in other] for one, other in (lines, lines[::-1])
        )
        old, new = ("\n".join(gone), "\n".join(came)) if gone or came else (old, new)
    return _from_the_change(old, new) if old and new else (old, new)


def _in_words(text: str) -> str:
    """A text, or the columns of a whole row, as people read them."""
    whole = said(text)
    return whole if whole != text else _ARROW.join(map(said, text.split(_ARROW)))


def _from_the_change(before: str, after: str) -> tuple[str, str]:
    """Two long texts from a few words before where they begin to differ."""
    differ = (i for i, pair in enumerate(zip(before, after, strict=False)) if len({*pair}) > 1)
    same = next(differ, min(len(before), len(after)))
    start = before.rfind(" ", 0, same - _LEAD) + 1 if same > 2 * _LEAD else 0
    return (f"… {before[start:]}", f"… {after[start:]}") if start else (before, after)


def columns() -> dict[str, Any]:
    """How the columns are shown."""
    return {
        "Row": st.column_config.NumberColumn("Row", pinned=True, width="small"),
        "Part": st.column_config.TextColumn("Part", width="small"),
        "Together": st.column_config.NumberColumn(
            "Together", width="small", help="Rows with the same number belong together."
        ),
        "Better": st.column_config.TextColumn("Better", help="What the fix would write there."),
        "Sure": st.column_config.ProgressColumn(
            "Sure", min_value=0, max_value=1, format="percent", width="small"
        ),
    }


def changes(lines: list[dict[str, str]]) -> pd.DataFrame:
    """Lines of `fixing.before_and_after` in the words of the page; no column without a word.

    A line may tell `when` it was changed (ISO 8601).
    """
    frame = pd.DataFrame(lines, columns=["row", "text", "column", "before", "after", "when"])
    frame["when"] = [
        when(dt.datetime.fromisoformat(at)) if at else ""
        for at in (line.get("when", "") for line in lines)
    ]
    frame["column"] = [TITLES.get(name, name) for name in frame["column"]]
    pairs = [
        (PARTS.get(line["before"], ""), PARTS.get(line["after"], ""))
        if line["column"] == "split"
        else _told(line["before"], line["after"])
        for line in lines
    ]
    frame["before"], frame["after"] = [old for old, _ in pairs], [new for _, new in pairs]
    frame["text"] = [shortened(said(text), _HINT) for text in frame["text"]]
    frame = frame[[name for name in frame.columns if any(frame[name])]]
    words = {
        "row": "Row",
        "text": "Text",
        "column": "Where",
        "before": "Before",
        "after": "After",
        "when": "When",
    }
    return frame.rename(columns=words)
