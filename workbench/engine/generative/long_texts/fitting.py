"""A conversation made to fit: its longest text that is read gives way, by the way of long texts.

Training, exam, prediction and server all come here, so that a model is asked in parts as it learned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.messages import is_learned
from workbench.engine.generative.long_texts.parts import Count, select

Message = dict[str, Any]

TRIES = 4
"""Tokens of parts do not add up exactly: so often the room is made smaller."""
MARKS = 24
"""Tokens that a chat template puts around a turn at most, to tell what fits without counting."""
LEAST = 24
"""Tokens that a text keeps at least, if it has them."""


@dataclass(frozen=True)
class Fitted:
    """A conversation of which the longest texts are read in part."""

    messages: list[Message] = field(default_factory=list)
    said: str = ""
    """How much is read, in a few words; empty where that is all."""


def fitted(
    messages: Sequence[Message],
    room: int,
    way: str,
    count: Count,
    tokens: Callable[[Sequence[Message]], int],
) -> Fitted:
    """The conversation in at most so many tokens, as far as what is read can give way.

    Args:
        way: nearest, head_tail or head; empty: nothing is changed.
        count: tokens of a text alone.
        tokens: of a conversation up to where its answer is written, with all that stands around it.
    """
    found, said = [dict(message) for message in messages], ""
    over = tokens(found) - room
    for _ in range(TRIES):
        place = _longest(found, count)
        if not way or over <= 0 or place is None:
            break
        text = str(found[place]["content"])
        size = count(text)
        chosen = select(text, max(LEAST, size - over), way, count)
        if chosen.text == text:
            break
        found[place] = {**found[place], "content": chosen.text}
        said = said or chosen.said
        over = tokens(found) - room
    return Fitted(found, said)


def _longest(messages: Sequence[Message], count: Count) -> int | None:
    """The place of the longest text that is read only, and long enough to give way."""
    sizes = {
        place: count(str(message["content"]))
        for place, message in enumerate(messages)
        if isinstance(message.get("content"), str) and not is_learned(message)
    }
    best = max(sizes, key=lambda place: sizes[place], default=None)
    return best if best is not None and sizes[best] > LEAST else None
