"""Chats that were exported from WhatsApp, Slack, Teams and messengers: a row for every conversation."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.data.readers import encodings
from workbench.data.readers.cell_formats.bare import format_cell
from workbench.data.readers.kinds import CHAT
from workbench.data.readers.listing import Listing, Part, Row
from workbench.data.readers.messages import messengers, slack, teams, whatsapp
from workbench.data.readers.messages.speakers import (
    Utterance,
    answerers,
    conversations,
    messages_json,
)
from workbench.data.readers.table import ReadOptions

_HEAD = 8192
_BROKEN = (ValueError, RecursionError, AttributeError, TypeError, KeyError)
"""No JSON, or such as these programs do not write."""
_Place = tuple[str, list[list[Utterance]]]
"""A file or a channel, and its conversations."""


def listing(
    parts: Sequence[Part], name: str, options: ReadOptions, progress: Progress = silent
) -> Listing:
    """The conversations with the columns started, people, messages, and file or channel.

    Raises:
        WorkbenchError: a file cannot be read.
    """
    of_slack = slack.looks_like([part.name for part in parts])
    found = list(_slack(parts, name, progress) if of_slack else _files(parts, progress))
    people = answerers(talk for _, talks in found for talk in talks)
    side = options.assistant if options.assistant in people else next(iter(people), "")
    columns = ["started", "people", "messages", "channel" if of_slack else "file"]
    talks = ((place, talk) for place, all_talks in found for talk in all_talks)
    rows: Iterator[Row] = (_row(place, talk, side) for place, talk in talks)
    options = ReadOptions(options.encoding, assistant=side)
    notes = [who_answers(side)] if side else []
    return Listing(name, CHAT, columns, rows, options, people, notes)


def who_answers(side: str) -> str:
    """Whose messages the answers are, in a sentence."""
    everybody = f"everybody of {side[1:]}" if side.startswith("@") else side
    return f"What {everybody} writes counts as the answers: choose somebody else if that is wrong."


def _row(place: str, talk: list[Utterance], side: str) -> Row:
    people = ", ".join(dict.fromkeys(said.who for said in talk))
    return [format_cell(talk[0].at), people, messages_json(talk, side), place]


def _slack(parts: Sequence[Part], name: str, progress: Progress) -> Iterator[_Place]:
    try:
        yield from slack.channels(parts, progress)
    except _BROKEN:
        raise WorkbenchError(
            f"{name} is a Slack export in which a file is not valid JSON: export it again."
        ) from None


def _files(parts: Sequence[Part], progress: Progress) -> Iterator[_Place]:
    for index, part in enumerate(parts):

        def so_far(share: float, index: int = index) -> None:
            progress((index + share) / len(parts))

        with part.path.open("rb") as stream:
            head = stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith((b"[{", b"{")) or head[1:].lstrip().startswith((b"{", b'"')):
            yield part.name, _json(part, head)
        else:
            yield part.name, _whatsapp(part, so_far)
        so_far(1.0)


def _json(part: Part, head: bytes) -> list[list[Utterance]]:
    try:
        if messengers.looks_like(head):
            return messengers.read_conversations(part.path, part.name)
        return teams.read_conversations(part.path, part.name)
    except _BROKEN:
        raise WorkbenchError(
            f"{part.name} is a list of chat messages that is not valid JSON: export it again."
        ) from None


def _whatsapp(part: Part, progress: Progress) -> list[list[Utterance]]:
    encoding = encodings.detect(part.path, part.name)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with part.path.open("rb") as raw, io.TextIOWrapper(raw, codec) as stream:
        lines = _watch(stream, raw.tell, max(1, part.path.stat().st_size), progress)
        return list(conversations(whatsapp.read_messages(lines)))


def _watch(
    lines: Iterable[str], position: Callable[[], int], size: int, progress: Progress
) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number % 1000 == 0:
            progress(position() / size)
        yield line
