"""From a conversation to the text a model reads, with the learned parts marked.

The one place where that happens: the preview, training, evaluation, the playground and batch
prediction all call it, so what is shown is what is trained on and asked. How a row becomes a
conversation is its task's to say (`Task.messages`).
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from workbench.core.chats.thoughts import closing_of
from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate

__all__ = [
    "PROBE",
    "ChatTemplate",
    "EndMarks",
    "Segment",
    "asked",
    "end_marks",
    "render_prompt",
    "segments",
    "span_of_turn",
]

PROBE = "\ue000probe\ue001"
"""Stands in for a turn to find where the template puts it; private-use characters at its ends
so that it shares neither with a real text."""
_QUESTION = {"role": "user", "content": "?"}
_ANSWER = {"role": "assistant", "content": PROBE}
Tokens = tuple[tuple[str, str], ...]
_BEGUN = re.compile(r"[<\[{(＜][^>\]})＞]*$")
"""A mark of which only the beginning is there."""


@dataclass(frozen=True)
class Segment:
    """A piece of the text the model reads."""

    text: str
    learned: bool
    """Whether the model is taught to write it (else it only reads it)."""


def is_learned(message: Mapping[str, Any]) -> bool:
    """Whether a turn is an answer that the model learns to write."""
    return message["role"] == "assistant" and message.get("learn", True) is not False


def asked(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The turns that an exam shows: those before the last answer that is learned.

    All of them where they end with a question, or no answer is learned.
    """
    answers = [place for place, message in enumerate(messages) if is_learned(message)]
    answered = answers and messages[-1]["role"] == "assistant"
    return list(messages[: answers[-1]] if answered else messages)


def segments(messages: Sequence[Mapping[str, Any]], template: ChatTemplate) -> list[Segment]:
    """The exact text of the conversation in pieces; every assistant turn with its end is learned,
    but for those that have `"learn": False`.

    A turn is found by rendering the conversation again with a probe in its place, which also
    works for templates that trim turns or drop parts of earlier ones. Where a template writes
    the question differently once it is answered, the last turn follows the question as it will
    be asked later.

    Raises:
        WorkbenchError: the template refuses the conversation, or hides every assistant turn.
    """
    turns = [i for i, message in enumerate(messages) if is_learned(message)]
    messages = _said(messages)
    text = template.render(messages)
    ends = end_marks(template)
    spans = [span for i in turns if (span := _learned_span(text, messages, i, template, ends))]
    if not spans:
        raise WorkbenchError(
            "The conversation has no answer to learn from: add an assistant turn to it."
        )
    pieces = _cut(text, spans)
    if turns[-1] == len(messages) - 1:
        pieces = _as_asked(pieces, render_prompt(messages[:-1], template))
        pieces = pieces if ends.last else _ended(pieces, template)
    return pieces


def render_prompt(messages: Sequence[Mapping[str, Any]], template: ChatTemplate) -> str:
    """The text up to where the model starts to write.

    A thought that the template puts before answers belongs to it, empty and closed: answers are
    learned and asked for without one.
    """
    text = template.render(_said(messages), add_generation_prompt=True)
    return text + closing_of(text) + _before_answers(template)


def _before_answers(template: ChatTemplate) -> str:
    """What always stands between a question and its answer, such as an empty thought."""
    return _found_before_answers(*_key(template))


@functools.lru_cache(maxsize=64)
def _found_before_answers(source: str, tokens: Tokens, model: str) -> str:
    template = ChatTemplate(source, dict(tokens), model)
    try:
        prompt = template.render([_QUESTION], add_generation_prompt=True)
        head, found, _ = template.render([_QUESTION, _ANSWER]).partition(PROBE)
    except WorkbenchError:
        return ""
    between = head[len(prompt) :] if found and head.startswith(prompt) else ""
    return between if between.strip() else ""


def _key(template: ChatTemplate) -> tuple[str, Tokens, str]:
    """What makes a template what it is, as something that can be looked up."""
    return template.source, tuple(template.tokens.items()), template.model


