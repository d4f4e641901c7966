"""A conversation as people change it: who says what, turn by turn, and back into its one form."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workbench.core.canonical import messages_json
from workbench.core.errors import WorkbenchError

SPEAKERS = {"user": "User", "assistant": "Assistant", "system": "Instruction"}
"""Role → who speaks, in the words of the pages."""


@dataclass(frozen=True)
class Turn:
    """What one side says at a time."""

    role: str
    content: str
    learn: bool = True
    """Whether the model learns to write it, if it is an answer."""

    def as_dict(self) -> dict[str, Any]:
        """The turn as an import keeps it."""
        said = {"role": self.role, "content": self.content}
        return said if self.learn or self.role != "assistant" else {**said, "learn": False}


def turns_of(conversation: str) -> list[Turn]:
    """The turns of a conversation that an import has kept."""
    return [
        Turn(turn["role"], turn["content"], turn.get("learn", True))
        for turn in json.loads(conversation)
    ]


def conversation_of(turns: Sequence[Turn]) -> str:
    """The conversation as an import keeps it; turns in a row by the same speaker become one.

    Raises:
        WorkbenchError: a turn is empty, or there is nothing to learn from.
    """
    for number, turn in enumerate(turns, 1):
        if not turn.content.strip():
            raise WorkbenchError(
                f"Turn {number} ({SPEAKERS[turn.role]}) is empty: write what is said there, or "
                "remove the turn."
            )
    if not turns or turns[-1].role != "assistant":
        raise WorkbenchError(
            "A conversation ends with an answer of the assistant, because that is what the model "
            "learns: add one, or remove the turns behind the last answer."
        )
    if not any(turn.role == "user" for turn in turns):
        raise WorkbenchError(
            "Nobody asks anything in this conversation: add a turn of the user before the answer."
        )
    if not any(turn.role == "assistant" and turn.learn for turn in turns):
        raise WorkbenchError(
            "No answer of this conversation would be learned: let at least one of them be learned, "
            "or take the whole row out."
        )
    said = [turn.as_dict() for turn in turns]
    return messages_json(json.dumps(said, ensure_ascii=False))


def next_speaker(turns: Sequence[Turn]) -> str:
    """Whose turn comes behind these."""
    return "assistant" if turns and turns[-1].role == "user" else "user"


def will_merge(turns: Sequence[Turn]) -> bool:
    """Whether somebody speaks twice in a row."""
    return any(one.role == other.role for one, other in pairwise(turns))
