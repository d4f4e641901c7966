"""System turns said by the user, for templates that have no place for them."""

import functools
from collections.abc import Mapping, Sequence

Message = Mapping[str, str]
SYSTEM, USER = "system", "user"


def has_system(messages: Sequence[Message]) -> bool:
    """Whether one of the turns is a system turn."""
    return any(turn["role"] == SYSTEM for turn in messages)


def folded(messages: Sequence[Message], first: int = 0) -> list[Message]:
    """The conversation without system turns: what they say is said by the user.

    It stands at the head of the question behind it, or at the end of the one before where an
    answer follows.

    Args:
        first: system turns before this place stay.
    """
    found: list[Message] = []
    waiting: list[str] = []
    for place, turn in enumerate(messages):
        if turn["role"] == SYSTEM and place >= first:
            waiting.append(turn["content"])
            continue
        if waiting and turn["role"] == USER:
            turn = {**turn, "content": _together([*waiting, turn["content"]])}
        elif waiting:
            _hand_to_the_question(found, waiting)
        found.append(turn)
        waiting = []
    if waiting:
        _hand_to_the_question(found, waiting)
    return found


def _hand_to_the_question(found: list[Message], said: Sequence[str]) -> None:
    if found and found[-1]["role"] == USER:
        found[-1] = {**found[-1], "content": _together([found[-1]["content"], *said])}
    else:
        found.append({"role": USER, "content": _together(said)})


def _together(texts: Sequence[str]) -> str:
    """With `+` alone: one of them may stand for a text that is not known (`template_holes`)."""
    return functools.reduce(lambda before, text: before + "\n\n" + text, texts)
