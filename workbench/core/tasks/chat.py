"""Chat: a conversation, turn by turn, whose answers are learned."""

import json
from typing import Any

from workbench.core.canonical import messages_json
from workbench.core.errors import WorkbenchError
from workbench.core.tasks.task import Message, Row, Task, with_system


def _turns(row: Row) -> list[Message]:
    """The turns in `messages`.

    Raises:
        WorkbenchError: it is no list of turns, or a turn lacks its role or content.
    """
    turns = _parsed(row["messages"])
    if not isinstance(turns, list) or not turns:
        raise WorkbenchError(
            "The conversation is not a list of turns: write it as "
            '[{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}].'
        )
    for number, turn in enumerate(turns, 1):
        if not isinstance(turn, dict) or not all(
            isinstance(turn.get(key), str) for key in ("role", "content")
        ):
            raise WorkbenchError(
                f"Turn {number} of the conversation needs a role and a content, both text: "
                "add what is missing."
            )
    return [{"role": turn["role"], "content": turn["content"]} for turn in turns]


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _question(row: Row) -> str:
    """All turns before the last answer, each with its speaker."""
    turns = _turns(row)
    asked = turns[:-1] if turns[-1]["role"] == "assistant" else turns
    return "\n".join(f"{turn['role']}: {turn['content']}" for turn in asked)


def _answer(row: Row) -> str | None:
    last = _turns(row)[-1]
    return last["content"] if last["role"] == "assistant" else None


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"messages": with_system(_turns(row), instruction)}


def _unanswered(cell: str) -> str:
    return messages_json(cell, answers=False)


CHAT = Task(
    name="chat",
    title="Hold a conversation",
    explanation="Each example is a whole conversation, turn by turn.",
    required=("messages",),
    optional=("system",),
    learned="messages",
    role_titles={"messages": "The conversation (messages)"},
    metric="chrf",
    scores=("exact_match", "chrf"),
    question=_question,
    answer=_answer,
    turns=_turns,
    record=_record,
    cleaners={"messages": messages_json},
    question_cleaners={"messages": _unanswered},
    answers_are_free_text=True,
)
