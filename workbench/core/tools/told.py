"""What a model is told of its tools where a question does not name any: as in training."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.chats.calls import INTRO
from workbench.core.tools.tool import Tools, declared_in, named


def told_of_tools(own: str, given: Sequence[str], tools: Tools) -> str:
    """The instruction of a conversation: the model's own, or the caller's in its place, with the tools
    that the model learned to call, where neither names any.

    Args:
        own: what the model was trained with.
        given: the system messages of the request.
    """
    said = "\n\n".join(given)
    if said.startswith(INTRO):
        return "\n\n".join(filter(None, (own, said)))
    system = said if given else own
    if (given and not said) or declared_in(system):
        return system
    return "\n\n".join(filter(None, (system, named(tools))))


def with_tools(messages: Sequence[Mapping[str, Any]], tools: Tools) -> list[dict[str, Any]]:
    """A conversation with the model's tools in its instruction, where that names none."""
    given = [str(turn["content"]) for turn in messages if turn["role"] == "system"]
    rest = [dict(turn) for turn in messages if turn["role"] != "system"]
    told = told_of_tools("", given, tools)
    return [{"role": "system", "content": told}, *rest] if told else rest
