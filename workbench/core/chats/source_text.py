"""What an encoder-decoder reads and what it writes: two plain texts in place of a conversation.

Such models have no chat template. The question alone is the encoder's text, as its task words it;
an instruction stands before it, and earlier turns with the names of who speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.messages import asked, is_learned

Turns = Sequence[Mapping[str, Any]]
_SYSTEM, _ANSWERS = "system", "assistant"
_SPEAKERS = {"user": "User", _ANSWERS: "Assistant"}


@dataclass(frozen=True)
class Pair:
    """A question and its answer."""

    source: str
    """What the encoder reads."""
    target: str
    """What the decoder learns to write; its end mark is the tokenizer's."""


def source_text(turns: Turns) -> str:
    """The encoder's text for the turns up to a question.

    A single question is that text as it is.
    """
    instructions = [str(turn["content"]) for turn in turns if turn["role"] == _SYSTEM]
    spoken = [turn for turn in turns if turn["role"] != _SYSTEM]
    said = [str(turn["content"]) for turn in spoken]
    if len(spoken) > 1:
        said = ["\n".join(map(_spoken, spoken))]
    return "\n\n".join([*instructions, *said])


def _spoken(turn: Mapping[str, Any]) -> str:
    role = str(turn["role"])
    return f"{_SPEAKERS.get(role, role.capitalize())}: {turn['content']}"


def pairs(turns: Turns) -> list[Pair]:
    """Each answer of a conversation that is to be learned, with all that was said before it.

    Raises:
        WorkbenchError: there is none.
    """
    places = [place for place, turn in enumerate(turns) if is_learned(turn)]
    found = [Pair(source_text(turns[:at]), str(turns[at]["content"])) for at in places]
    if not found:
        raise WorkbenchError(
            "The conversation has no answer to learn from: add an assistant turn to it."
        )
    return found


def question_text(turns: Turns) -> str:
    """The encoder's text for what an exam asks, whether the answer is there or not."""
    return source_text(asked(turns))
