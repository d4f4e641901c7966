"""Conversations and JSON answers as people have them, in the one form that models are taught."""

import ast
import json
from typing import Any

from workbench.core.chats import content, turns
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

__all__ = ["Unreadable", "fields_json", "messages_json", "parsed", "question_of", "text_in"]


def messages_json(cell: str, *, answers: bool = True, seen: Seen | None = None) -> str:
    """A conversation as JSON text of [{"role", "content"}, …].

    A turn that is read but not learned has `"learn": false`. What is read, see `chats.turns`;
    several lists of turns may stand one behind the other. Turns in a row by the same speaker become
    one. With `answers` it ends with the last answer, else with the last question.

    Args:
        seen: told what is not used, not learned or written anew.

    Raises:
        Unreadable: it is no conversation, or has nothing to learn from.
    """
    value = parsed(cell)
    if value is None:
        value = _lists_in(cell)
    found = turns.read(cell if value is None else value, Seen() if seen is None else seen)
    last = "assistant" if answers else "user"
    while found and found[-1]["role"] != last:
        found.pop()
    if not found:
        raise Unreadable(f"conversation without {'an answer' if answers else 'a question'}")
    if answers:
        _check_learned(found)
    return json.dumps(found, ensure_ascii=False)


def _check_learned(found: list[dict[str, Any]]) -> None:
    if not any(turn["role"] == "user" for turn in found):
        raise Unreadable("conversation without a question")
    if not any(turn["role"] == "assistant" and turn.get("learn", True) for turn in found):
        raise Unreadable("conversation in which no answer is to be learned")


def _lists_in(cell: str) -> list[Any] | None:
    """The turns of JSON lists that stand one behind the other, as a template weaves them."""
    decoder, found, place = json.JSONDecoder(), list[Any](), 0
    try:
        while cell[place:].strip():
            place += len(cell[place:]) - len(cell[place:].lstrip())
            value, place = decoder.raw_decode(cell, place)
            found.extend(value if isinstance(value, list) else [value])
    except (ValueError, RecursionError):
        return None
    return found


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


def text_in(cell: str) -> str:
    """The text of an instruction, which may stand in a list of parts (`[{"text": …}]`) or in a
    turn of its own; as it is where it stands in neither."""
    value = parsed(cell) if cell.lstrip().startswith(("[", "{")) else None
    try:
        return content.text_of(value, Seen()) if value else cell
    except Unreadable:
        return cell


def question_of(messages: str) -> str:
    """What a conversation asks: everything that is not an answer."""
    said = json.loads(messages)
    return "\n".join(turn["content"] for turn in said if turn["role"] != "assistant")
