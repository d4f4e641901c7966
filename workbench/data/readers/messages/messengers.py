"""Chats that were exported as JSON from Telegram, Discord (by DiscordChatExporter) and Messenger."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.data.readers import encodings
from workbench.data.readers.messages.speakers import Utterance, conversations

_SIGNS = (
    (rb'"type"\s*:\s*"(personal_chat|private_\w+|public_\w+|bot_chat|saved_messages)"', rb'"from'),
    (rb'"guild"\s*:\s*\{', rb'"channel"\s*:\s*\{'),
    (rb'"participants"\s*:\s*\[', rb'"sender_name"\s*:', rb'"timestamp_ms"\s*:'),
)


def looks_like(head: bytes) -> bool:
    """Whether JSON begins as one of these exports does."""
    is_list = re.search(rb'"messages"\s*:\s*\[', head) is not None
    return is_list and any(all(re.search(sign, head) for sign in signs) for signs in _SIGNS)


def read_conversations(path: Path, name: str) -> list[list[Utterance]]:
    """The conversations in a file: each stretch of the chat.

    Raises:
        ValueError: it is not such JSON.
    """
    text = path.read_text("utf-8-sig" if (e := encodings.detect(path, name)) == "utf-8" else e)
    value = json.loads(text)
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list):
        raise ValueError("no list of messages")
    said = [one for message in messages if isinstance(message, dict) for one in _said(message)]
    said.sort(key=lambda one: one.at or dt.datetime.min)
    return list(conversations(said))


def _said(message: dict[str, Any]) -> Iterator[Utterance]:
    who, text = _who(message), _text(message.get("text", message.get("content"))).strip()
    if message.get("sender_name"):
        who, text = _mended(who), _mended(text)
    is_said = message.get("type") in (None, "message", "Default", "Reply", "Generic")
    if who and text and is_said:
        yield Utterance(who, text, _moment(message))


def _who(message: dict[str, Any]) -> str:
    author = message.get("author")
    if isinstance(author, dict):
        return str(author.get("nickname") or author.get("name") or "")
    return str(message.get("from") or message.get("sender_name") or "")


def _text(value: Any) -> str:
    """Telegram writes a text with links as a list of its pieces."""
    if isinstance(value, list):
        return "".join(map(_text, value))
    if isinstance(value, dict):
        return _text(value.get("text"))
    return value if isinstance(value, str) else ""


def _mended(text: str) -> str:
    """Messenger writes each byte of UTF-8 as a letter of its own."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _moment(message: dict[str, Any]) -> dt.datetime | None:
    since = message.get("timestamp_ms")
    try:
        if isinstance(since, int):
            return dt.datetime.fromtimestamp(since / 1000, dt.UTC).replace(tzinfo=None)
        moment = dt.datetime.fromisoformat(str(message.get("date") or message.get("timestamp")))
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
