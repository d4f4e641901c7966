"""A better and a worse answer to the same question, out of the forms in which programs write them.

Read are two texts beside their question; lists of turns with the answers alone (TRL's conversational
form); and two whole conversations, or finished prompts, with the same beginning (UltraFeedback, HH).
What is kept is the question, as text or, of several turns, as JSON, and the two answers as texts.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.canonical import parsed
from workbench.core.chats import content, speakers, turns
from workbench.core.chats.finished import is_finished
from workbench.core.chats.items import is_conversation
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

PROMPT, CHOSEN, REJECTED = "prompt", "chosen", "rejected"
SAME = "better answer that is the same as the worse one"
Turn = dict[str, Any]


def read(cells: Mapping[str, str | None], seen: Seen) -> dict[str, str]:
    """The question, the better and the worse answer.

    Args:
        cells: those of a row, none of the three empty. Where both answers are whole conversations,
            the question is what they have in common, whatever stands in its own cell.

    Raises:
        Unreadable: they are no such pair.
    """
    asked, better, worse = (str(cells.get(role) or "") for role in (PROMPT, CHOSEN, REJECTED))
    alone = asked == better
    both = [_turns_in(text, seen, finished=alone) for text in (better, worse)]
    if all(map(_asks, both)):
        question, better, worse = _apart(both[0] or [], both[1] or [])
    elif any(map(_asks, both)):
        raise Unreadable("pair of which only one is a whole conversation")
    else:
        if alone:
            raise Unreadable("answers without a question")
        question = question_in(asked, seen)
        better, worse = (
            text if own is None else "\n\n".join(str(turn["content"]) for turn in own)
            for text, own in zip((better, worse), both, strict=True)
        )
    better, worse = (content.without_thoughts(text, seen).strip() for text in (better, worse))
    if not better or not worse:
        raise Unreadable("answer that is nothing but reasoning")
    if better.split() == worse.split():
        raise Unreadable(SAME)
    return {PROMPT: question, CHOSEN: better, REJECTED: worse}


def question_in(cell: str, seen: Seen) -> str:
    """A question as it is kept: its text, or JSON where it is several turns.

    Raises:
        Unreadable: it is a conversation that does not end with a question.
    """
    found = _turns_in(cell, seen)
    return cell.strip() if found is None else _as_question(found)


def question_turns(question: str) -> list[Turn]:
    """The turns of a question that is kept so."""
    if question.startswith('[{"role"'):
        try:
            found = json.loads(question)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and all(map(_is_turn, found)):
            return [{"role": turn["role"], "content": turn["content"]} for turn in found]
    return [{"role": speakers.USER, "content": question}]


def _is_turn(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(key), str) for key in ("role", "content")
    )


def _turns_in(cell: str, seen: Seen, *, finished: bool = True) -> list[Turn] | None:
    """The turns of a conversation; None of a text.

    Args:
        finished: whether a finished prompt is one; an answer beside its question is a text.
    """
    value = parsed(cell) if cell.lstrip().startswith(("[", "{")) else None
    if value is not None:
        value = [value] if isinstance(value, dict) and "role" in value else value
        return turns.read(value, seen) if is_conversation(value, named=True) else None
    return turns.read(cell, seen) if finished and is_finished(cell) else None


def _asks(found: Sequence[Turn] | None) -> bool:
    return any(turn["role"] == speakers.USER for turn in found or ())


def _apart(better: Sequence[Turn], worse: Sequence[Turn]) -> tuple[str, str, str]:
    """What two conversations have in common, and the answers in which they differ."""
    said = [[(turn["role"], turn["content"]) for turn in own] for own in (better, worse)]
    if said[0] == said[1]:
        raise Unreadable(SAME)
    pairs = zip(*said, strict=False)
    alike = next((n for n, (one, other) in enumerate(pairs) if one != other), min(map(len, said)))
    ends = [own[alike:] for own in said]
    if any(len(own) != 1 or own[0][0] != speakers.ASSISTANT for own in ends):
        raise Unreadable("pair of conversations that differ before the last answer")
    return _as_question(better[:alike]), ends[0][0][1], ends[1][0][1]


def _as_question(found: Sequence[Turn]) -> str:
    if not found or found[-1]["role"] != speakers.USER:
        raise Unreadable("conversation that does not end with a question")
    if len(found) == 1:
        return str(found[0]["content"]).strip()
    told = [{"role": turn["role"], "content": turn["content"]} for turn in found]
    return json.dumps(told, ensure_ascii=False)