def _said(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The turns as templates know them: who says what."""
    return [{name: value for name, value in turn.items() if name != "learn"} for turn in messages]


def span_of_turn(
    text: str, messages: Sequence[Mapping[str, str]], turn: int, template: ChatTemplate
) -> tuple[int, int] | None:
    """Where the content of a turn stands in the text; None if the template hides it."""
    changed = [dict(message) for message in messages]
    changed[turn]["content"] = PROBE
    probed = template.render(changed)
    start = probed.find(PROBE)
    after = len(probed) - start - len(PROBE)
    whole = (
        start >= 0
        and text[:start] == probed[:start]
        and text[len(text) - after :] == (probed[start + len(PROBE) :])
    )
    return (start, len(text) - after) if whole and start < len(text) - after else None


def _learned_span(
    text: str,
    messages: Sequence[Mapping[str, str]],
    turn: int,
    template: ChatTemplate,
    ends: "EndMarks",
) -> tuple[int, int] | None:
    """The part of the text that answers the turns before; None if that cannot be told.

    It starts where the model starts to write: before the content if the template puts something
    (an empty thought, say) between question and content.
    """
    prompt = render_prompt(messages[:turn], template) if turn else ""
    asked = bool(prompt) and text.startswith(prompt)
    span = span_of_turn(text, messages, turn, template)
    if span is None and asked:
        span = _rest(text, messages, turn, template)
    if span is None:
        return None
    start, end = span
    start = len(prompt) if asked and len(prompt) <= start else start
    mark = ends.of(turn, len(messages))
    return start, end + len(mark) if text.startswith(mark, end) else end


def _rest(
    text: str, messages: Sequence[Mapping[str, str]], turn: int, template: ChatTemplate
) -> tuple[int, int] | None:
    """For a turn that the template rewrites (a thought set apart from the answer, say): all that
    it adds to the text."""
    until = template.render(messages[: turn + 1])
    prompt = render_prompt(messages[:turn], template)
    return (len(prompt), len(until.rstrip())) if text.startswith(until) else None


@dataclass(frozen=True)
class EndMarks:
    """What a template writes where an answer is over.

    Without the blanks behind a mark such as <|im_end|>, since writing ends there.
    """

    between: str
    """After an answer that another question follows."""
    last: str
    """After the last one; empty where nothing tells its end."""

    def of(self, turn: int, turns: int) -> str:
        """The mark behind a turn of so many."""
        return self.last if turn == turns - 1 else self.between


def end_marks(template: ChatTemplate) -> EndMarks:
    """What the template writes after an answer.

    Where it ends the whole text with a mark more (Phi-3's `<|end|>`, then `<|endoftext|>`), writing
    is over at the first of them, as it is between turns.

    Raises:
        WorkbenchError: the template refuses a question with its answer.
    """
    return _found_end_marks(*_key(template))


@functools.lru_cache(maxsize=64)
def _found_end_marks(source: str, tokens: Tokens, model: str) -> EndMarks:
    template, turns = ChatTemplate(source, dict(tokens), model), [_QUESTION, _ANSWER]
    tail = template.render(turns).partition(PROBE)[2]
    try:
        between = template.render([*turns, _QUESTION]).partition(PROBE)[2]
    except WorkbenchError:
        between = tail
    shared = tail if between == tail else _whole_marks(_shared(tail, between))
    return EndMarks(shared.rstrip(), shared.rstrip() or tail.rstrip())


def _shared(one: str, other: str) -> str:
    """What both begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(sign for sign, _ in pairs)


def _whole_marks(text: str) -> str:
    """The text without a mark that it only begins."""
    return _BEGUN.sub("", text)


def _ended(pieces: list[Segment], template: ChatTemplate) -> list[Segment]:
    """With the end of a text behind the last answer, where the template puts nothing there."""
    end = template.tokens.get("eos_token", "")
    place = max(at for at, piece in enumerate(pieces) if piece.learned)
    return [*pieces[:place], Segment(pieces[place].text + end, True), *pieces[place + 1 :]]


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> list[Segment]:
    pieces, position = [], 0
    for start, end in spans:
        pieces += [Segment(text[position:start], False), Segment(text[start:end], True)]
        position = end
    pieces.append(Segment(text[position:], False))
    return [piece for piece in pieces if piece.text]


def _as_asked(pieces: list[Segment], prompt: str) -> list[Segment]:
    """The same pieces if the text starts with the question as asked; else question and answer."""
    if "".join(piece.text for piece in pieces).startswith(prompt):
        return pieces
    last = [piece for piece in pieces if piece.learned][-1]
    return [Segment(prompt, False), last]
