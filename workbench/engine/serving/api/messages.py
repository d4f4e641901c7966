"""The messages of a request: who said what, all of it text."""

from collections.abc import Sequence
from typing import Any

from workbench.core.chats.seen import Seen
from workbench.core.chats.turns import read
from workbench.core.chats.unreadable import Unreadable
from workbench.engine.serving.api.tools import Tools
from workbench.engine.serving.errors import wrong

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
TOOL = "tool"
"""Says what a tool gave back."""


def messages_of(body: dict[str, Any], tools: Tools | None = None) -> tuple[dict[str, str], ...]:
    """The conversation that is to be answered.

    Tools are named in its instruction, calls of them and what they gave back are texts, as in training.

    Raises:
        ApiError: 400, and which message is wrong.
    """
    given = body.get("messages")
    if not isinstance(given, list) or not given:
        raise wrong("messages", "must be a list of at least one message")
    if tools is not None or any(map(_is_of_tools, given)):
        return _with_tools(given, tools)
    messages = tuple(_message(number, item) for number, item in enumerate(given))
    if messages[-1]["role"] != "user":
        raise wrong("messages", "must end with a user message: the question to answer")
    return messages


def _is_of_tools(item: Any) -> bool:
    """Whether a message calls tools, or says what one gave back."""
    return isinstance(item, dict) and (item.get("role") == TOOL or bool(item.get("tool_calls")))


def _with_tools(given: list[Any], tools: Tools | None) -> tuple[dict[str, str], ...]:
    plain = [
        item if _is_of_tools(item) else _message(number, item) for number, item in enumerate(given)
    ]
    if plain[-1].get("role") not in ("user", TOOL):
        raise wrong("messages", "must end with a user's message, or what a tool gave back")
    whole = {"messages": plain, **({"tools": list(tools.listed)} if tools else {})}
    try:
        turns = read(whole, Seen())
    except Unreadable as error:
        raise wrong("messages", f"cannot be read: a {error}") from error
    return tuple({"role": turn["role"], "content": turn["content"]} for turn in turns)


def _message(number: int, item: Any) -> dict[str, str]:
    where = f"messages[{number}]"
    role = item.get("role") if isinstance(item, dict) else None
    if not isinstance(role, str) or role not in ROLES:
        raise wrong(where, f"needs a role, one of {', '.join(ROLES)}")
    return {"role": ROLES[role], "content": _content(where, item.get("content"))}


def _content(where: str, value: Any) -> str:
    """A text, or OpenAI's list of parts if all of them are text."""
    if isinstance(value, str):
        return value
    parts: Sequence[Any] = value if isinstance(value, list) else [None]
    texts = [_part(part) for part in parts]
    if any(text is None for text in texts):
        raise wrong(where, "needs a content that is text: these models read nothing else")
    return "".join(text or "" for text in texts)


def _part(part: Any) -> str | None:
    if not isinstance(part, dict) or part.get("type") != "text":
        return None
    text = part.get("text")
    return text if isinstance(text, str) else None
