"""The form of answers that may call tools, question by question: each may name tools of its own."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.tools.tool import Tools, declared_in, known
from workbench.engine.generative.calls.constraint import CallsConstraint, form_of
from workbench.engine.generative.fields.writing import is_free
from workbench.engine.serving.choosing.json_constraint import UnusableForm, token_words

_log = logging.getLogger(__name__)
Turns = Sequence[Mapping[str, Any]]


def tools_for(turns: Turns, learned: Tools, *, calls: bool) -> Tools | None:
    """The tools that an answer to a conversation may call; None where it is held to no form.

    Args:
        learned: those of the model's examples.
        calls: whether these call any.
    """
    systems = [str(turn["content"]) for turn in turns if turn["role"] == "system"]
    declared = tuple(tool for text in systems for tool in declared_in(text))
    return known(declared, learned) if declared or calls else None


class CallForm:
    """The forms of the answers to some questions."""

    def __init__(
        self, tools: Sequence[Tools | None], tokenizer: Any, ends: frozenset[int], model: Any
    ) -> None:
        """Args:
            tools: of each question; None where its answer is free.
            ends: ids of the tokens that end an answer.
            model: tells how many scores it gives for a next token.

        Raises:
            UnusableForm: the model's tokens cannot be known one by one.
        """
        self._words, self._ends = token_words(tokenizer, ends), ends
        self._width = max(self._words.vocab_size, model.config.get_text_config().vocab_size)
        self._forms = ["" if own is None else form_of(self._words, own) for own in tools]

    def constraint(self, limit: int, place: int = 0) -> CallsConstraint | None:
        """What the answer to a question keeps to, however long it is; None where it is free."""
        form = self._forms[place]
        return CallsConstraint(self._words, self._width, form, self._ends) if form else None


def call_form(
    conversations: Sequence[Turns],
    learned: Tools,
    calls: bool,
    tokenizer: Any,
    ends: frozenset[int],
    model: Any,
) -> CallForm | None:
    """The form of the answers to conversations; None where none is held to any, or cannot be."""
    tools = [tools_for(turns, learned, calls=calls) for turns in conversations]
    if is_free() or all(own is None for own in tools):
        return None
    try:
        return CallForm(tools, tokenizer, ends, model)
    except UnusableForm as error:
        _log.warning("Calls are not held to their form: %s", error)
        return None
