"""Columns of conversations: which hold some, and what belongs to them.

Turns as JSON, finished prompts, the better one of two answers, the tools that may be called, and the
feedback that tells good answers from bad ones.
"""

from collections.abc import Mapping

from workbench.core import feedback
from workbench.data.columns.columns import (
    NO_CONTENT,
    Column,
    is_label,
    is_prose,
    name_rank,
    name_score,
)

NEARLY_ALL = 0.95
"""The share of finished prompts among texts from which on they all are taken for such."""
_ASKED = ("prompt", "conversations", "messages", "conversation", "input")
_ANSWERS = ("chosen", "completion", "response", "answer", "output", "preferred_output")
_TOOLS = ("tools", "functions", "toolconfig", "tool_config")


def reason(columns: list[Column]) -> str:
    """Why these are conversations, to stand behind "because …"; empty if they are none."""
    if found := next((c for c in columns if holds_turns(c)), None):
        return f"'{found.name}' holds whole conversations"
    finished = next((c for c in columns if holds_finished(c) and _stands_alone(c, columns)), None)
    if finished is None:
        return ""
    return f"'{finished.name}' holds finished prompts: questions and answers with a model's marks"


def holds_turns(column: Column) -> bool:
    """Whether a column holds lists of turns, as JSON."""
    talks = column.conversations > 0.8 and column.filled > 0.2
    return talks and not NO_CONTENT.search(column.name)


def holds_finished(column: Column) -> bool:
    """Whether a column holds finished prompts."""
    finished = column.finished >= NEARLY_ALL and column.filled > 0.5
    return finished and not NO_CONTENT.search(column.name)


def _stands_alone(finished: Column, columns: list[Column]) -> bool:
    """Whether finished prompts are what is learned, and not what is answered or sorted."""
    others = [c for c in columns if c is not finished and not NO_CONTENT.search(c.name)]
    if finished.unanswered >= NEARLY_ALL:
        return any(c.name.lower() in _ANSWERS for c in others)
    answered = any(name_score(c.name, "response") == 1 and is_prose(c) for c in others)
    sorted_ = any(
        name_score(c.name, "label") == 1 and is_label(c) and not _is_verdict(c) for c in others
    )
    return finished.name.lower() == "chosen" or not (answered or sorted_)


def _is_verdict(column: Column) -> bool:
    """Whether a column's two values are those of feedback."""
    plain = column.name.rsplit(".", 1)[-1].strip().casefold()
    return feedback.tells_good_from_bad(column.few, truths_only=plain == "label")


def feedback_of(columns: list[Column], roles: Mapping[str, str]) -> dict[str, str]:
    """The column that says which answers are bad, by its name and its two values."""
    found = [
        (name_rank(column.name, feedback.ROLE), column.name)
        for column in columns
        if name_score(column.name, feedback.ROLE) == 1
        and column.name not in roles.values()
        and _is_verdict(column)
    ]
    return {feedback.ROLE: max(found)[1]} if found else {}


def with_answer(columns: list[Column]) -> dict[str, str]:
    """Where the turns of a question and of its answer stand apart: one behind the other."""
    talks = {c.name.lower(): c for c in columns if holds_turns(c) or c.answers_only > 0.8}
    talks = {name: c for name, c in talks.items() if not NO_CONTENT.search(name)}
    asked = next((talks[name] for name in _ASKED if name in talks), None)
    answer = next((talks[name] for name in _ANSWERS if name in talks), None)
    if answer and holds_turns(answer) and answer.answers_only < 0.2:
        return {"messages": answer.name}
    if asked and answer and (asked.name.lower() == "prompt" or answer.answers_only):
        return {"messages": f"{{{asked.name}}}{{{answer.name}}}"}
    begun = next((c for c in columns if c.unanswered >= NEARLY_ALL), None)
    ends = next((c for c in columns if c.name.lower() in _ANSWERS and c is not begun), None)
    if begun and ends:
        return {"messages": f"{{{begun.name}}}{{{ends.name}}}"}
    return {}


def with_tools(columns: list[Column], messages: str) -> str:
    """The conversation, behind the tools that it may call, where a column has them."""
    tools = next((c.name for c in columns if c.name.lower() in _TOOLS and c.filled), "")
    return f"{{{tools}}}{messages if '{' in messages else f'{{{messages}}}'}" if tools else messages
