"""Requests to models that pull out fields, whose text may be longer than such a model reads."""

from dataclasses import dataclass

from workbench.core.fields.field import read
from workbench.core.tasks import asked_as
from workbench.engine.generative.fields.asking import parts_in
from workbench.engine.generative.fields.writing import Form, form_of
from workbench.engine.serving.prompts import longest_read, prompt_of
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.text_model import TextModel
from workbench.models.served import ServedModel

_SHARE = 0.25
"""Of what a model reads, kept free for the answer where more is asked for."""
_FEWEST = 16


@dataclass(frozen=True)
class FieldsWanted:
    """A request that is answered in fields."""

    asked: GenerationRequest
    entry: ServedModel

    @classmethod
    def of(cls, asked: GenerationRequest, entry: ServedModel) -> "FieldsWanted | None":
        """None where the model pulls out none, or the caller asks for another form."""
        if not asked.messages or asked.has_own_form or asked.tools is not None:
            return None
        return cls(asked, entry) if asked_as(entry.task).answers_are_json else None

    def form(self, loaded: TextModel) -> Form | None:
        """The form that the answer keeps to; None where the model cannot be held to it."""
        task, known = asked_as(self.entry.task).name, read(self.entry.fields)
        return form_of(known, task, loaded.tokenizer, loaded.ends.ids, loaded.model)

    def prompts(self, loaded: TextModel) -> list[str]:
        """The prompt of the request; one for each part of its text where that is too long.

        Raises:
            ApiError: 400, the model's template refuses this order of turns.
        """
        *before, last = self.asked.messages

        def prompt(text: str) -> str:
            return prompt_of(self.entry, [*before, {**last, "content": text}], loaded.guard)

        def size(text: str) -> int:
            return int(loaded.encode(prompt(text))["input_ids"].shape[1])

        return [prompt(part) for part in parts_in(last["content"], self._room(loaded), size)]

    def _room(self, loaded: TextModel) -> int:
        """Tokens of a question that is read whole: as many as when it learned, where they fit."""
        longest, context = longest_read(self.entry), loaded.context_length
        if context is None:
            return longest
        if self.entry.family.reads_apart:
            return min(longest, context)
        free = min(self.asked.sampling.max_tokens, int(_SHARE * context))
        return max(_FEWEST, min(longest, context - free))
