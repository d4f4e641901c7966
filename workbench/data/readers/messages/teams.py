"""Chats of Microsoft Teams as its programming interface (Graph) lists them: `chatMessage`."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.data.readers import encodings
from workbench.data.readers.html_text import text_of
from workbench.data.readers.messages.speakers import Utterance, conversations

_SIGNS = (rb'"createdDateTime"\s*:', rb'"body"\s*:\s*\{', rb'"from"\s*:')


def looks_like(head: bytes) -> bool:
    """Whether JSON begins as such a list does."""
    signs = all(re.search(sign, head) for sign in _SIGNS)
    return signs and (b'"messageType"' in head or b"chatMessage" in head)


def read_conversations(path: Path, name: str) -> list[list[Utterance]]:
    """The conversations in a file: each thread of a channel, and each stretch of a chat.

    Raises:
        ValueError: it is not JSON.
    """
    text = path.read_text("utf-8-sig" if (e := encodings.detect(path, name)) == "utf-8" else e)
    threads: dict[str, list[Utterance]] = {}
    for message in _messages(text):
        place = str(message.get("replyToId") or _own_thread(message))
        if (found := _read_message(message)) is not None:
            threads.setdefault(place, []).append(found)
    for thread in threads.values():
        thread.sort(key=lambda said: said.at or dt.datetime.min)
    return [part for thread in threads.values() for part in conversations(thread)]


def _own_thread(message: dict[str, Any]) -> str:
    """A post in a channel begins a thread; the messages of a chat are one."""
    return str(message.get("id") if message.get("channelIdentity") else message.get("chatId"))


def _messages(text: str) -> Iterator[dict[str, Any]]:
    try:
        values = _as_list(json.loads(text))
    except json.JSONDecodeError:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    for value in values:
        if isinstance(value, dict):
            yield value
            replies = value.get("replies")
            for reply in replies if isinstance(replies, list) else ():
                yield {"replyToId": value.get("id"), **reply}


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        return lists[0] if lists else [value]
    return value if isinstance(value, list) else []


def _read_message(message: dict[str, Any]) -> Utterance | None:
    body, sender = message.get("body") or {}, message.get("from") or {}
    if message.get("messageType", "message") != "message" or message.get("deletedDateTime"):
        return None
    content = str(body.get("content") or "")
    text = text_of(content) if body.get("contentType") == "html" else content.strip()
    named = [who.get("displayName") for who in sender.values() if isinstance(who, dict)]
    return (
        Utterance(str(next(filter(None, named), "somebody")), text, _moment(message))
        if text
        else None
    )


def _moment(message: dict[str, Any]) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(message.get("createdDateTime")))
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
