"""From the messages of a request to the text that the model reads: what training used."""

from collections.abc import Sequence

from workbench.core.errors import WorkbenchError
from workbench.core.messages import messages_of, render_prompt, template_of
from workbench.engine.serving.errors import ApiError
from workbench.models.served import ServedModel

_WORDED = {"classification": "text", "extraction": "text"}
"""Tasks whose question is worded around the text; the last user message is that text."""


def prompt_of(entry: ServedModel, messages: Sequence[dict[str, str]]) -> str:
    """The text to continue with the answer.

    A system message in the request replaces the one that the model was trained with; an empty
    one takes it away.

    Raises:
        ApiError: 400, the model's template refuses this order of turns.
    """
    try:
        return render_prompt(conversation(entry, messages), template_of(entry.template_from))
    except WorkbenchError as error:
        raise ApiError(400, str(error), code="invalid_value", param="messages") from error


def conversation(entry: ServedModel, messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The turns as the model was trained to see them: system prompt first, question worded."""
    given = [message["content"] for message in messages if message["role"] == "system"]
    system = "\n\n".join(given) if given else entry.system
    turns = [dict(message) for message in messages if message["role"] != "system"]
    if entry.task in _WORDED:
        turns[-1]["content"] = worded(entry, turns[-1]["content"])
    return [{"role": "system", "content": system}, *turns] if system else turns


def worded(entry: ServedModel, text: str) -> str:
    """The question about `text` as the task words it."""
    asked = messages_of(str(entry.task), {"text": text}, labels=entry.labels)
    return asked[-1]["content"]
