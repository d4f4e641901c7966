"""What a chat template writes around turns, taken apart so that another template language can say it.

head (or before_system, system, after_system), question, [to_answer, answer, to_question,
question]…, asking
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.messages import render_prompt
from workbench.core.templates.chat_template import ChatTemplate

_U1, _A1, _U2, _S = (f"\ue000{name}\ue001" for name in ("first", "said", "second", "told"))
_ODD = (
    "Hello",
    "Ünïcödé — 日本語 🚀",
    "two\nlines",
    'a "quoted" {{ word }} and 100 %',
    "x" * 300,
)


@dataclass(frozen=True)
class TurnPieces:
    """The texts between the turns of a conversation."""

    head: str
    """Before the first question where there is no system prompt."""
    before_system: str
    after_system: str
    """Between system prompt and first question."""
    to_answer: str
    """Between a question and the answer that was given to it."""
    to_question: str
    """Between an answer and the next question."""
    asking: str
    """Behind the last question, up to where the model writes."""

    def prompt(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """The text of a conversation that ends with a question."""
        system = "\n\n".join(m["content"] for m in messages if m["role"] == "system")
        turns = [m for m in messages if m["role"] != "system"]
        text = f"{self.before_system}{system}{self.after_system}" if system else self.head
        for place, turn in enumerate(turns):
            text += str(turn["content"])
            if place == len(turns) - 1:
                return text + self.asking
            text += self.to_answer if turn["role"] == "user" else self.to_question
        return text


def pieces_of(template: ChatTemplate) -> TurnPieces | None:
    """The pieces that write the same as the template; None where it does more than put texts between
    turns, so that no such pieces do."""
    try:
        found = _found(template)
        return found if found and all(_same(found, t, template) for t in conversations()) else None
    except WorkbenchError:
        return None


def conversations() -> list[list[dict[str, str]]]:
    """Twenty conversations that end with a question: with and without a system prompt, long and short."""
    found: list[list[dict[str, str]]] = []
    for system in ("", "Answer in one sentence.\nBe kind."):
        told = [{"role": "system", "content": system}] if system else []
        for place, text in enumerate(_ODD):
            found.append([*told, _user(text)])
            turns = [t for n in range(place + 1) for t in (_user(f"{text} {n}"), _said(f"So {n}."))]
            found.append([*told, *turns, _user("And then?")])
    return found


def _same(pieces: TurnPieces, messages: list[dict[str, str]], template: ChatTemplate) -> bool:
    return pieces.prompt(messages) == render_prompt(messages, template)


def _found(template: ChatTemplate) -> TurnPieces | None:
    plain = _cut(render_prompt([_user(_U1), _said(_A1), _user(_U2)], template), _U1, _A1, _U2)
    told = _cut(render_prompt([{"role": "system", "content": _S}, _user(_U1)], template), _S, _U1)
    if plain is None or told is None:
        return None
    head, to_answer, to_question, asking = plain
    return TurnPieces(head, told[0], told[1], to_answer, to_question, asking)


def _cut(text: str, *probes: str) -> list[str] | None:
    """The texts around the probes; None unless each stands there once, in this order."""
    pieces: list[str] = []
    for probe in probes:
        if text.count(probe) != 1:
            return None
        before, _, text = text.partition(probe)
        pieces.append(before)
    return [*pieces, text]


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}
