"""What a caller asks for: the body of a request, checked field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.tasks.text_pair import ROLE, joined_as
from workbench.engine.serving.api.fields import model_of, number, truth
from workbench.engine.serving.api.messages import messages_of
from workbench.engine.serving.api.response_format import schema_of
from workbench.engine.serving.api.sampling import (
    Sampling,
    chat_logprobs,
    sampling_of,
    text_logprobs,
)
from workbench.engine.serving.api.tools import NONE, Tools, tools_of
from workbench.engine.serving.errors import wrong
from workbench.models.served import ServedModel

__all__ = ["GenerationRequest", "Sampling"]

TextPair = tuple[str, str]
"""Two texts that belong together."""
MAX_INPUTS = 2048
MOST_ANSWERS = 16
"""To one request."""
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "functions": (None, []),
    "function_call": (None, "none", "auto"),
    "repetition_penalty": (None, 1),
    "top_k": (None, 0, -1),
    "min_p": (None, 0),
    "modalities": (None, [], ["text"]),
    "audio": (None,),
    "web_search_options": (None,),
    "reasoning_effort": (None, "none"),
    "suffix": (None, ""),
    "echo": (None, False),
    "best_of": (None, 1),
}
"""Settings that change nothing at these values; another value is refused, not ignored.

Whatever else a client sends (user, metadata, store, service_tier …) changes no answer.
"""


@dataclass(frozen=True)
class GenerationRequest:
    """One request for an answer."""

    model: str
    messages: tuple[dict[str, str], ...]
    """Empty when `prompt` is to be continued as it stands."""
    prompt: str
    sampling: Sampling
    stream: bool
    include_usage: bool
    n: int = 1
    """Answers that are asked for, to each prompt."""
    more_prompts: tuple[str, ...] = ()
    """Texts that are to be continued, too."""
    schema: dict[str, Any] | None = None
    """The JSON schema that the answer keeps to; None for any text."""
    has_own_form: bool = False
    """Whether the caller said what form the answer has, be it that of any text."""
    tools: Tools | None = None
    """What it may call."""
    forbids_calls: bool = False
    """Whether it may call nothing, not even what the model learned to call."""

    def answers(self) -> Iterator["GenerationRequest"]:
        """A request for each answer, in the order of OpenAI's indices; each draws anew."""
        for prompt in (self.prompt, *self.more_prompts):
            for place in range(self.n):
                seed = None if self.sampling.seed is None else self.sampling.seed + place
                sampling = replace(self.sampling, seed=seed)
                yield replace(self, prompt=prompt, more_prompts=(), n=1, sampling=sampling)


def chat_request(body: dict[str, Any]) -> GenerationRequest:
    """The body of POST /v1/chat/completions.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    asked = _asked(body, chat_logprobs(body))
    tools, schema = tools_of(body), schema_of(body)
    if tools is not None and schema is not None:
        raise wrong("response_format", "and tools do not go together: leave one of them out")
    own = body.get("response_format") is not None
    messages = messages_of(body, tools)
    none = body.get("tool_choice") == NONE
    return replace(
        asked, messages=messages, schema=schema, tools=tools, has_own_form=own, forbids_calls=none
    )


def completion_request(body: dict[str, Any]) -> GenerationRequest:
    """The body of POST /v1/completions: a text, or several, to be continued as they stand.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    given = body.get("prompt")
    prompts = [given] if isinstance(given, str) else given
    if not isinstance(prompts, list) or not prompts or not all(map(_is_text, prompts)):
        raise wrong("prompt", "must be a text, or a list of texts, none of them empty")
    asked = replace(
        _asked(body, text_logprobs(body)), prompt=prompts[0], more_prompts=tuple(prompts[1:])
    )
    if asked.n * len(prompts) > MOST_ANSWERS:
        raise wrong("prompt", f"and n may ask for at most {MOST_ANSWERS} answers together")
    return replace(asked, schema=schema_of(body))


def classify_request(body: dict[str, Any]) -> tuple[str, list[str | TextPair]]:
    """Model id and texts of POST /v1/classify, each one text or two that belong together.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    given = body.get("input")
    items = given if isinstance(given, list) else [given]
    if not any(isinstance(item, dict) for item in items):
        return model_of(body), [*input_texts(body)]
    if len(items) > MAX_INPUTS:
        raise wrong("input", f"holds {len(items)} texts, and at most {MAX_INPUTS} go at once")
    return model_of(body), list(map(_one_or_two, items))


def _one_or_two(item: Any) -> str | TextPair:
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and all(isinstance(item.get(n), str) for n in ("text", ROLE)):
        return item["text"], item[ROLE]
    raise wrong("input", f"must hold texts, or objects with 'text' and '{ROLE}'")


def as_questions(given: Sequence[str | TextPair], entry: ServedModel) -> list[str]:
    """The texts as the model was taught them.

    Raises:
        ApiError: 400, two texts are given to a model that reads one.
    """
    if not entry.pair and any(not isinstance(item, str) for item in given):
        raise wrong("input", f"must be one text for each answer: '{entry.id}' reads no pairs")
    return [item if isinstance(item, str) else joined_as(entry.pair, *item) for item in given]


def input_texts(body: dict[str, Any]) -> list[str]:
    """The text or texts under `input`.

    Raises:
        ApiError: 400, they are none, or too many.
    """
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise wrong("input", "must be a text or a list of texts")
    if len(texts) > MAX_INPUTS:
        raise wrong("input", f"holds {len(texts)} texts, and at most {MAX_INPUTS} go at once")
    return texts


def refuse_for_categories(asked: GenerationRequest) -> None:
    """Say what a model that answers with a category cannot do.

    Raises:
        ApiError: 400, and which field asks for it.
    """
    why = "cannot be had of this model, which answers with a category: leave it out"
    if asked.schema is not None:
        raise wrong("response_format", why)
    if asked.sampling.top_logprobs is not None:
        raise wrong("logprobs", f"{why}, or ask at /v1/classify, which tells how sure it is")
    if asked.more_prompts:
        raise wrong("prompt", "must be one text: /v1/classify takes several")


def _asked(body: dict[str, Any], top_logprobs: int | None) -> GenerationRequest:
    """What both kinds of requests say alike."""
    for name, neutral in _NEUTRAL.items():
        if name in body and body[name] not in neutral:
            raise wrong(name, "is not supported by this server: leave it out")
    options = body.get("stream_options") or {}
    if not isinstance(options, dict):
        raise wrong("stream_options", "must be an object")
    return GenerationRequest(
        model=model_of(body),
        messages=(),
        prompt="",
        sampling=sampling_of(body, top_logprobs),
        stream=truth(body, "stream"),
        include_usage=truth(options, "include_usage"),
        n=int(number(body, "n", 1, low=1, high=MOST_ANSWERS, whole=True)),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
