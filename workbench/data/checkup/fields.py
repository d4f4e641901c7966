"""The texts of a row, and how they are written anew where they lie in JSON."""

import json
from collections.abc import Callable
from typing import Any

from workbench.core.tasks import Task
from workbench.data.checkup.rows import Rows

Change = Callable[[str], str]


def text_roles(rows: Rows) -> list[str]:
    """The roles that hold texts; a category is a name."""
    return [role for role in rows.values if role != "label"]


def rewrite(task: Task, role: str, text: str, change: Change) -> str:
    """The text of a role with `change` made; in JSON each text of its own, and it stays JSON."""
    if not task.is_json(role):
        return change(text)
    try:
        before = json.loads(text)
    except (ValueError, RecursionError):
        return change(text)
    after = _walk(before, change)
    return text if after == before else json.dumps(after, ensure_ascii=False)


def texts_in(task: Task, role: str, text: str) -> list[str]:
    """The texts of a role: one, or all those in its JSON."""
    found: list[str] = []

    def take(part: str) -> str:
        found.append(part)
        return part

    rewrite(task, role, text, take)
    return found


def _walk(value: Any, change: Change) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "role" else _walk(item, change) for key, item in value.items()}
    return value
