"""From who said what when to conversations, in which one side asks and the other answers."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

PAUSE = dt.timedelta(hours=8)
"""After a longer silence another conversation begins."""


@dataclass(frozen=True)
class Utterance:
    """One message of one person."""

    who: str
    text: str
    at: dt.datetime | None = None


Conversation = Sequence[Utterance]


def conversations(said: Iterable[Utterance]) -> Iterator[list[Utterance]]:
    """Messages in their order, cut where nobody said anything for more than `PAUSE`."""
    held: list[Utterance] = []
    for message in said:
        if held and _is_pause(held[-1], message):
            yield held
            held = []
        held.append(message)
    if held:
        yield held


def _is_pause(before: Utterance, after: Utterance) -> bool:
    return before.at is not None and after.at is not None and after.at - before.at > PAUSE


def answerers(found: Iterable[Conversation]) -> tuple[str, ...]:
    """Everybody, those first who most often are the second to speak in a conversation.

    Where nobody or several are, whoever says more comes first.
    """
    second: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    for conversation in found:
        messages.update(said.who for said in conversation)
        replies = (b.who for a, b in pairwise(conversation) if a.who != b.who)
        second.update([next(replies, "")])
    return tuple(sorted(messages, key=lambda who: (-second[who], -messages[who], who)))


def speaks_for(who: str, side: str) -> bool:
    """Whether a person is of that side: the person itself, or one of `@domain`."""
    return who == side or (side.startswith("@") and who.lower().endswith(side.lower()))


def messages_json(conversation: Conversation, side: str) -> str:
    """The turns as JSON text of [{"role", "content"}, …]; what `side` says are the answers."""
    turns: list[dict[str, str]] = []
    for said in conversation:
        role = "assistant" if speaks_for(said.who, side) else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += "\n" + said.text
        else:
            turns.append({"role": role, "content": said.text})
    return json.dumps(turns, ensure_ascii=False)


def is_answered(conversation: Conversation, side: str) -> bool:
    """Whether that side says something after another has."""
    sides = [speaks_for(said.who, side) for said in conversation]
    return any(later and not earlier for earlier, later in pairwise(sides))
