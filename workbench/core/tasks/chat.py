"""Chat: a conversation, turn by turn, whose answers are learned."""

import json
from typing import Any

from workbench.core import feedback
from workbench.core.canonical import messages_json, text_in
from workbench.core.chats.seen import Seen
from workbench.core.errors import WorkbenchError
from workbench.core.messages import asked, is_learned
from workbench.core.tasks.task import Message, Row, Task, with_system
from workbench.core.tools.compare import same_answer


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
    return list(map(_turn, turns))


def _turn(turn: dict[str, Any]) -> Message:
    said = {"role": turn["role"], "content": turn["content"]}
    return {**said, "learn": False} if turn.get("learn") is False else said


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _question(row: Row) -> str:
    """All turns before the last answer that is learned, each with its speaker."""
    return "\n".join(f"{turn['role']}: {turn['content']}" for turn in asked(_turns(row)))


def _answer(row: Row) -> str | None:
    turns = _turns(row)
    if turns[-1]["role"] != "assistant":
        return None
    return next((turn["content"] for turn in reversed(turns) if is_learned(turn)), None)


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"messages": list(map(_weighted, with_system(_turns(row), instruction)))}


def _weighted(turn: Message) -> dict[str, Any]:
    """A turn as OpenAI writes it: an answer that is not to be learned weighs nothing."""
    said = {"role": turn["role"], "content": turn["content"]}
    return {**said, "weight": 0} if turn.get("learn") is False else said


def _told(cell: str, seen: Seen) -> str:
    return messages_json(cell, seen=seen)


def _unanswered(cell: str) -> str:
    return messages_json(cell, answers=False)


CHAT = Task(
    name="chat",
    title="Hold a conversation",
    explanation="Each example is a whole conversation, turn by turn.",
    required=("messages",),
    optional=("system", feedback.ROLE),
    learned="messages",
    role_titles={"messages": "The conversation (messages)"},
    metric="chrf",
    scores=("exact_match", "chrf", "rouge_l"),
    question=_question,
    answer=_answer,
    turns=_turns,
    record=_record,
    cleaners={"messages": messages_json, "system": text_in, feedback.ROLE: feedback.check},
    question_cleaners={"messages": _unanswered, "system": text_in},
    tellers={"messages": _told},
    is_right=same_answer,
    answers_are_free_text=True,
    told_first="You are a helpful assistant. Answer briefly and politely.",
)
