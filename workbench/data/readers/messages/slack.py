"""A Slack export: users.json, lists of channels, and a file for every channel and day."""

import datetime as dt
import html
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from workbench.core.progress import Progress
from workbench.data.readers.listing import Part
from workbench.data.readers.messages.speakers import Utterance, conversations

_LISTS = {"channels.json", "groups.json", "dms.json", "mpims.json"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_PASSED_OVER = {"channel_join", "channel_leave", "channel_topic", "channel_purpose"}
_PASSED_OVER |= {"channel_name", "channel_archive", "group_join", "group_leave", "tombstone"}


def looks_like(names: Sequence[str]) -> bool:
    """Whether these are the files of such an export."""
    found = {PurePosixPath(name).name for name in names}
    return "users.json" in found and bool(_LISTS & found)


def channels(
    parts: Sequence[Part], progress: Progress
) -> Iterator[tuple[str, list[list[Utterance]]]]:
    """The channels with their conversations: threads, and what is said outside of threads.

    Raises:
        ValueError: a file is not JSON.
    """
    people = _people(parts)
    days: dict[str, list[Part]] = {}
    for part in parts:
        place = PurePosixPath(part.name)
        if _DAY.fullmatch(place.name):
            days.setdefault(place.parent.name, []).append(part)
    for number, (channel, found) in enumerate(sorted(days.items()), 1):
        messages = [
            message
            for part in sorted(found, key=lambda part: part.name)
            for message in _load(part)
            if _is_said(message)
        ]
        messages.sort(key=lambda message: float(message["ts"]))
        yield channel, _conversations(messages, people)
        progress(number / len(days))


def _load(part: Part) -> list[dict[str, Any]]:
    value = json.loads(part.path.read_bytes())
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _people(parts: Sequence[Part]) -> dict[str, str]:
    """User's id → name as the others see it."""
    names = {}
    for part in parts:
        if PurePosixPath(part.name).name == "users.json":
            for user in _load(part):
                profile = user.get("profile") or {}
                known = (profile.get("real_name"), user.get("real_name"), user.get("name"))
                names[str(user.get("id"))] = next(filter(None, known), "somebody")
    return names


def _is_said(message: dict[str, Any]) -> bool:
    try:
        _moment(message)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return False
    return bool(message.get("text")) and message.get("subtype") not in _PASSED_OVER


def _conversations(messages: list[dict[str, Any]], people: dict[str, str]) -> list[list[Utterance]]:
    threads: dict[str, list[Utterance]] = {}
    loose: list[Utterance] = []
    for message in messages:
        said = _read_message(message, people)
        if message.get("thread_ts"):
            threads.setdefault(str(message["thread_ts"]), []).append(said)
        else:
            loose.append(said)
    found = [*threads.values(), *conversations(loose)]
    return sorted(found, key=lambda conversation: conversation[0].at or dt.datetime.min)


def _read_message(message: dict[str, Any], people: dict[str, str]) -> Utterance:
    profile = message.get("user_profile") or {}
    user = str(message.get("user") or "")
    known = (people.get(user), profile.get("real_name"), message.get("username"), user, "somebody")
    text = _render(str(message["text"]), people)
    return Utterance(str(next(filter(None, known))), text, _moment(message))


def _moment(message: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromtimestamp(float(message["ts"]), dt.UTC).replace(tzinfo=None)


def _render(text: str, people: dict[str, str]) -> str:
    """The text with names in place of ids, and links as they are shown."""

    def shown(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target.startswith("@"):
            return "@" + (label or people.get(target[1:], target[1:]))
        if target.startswith(("#", "!")):
            return label or target[1:]
        return label or target.removeprefix("mailto:")

    return html.unescape(_LINK.sub(shown, text)).strip()
