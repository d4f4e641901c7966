"""Further exam questions of conversations: each answer that calls a tool before the last one.

An exam asks for the last answer of a conversation. Where a tool was called on the way to it, that last
answer is said in words, and whether the model calls would never be asked.
"""

import json
from collections.abc import Iterator, Sequence

from workbench.core.messages import is_learned
from workbench.core.tasks import Task
from workbench.core.tools.pieces import OPENS
from workbench.engine.rows import Row


def with_calls(task: Task, rows: Sequence[Row]) -> list[Row]:
    """The rows, each behind its conversation up to every earlier answer that calls a tool."""
    if task.turns is None:
        return list(rows)
    return [each for row in rows for each in (*_up_to_calls(task, row), row)]


def _up_to_calls(task: Task, row: Row) -> Iterator[Row]:
    if OPENS not in str(row[task.learned]) or task.turns is None:
        return
    turns = task.turns(row)
    learned = [place for place, turn in enumerate(turns) if is_learned(turn)]
    for place in learned[:-1]:
        if OPENS in turns[place]["content"]:
            own = json.dumps(turns[: place + 1], ensure_ascii=False)
            yield {**row, task.learned: own}
