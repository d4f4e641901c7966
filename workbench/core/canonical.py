"""Conversations and JSON answers as people have them, in the one form that models are taught."""

import ast
import json
from typing import Any

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "customer": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "agent": "assistant",
}


class Unreadable(ValueError):
    """Why a cell cannot be used, to stand behind "12 rows: …"."""


def messages_json(cell: str, *, answers: bool = True) -> str:
    """A conversation as JSON text of [{"role", "content"}, …].

    OpenAI's `messages` (role, content) and ShareGPT's `conversations` (from, value) are read, and
    several lists of turns one behind the other. Turns in a row by the same speaker become one. With `answers` it ends with the last answer,
    else with the last question.

    Raises:
        Unreadable: it is no conversation, or has nothing to learn from.
    """
    turns = _merged([_turn(item) for item in _turns(cell)])
    last = "assistant" if answers else "user"
    while turns and turns[-1]["role"] != last:
        turns.pop()
    if not turns:
        raise Unreadable(f"conversation without {'an answer' if answers else 'a question'}")
    if answers and not any(turn["role"] == "user" for turn in turns):
        raise Unreadable("conversation without a question")
    return json.dumps(turns, ensure_ascii=False)


def _turns(cell: str) -> list[Any]:
    value = parsed(cell)
    if value is None:
        value = _lists_in(cell)
    if isinstance(value, dict):
        value = value.get("messages") or value.get("conversations") or value.get("conversation")
    if not isinstance(value, list) or not value:
        raise Unreadable("conversation that is not a list of turns")
    return value


def _lists_in(cell: str) -> list[Any] | None:
    """The turns of JSON lists that stand one behind the other, as a template weaves them."""
    decoder, turns, place = json.JSONDecoder(), list[Any](), 0
    try:
        while cell[place:].strip():
            place += len(cell[place:]) - len(cell[place:].lstrip())
            value, place = decoder.raw_decode(cell, place)
            turns.extend(value if isinstance(value, list) else [value])
    except (ValueError, RecursionError):
        return None
    return turns


def _turn(item: Any) -> dict[str, str]:
    if not isinstance(item, dict):
        raise Unreadable("conversation that is not a list of turns")
    speaker = str(item.get("role") or item.get("from") or "").strip().lower()
    if speaker not in _ROLES:
        raise Unreadable(f"turn by '{speaker[:30]}', which is neither user nor assistant")
    content = _content(item.get("content", item.get("value")))
    return {"role": _ROLES[speaker], "content": content}


def _content(value: Any) -> str:
    if isinstance(value, list):
        if any(not isinstance(part, dict) or part.get("type") != "text" for part in value):
            raise Unreadable("turn that is more than text")
        value = "\n".join(str(part.get("text", "")) for part in value)
    if value is not None and not isinstance(value, str):
        raise Unreadable("turn that is more than text")
    return (value or "").strip()


def _merged(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    merged: list[dict[str, str]] = []
    for turn in turns:
        if not turn["content"]:
            continue
        if merged and merged[-1]["role"] == turn["role"]:
            merged[-1]["content"] += "\n\n" + turn["content"]
        else:
            merged.append(turn)
    return merged


def fields_json(cell: str) -> str:
    """The fields to find, as JSON text of one object.

    Raises:
        Unreadable: the cell is not a JSON object.
    """
    value = parsed(cell)
    if not isinstance(value, dict):
        raise Unreadable("answer that is not a JSON object")
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Unreadable("answer that is not a JSON object") from None


def parsed(cell: str) -> Any:
    """The value in a cell: JSON, or what Python prints for one (as pandas writes it to CSV)."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        pass
    if not cell.lstrip().startswith(("[", "{")):
        return None
    try:
        return ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def question_of(messages: str) -> str:
    """What a conversation asks: everything that is not an answer."""
    turns = json.loads(messages)
    return "\n".join(turn["content"] for turn in turns if turn["role"] != "assistant")
