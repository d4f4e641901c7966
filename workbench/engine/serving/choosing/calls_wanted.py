"""From a request to the calls that its answer may make, and how they are held to their form."""

from dataclasses import dataclass

from workbench.core.tools.grammar import FORBIDDEN, FREE, FREE_ONCE, MUST_ONCE
from workbench.core.tools.tool import Tools, known, read, tool_of
from workbench.engine.generative.calls.constraint import CallsConstraint, form_of
from workbench.engine.generative.calls.form import tools_for
from workbench.engine.serving.choosing.json_constraint import UnusableForm, token_words
from workbench.engine.serving.errors import wrong
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.text_model import TextModel
from workbench.models.served import ServedModel


@dataclass(frozen=True)
class CallsWanted:
    """What an answer may call."""

    tools: Tools
    how: str
    """See `core.tools.grammar`."""

    @classmethod
    def of(cls, asked: GenerationRequest, entry: ServedModel) -> "CallsWanted | None":
        """None where the answer is held to no form of calls."""
        if not asked.messages or asked.has_own_form:
            return None
        if asked.forbids_calls:
            return cls((), FORBIDDEN)
        learned = read(entry.tools)
        if asked.tools is None:
            tools = tools_for(asked.messages, learned, calls=entry.calls_tools)
            return None if tools is None else cls(tools, FREE)
        offered = [tool_of(tool["function"]) for tool in asked.tools.listed]
        if must := asked.tools.must:
            return cls(known([own for own in offered if own.name in must], learned), MUST_ONCE)
        return cls(known(offered, learned), FREE_ONCE if asked.tools.only_one else FREE)

    def constraint(self, loaded: TextModel, ends: frozenset[int]) -> CallsConstraint | None:
        """What one answer keeps to; None where a model that need not call cannot be held to it.

        Raises:
            ApiError: 400, the tools cannot be held to, and one of them must be called.
        """
        try:
            words = token_words(loaded.tokenizer, ends)
            width = max(words.vocab_size, loaded.model.config.get_text_config().vocab_size)
            return CallsConstraint(words, width, form_of(words, self.tools, self.how), ends)
        except UnusableForm as error:
            if self.how != MUST_ONCE:
                return None
            raise wrong("tools", f"cannot be kept to: {error}") from error
