"""`messages.segments` for very many conversations: the same pieces, at a fraction of the time.

To render a conversation takes a tenth of a millisecond, and to find its learned parts takes five
renderings. Conversations of the same roles mostly differ in nothing but what the turns say. So a
shape is rendered once, with holes for the turns (`template_holes`), and filled with the turns of each
conversation. Where the template asks what a turn says, where a part of the text cannot be told from
the holes alone, and for turns that are empty, the conversation is rendered as ever.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.messages import PROBE, Segment, end_marks, render_prompt, segments, span_of_turn
from workbench.core.shapes.template_holes import (
    CLOSE,
    OPEN,
    Asked,
    Doubt,
    HoleTemplate,
    Source,
    Trace,
)
from workbench.core.templates.chat_template import ChatTemplate

MOST_SHAPES = 500
_HOLE = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_RESERVED = (PROBE[0], OPEN)
"""What stands in a turn for something else while it is rendered."""

Message = Mapping[str, str]
Piece = tuple[tuple[str | int, ...], bool]
"""Texts and numbers of holes, one behind the other, and whether they are learned."""


@dataclass(frozen=True)
class Shape:
    """What a template makes of all conversations of the same roles."""

    pieces: tuple[Piece, ...]
    holes: tuple[Source, ...]
    doubts: tuple[Doubt, ...]

    def filled(self, contents: Sequence[str]) -> list[Segment] | None:
        """The pieces of a conversation of these contents; None if it has to be rendered."""
        if any(mark in content for content in contents for mark in _RESERVED):
            return None
        texts = [hole.text(contents) for hole in self.holes]
        if not all(texts):
            return None
        if any(getattr(texts[doubt.hole], doubt.method)(doubt.asked) for doubt in self.doubts):
            return None
        return [
            Segment("".join([p if isinstance(p, str) else texts[p] for p in parts]), learned)
            for parts, learned in self.pieces
        ]


class Segmenter:
    """Cuts conversations into pieces as `messages.segments` does."""

    def __init__(self, template: ChatTemplate) -> None:
        self._template = template
        self._shapes: dict[tuple[str, ...], Shape | None] = {}

    def __call__(self, messages: Sequence[Message]) -> list[Segment]:
        """The pieces of a conversation.

        Raises:
            WorkbenchError: as `messages.segments`.
        """
        shape = self._shape(messages)
        pieces = shape.filled([m["content"] for m in messages]) if shape else None
        return segments(messages, self._template) if pieces is None else pieces

    def _shape(self, messages: Sequence[Message]) -> Shape | None:
        roles = tuple(message["role"] for message in messages)
        if any(len(message) != 2 for message in messages):
            return None  # more than a role and a content: the template may read that, too
        if roles not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                return None
            self._shapes[roles] = self._proved(messages)
        return self._shapes[roles]

    def _proved(self, messages: Sequence[Message]) -> Shape | None:
        """The shape of these messages, if it gives what a rendering gives."""
        shape = shape_of([message["role"] for message in messages], self._template)
        if shape is None:
            return None
        pieces = shape.filled([message["content"] for message in messages])
        return shape if pieces in (None, segments(messages, self._template)) else None


def shape_of(roles: Sequence[str], template: ChatTemplate) -> Shape | None:
    """What the template makes of conversations of these roles; None if that depends on the turns."""
    trace = Trace()
    messages = [
        {"role": role, "content": trace.hole(Source(turn))} for turn, role in enumerate(roles)
    ]
    with_holes = HoleTemplate(template.source, template.tokens)
    try:
        if not _is_plain(messages, with_holes, trace):
            return None
        cut = segments(messages, with_holes)
    except (Asked, WorkbenchError):
        return None
    pieces = tuple((_parts(piece.text), piece.learned) for piece in cut)
    return Shape(pieces, tuple(trace.holes), tuple(dict.fromkeys(trace.doubts)))


def _is_plain(messages: Sequence[Message], template: ChatTemplate, trace: Trace) -> bool:
    """Whether `segments` looks for nothing in the text that other turns could put there.

    Each question is where the text begins, or certainly not, each answer stands in it once, and its
    end follows: so whatever `segments` compares is alike for all that the holes may hold.
    """
    text, ends = template.render(messages), end_marks(template)
    for turn, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        prompt = render_prompt(messages[:turn], template) if turn else ""
        span = span_of_turn(text, messages, turn, template)
        if not prompt or span is None or not _tells(text, prompt, trace):
            return False
        mark = ends.of(turn, len(messages))
        if not _HOLE.fullmatch(text[slice(*span)]) or not text.startswith(mark, span[1]):
            return False
    return True


def _tells(text: str, prompt: str, trace: Trace) -> bool:
    """Whether it is certain if a text begins with a prompt; what a turn may change of it is doubted.

    An empty thought, say, stands in the question, and in the text before the last answer alone.
    """
    if text.startswith(prompt):
        return True
    at = next(n for n, (a, b) in enumerate(zip(f"{text}\0", prompt, strict=False)) if a != b)
    hole, inside = _HOLE.match(text, at), text.rfind(OPEN, 0, at) > text.rfind(CLOSE, 0, at)
    if inside or prompt[at] == OPEN:
        return False
    if hole:
        trace.doubts.append(Doubt("startswith", prompt[at], int(hole[1])))
    return True


def _parts(text: str) -> tuple[str | int, ...]:
    found = [int(p) if odd % 2 else p for odd, p in enumerate(_HOLE.split(text))]
    return tuple(part for part in found if part != "")
