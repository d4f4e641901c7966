"""From a request to what chooses the tokens of its answer."""

from workbench.engine.generative.fields.writing import Form
from workbench.engine.serving.choosing.calls_wanted import CallsWanted
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


def choice_of(
    asked: GenerationRequest,
    calls: CallsWanted | None,
    loaded: TextModel,
    form: Form | None = None,
) -> TokenChoice:
    """How the tokens of one answer are chosen by a model that is loaded.

    Args:
        calls: what the answer may call.
        form: of the fields that the model pulls out, where the caller asks for none.

    Raises:
        ApiError: 400, the form that was asked for cannot be kept to.
    """
    ends = loaded.ends.ids
    told = asked.sampling.top_logprobs is not None
    texts = TokenTexts(loaded.tokenizer, ends) if told else None
    most = asked.sampling.max_tokens
    if asked.schema is None:
        own = form.constraint(most) if form else None
        return TokenChoice(
            asked.sampling, texts, calls.constraint(loaded, ends) if calls and not own else own
        )
    try:
        words = token_words(loaded.tokenizer, ends)
        width = max(words.vocab_size, loaded.model.config.get_text_config().vocab_size)
        return TokenChoice(asked.sampling, texts, JsonConstraint(words, width, asked.schema))
    except UnusableForm as error:
        raise wrong("response_format", f"cannot be kept to: {error}") from error
