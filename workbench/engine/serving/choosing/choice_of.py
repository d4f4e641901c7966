"""From a request to what chooses the tokens of its answer."""

from typing import Any

from workbench.engine.generative.fields.writing import Form
from workbench.engine.serving.api.tools import AFTER, BEFORE
from workbench.engine.serving.choosing.json_constraint import (
    JsonConstraint,
    UnusableForm,
    token_words,
)
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.choosing.token_logprobs import TokenTexts
from workbench.engine.serving.errors import wrong
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.text_model import TextModel


def choice_of(asked: GenerationRequest, loaded: TextModel, form: Form | None = None) -> TokenChoice:
    """How the tokens of one answer are chosen by a model that is loaded.

    Args:
        form: of the fields that the model pulls out, where the caller asks for none.

    Raises:
        ApiError: 400, the form that was asked for cannot be kept to.
    """
    ends = loaded.ends.ids
    told = asked.sampling.top_logprobs is not None
    texts = TokenTexts(loaded.tokenizer, ends) if told else None
    most = asked.sampling.max_tokens
    schema, around = _form(asked)
    if schema is None:
        return TokenChoice(asked.sampling, texts, form.constraint(most) if form else None)
    try:
        words = token_words(loaded.tokenizer, ends)
        width = max(words.vocab_size, loaded.model.config.get_text_config().vocab_size)
        return TokenChoice(asked.sampling, texts, JsonConstraint(words, width, schema, around))
    except UnusableForm as error:
        field = "response_format" if asked.schema is not None else "tools"
        raise wrong(field, f"cannot be kept to: {error}") from error


def _form(asked: GenerationRequest) -> tuple[dict[str, Any] | None, tuple[str, str]]:
    """The schema that an answer keeps to, and what stands around its JSON."""
    if asked.tools is not None and asked.tools.must:
        return asked.tools.schema(), (BEFORE, AFTER)
    return asked.schema, ("", "")
