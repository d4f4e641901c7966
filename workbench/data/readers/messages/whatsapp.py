"""Chats that were exported from WhatsApp as text, in the form of iPhones and of Android."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.data.readers.messages.speakers import Utterance

_DATE = r"(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})"
_TIME = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([AaPp])\.?\s?[Mm]\.?)?"
_HEAD = re.compile(
    rf"[\u200e\u200f\ufeff]*(?:\[{_DATE},?\s{_TIME}\]\s|{_DATE},?\s{_TIME}\s[-–]\s)(.*)", re.DOTALL
)
_SPEAKER = re.compile(r"([^:\n]{1,80}?):(?:\s(.*)|$)", re.DOTALL)
_MARKS = "\u200e\u200f\ufeff"
_NO_TEXT = re.compile(
    r"<[^<>\n]{3,60}>|(image|video|audio|sticker|GIF|document|contact card) omitted|null"
    r"|(Bild|Video|Audio|Sticker|GIF|Dokument|Kontaktkarte) (weggelassen|ausgelassen)"
    r"|this message was deleted\.?|you deleted this message\.?|diese nachricht wurde gelöscht\.?"
    r"|du hast diese nachricht gelöscht\.?|(missed|verpasster) \w+( call|anruf)\.?",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"\A[^\n]{1,120} \((file attached|datei angehängt)\)(\n|\Z)"
    r"|\s*<(this message was edited|diese nachricht wurde bearbeitet)\.?>\Z",
    re.IGNORECASE,
)
"""What the program writes before a picture's caption, and behind a message that was changed."""


@dataclass(frozen=True)
class _Line:
    date: tuple[int, int, int]
    mark: str
    """What stands between the parts of the date."""
    time: tuple[int, int, int, str]
    rest: str


def looks_like(lines: Iterable[str]) -> bool:
    """Whether a text begins as such a chat does."""
    filled = [line for line in lines if line.strip()]
    heads = [_head(line) for line in filled]
    return bool(heads and heads[0]) and sum(map(bool, heads)) >= min(2, len(heads))


def read_messages(lines: Iterable[str]) -> list[Utterance]:
    """What was said, in its order; notices of the program and pictures are passed over."""
    found = list(_messages(lines))
    order = _order(found)
    result = []
    for line in found:
        speaker = _SPEAKER.match(line.rest)
        if not speaker or (speaker[2] or "").startswith("\u200e"):
            continue
        text = "\n".join(part.strip(_MARKS) for part in (speaker[2] or "").split("\n")).strip()
        text = _AROUND.sub("", text)
        if text and not _NO_TEXT.fullmatch(text):
            result.append(
                Utterance(speaker[1].strip(_MARKS + " ~\u202f"), text, _moment(line, order))
            )
    return result


def _messages(lines: Iterable[str]) -> Iterator[_Line]:
    """The messages, each with the lines that follow its first."""
    held: _Line | None = None
    rest: list[str] = []
    for line in lines:
        head = _head(line)
        if head is None:
            rest.append(line)
            continue
        if held:
            yield _with(held, rest)
        held, rest = head, [head.rest]
    if held:
        yield _with(held, rest)


def _with(head: _Line, lines: list[str]) -> _Line:
    return _Line(head.date, head.mark, head.time, "\n".join(line.rstrip("\r\n") for line in lines))


def _head(line: str) -> _Line | None:
    match = _HEAD.match(line)
    if not match:
        return None
    groups = match.groups()
    day, month, year, hour, minute, second, half = groups[:7] if groups[0] else groups[7:14]
    mark = re.search(r"[./-]", line)
    time = (int(hour), int(minute), int(second or 0), (half or "").lower())
    return _Line((int(day), int(month), int(year)), mark[0] if mark else "", time, groups[14])


def _order(lines: list[_Line]) -> str:
    """Which part of a date is which: ymd, dmy or mdy, as all dates of the file allow it."""
    if any(line.date[0] > 31 for line in lines):
        return "ymd"
    if any(line.date[0] > 12 for line in lines):
        return "dmy"
    american = any(line.mark == "/" and line.time[3] for line in lines)
    return "mdy" if american or any(line.date[1] > 12 for line in lines) else "dmy"


def _moment(line: _Line, order: str) -> dt.datetime | None:
    parts = dict(zip(order, line.date, strict=True))
    hour, minute, second, half = line.time
    hour = hour % 12 + 12 * (half == "p") if half else hour
    year = parts["y"] + (2000 if parts["y"] < 100 else 0)
    try:
        return dt.datetime(year, parts["m"], parts["d"], hour, minute, second)
    except ValueError:
        return None
