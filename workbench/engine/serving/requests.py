"""What a caller asks for: the body of a request, checked field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.engine.serving.errors import wrong

MAX_STOPS = 16
MAX_INPUTS = 2048
DEFAULT_MAX_TOKENS = 512
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
MOST_TOKENS = 1 << 20
"""Of an answer, whatever is asked for."""
GREEDY = 1e-5
"""A temperature or top_p below this leaves one token to choose, and divides by nearly nothing."""
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "tools": (None, []),
    "tool_choice": (None, "none", "auto"),
    "functions": (None, []),
    "function_call": (None, "none", "auto"),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "logit_bias": (None, {}),
    "presence_penalty": (None, 0),
    "frequency_penalty": (None, 0),
    "repetition_penalty": (None, 1),
    "top_k": (None, 0, -1),
    "min_p": (None, 0),
    "response_format": (None, {"type": "text"}),
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
class Sampling:
    """How the answer is chosen."""

    temperature: float = 0.0
    """0 always takes the likeliest token, as the exam does."""
    top_p: float = 1.0
    max_tokens: int = DEFAULT_MAX_TOKENS
    stop: tuple[str, ...] = ()
    seed: int | None = None

    @property
    def is_greedy(self) -> bool:
        """Whether the likeliest token is taken, so that nothing is drawn."""
        return self.temperature < GREEDY or self.top_p < GREEDY


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


def chat_request(body: dict[str, Any]) -> GenerationRequest:
    """The body of POST /v1/chat/completions.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    return _asked(body, messages=_messages(body), prompt="")


def completion_request(body: dict[str, Any]) -> GenerationRequest:
    """The body of POST /v1/completions: a text to be continued as it stands.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        raise wrong("prompt", "must be a text that is not empty")
    return _asked(body, messages=(), prompt=prompt)


def classify_request(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Model id and texts of POST /v1/classify.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise wrong("input", "must be a text or a list of texts")
    if len(texts) > MAX_INPUTS:
        raise wrong("input", f"holds {len(texts)} texts, and at most {MAX_INPUTS} go at once")
    return _model(body), texts


def _asked(
    body: dict[str, Any], *, messages: tuple[dict[str, str], ...], prompt: str
) -> GenerationRequest:
    _refuse_unsupported(body)
    options = body.get("stream_options") or {}
    if not isinstance(options, dict):
        raise wrong("stream_options", "must be an object")
    return GenerationRequest(
        model=_model(body),
        messages=messages,
        prompt=prompt,
        sampling=_sampling(body),
        stream=_truth(body, "stream"),
        include_usage=_truth(options, "include_usage"),
    )


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise wrong("model", "must name a model, as GET /v1/models lists them")
    return model


def _refuse_unsupported(body: dict[str, Any]) -> None:
    if body.get("n") not in (None, 1):
        raise wrong("n", "must be 1: this server gives one answer a request")
    for name, neutral in _NEUTRAL.items():
        if name in body and body[name] not in neutral:
            raise wrong(name, "is not supported by this server: leave it out")


def _sampling(body: dict[str, Any]) -> Sampling:
    newer = body.get("max_completion_tokens") is not None
    limit = "max_completion_tokens" if newer else "max_tokens"
    asked = _number(body, limit, DEFAULT_MAX_TOKENS, low=1, whole=True)
    return Sampling(
        temperature=_number(body, "temperature", 0.0, low=0, high=2),
        top_p=_number(body, "top_p", 1.0, low=0, high=1),
        max_tokens=int(min(asked, MOST_TOKENS)),
        stop=_stops(body.get("stop")),
        seed=_seed(body),
    )


def _seed(body: dict[str, Any]) -> int | None:
    if body.get("seed") is None:
        return None
    return int(_number(body, "seed", 0, low=-(2**63), high=2**63 - 1, whole=True))


def _number(
    body: dict[str, Any],
    name: str,
    default: float,
    *,
    low: float,
    high: float | None = None,
    whole: bool = False,
) -> float:
    value = body.get(name)
    if value is None:
        return default
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise wrong(name, "must be a whole number" if whole else "must be a number")
    if not (low <= value and (high is None or value <= high)):
        reach = f"from {low:g} to {high:g}" if high is not None else f"{low:g} or more"
        raise wrong(name, f"must be {reach}, not {_shown(value)}")
    return value


def _shown(value: float) -> str:
    """A number in a sentence, however many digits it has."""
    try:
        return f"{value:g}"
    except OverflowError:
        return "a number of more than 300 digits"


def _stops(value: Any) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(s, str) and s for s in stops):
        raise wrong("stop", "must be a text or a list of texts, none of them empty")
    if len(stops) > MAX_STOPS:
        raise wrong("stop", f"may hold at most {MAX_STOPS} texts")
    return tuple(stops)


def _truth(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value not in (None, True, False):
        raise wrong(name, "must be true or false")
    return bool(value)


def _messages(body: dict[str, Any]) -> tuple[dict[str, str], ...]:
    given = body.get("messages")
    if not isinstance(given, list) or not given:
        raise wrong("messages", "must be a list of at least one message")
    messages = tuple(_message(number, item) for number, item in enumerate(given))
    if messages[-1]["role"] != "user":
        raise wrong("messages", "must end with a user message: the question to answer")
    return messages


def _message(number: int, item: Any) -> dict[str, str]:
    where = f"messages[{number}]"
    role = item.get("role") if isinstance(item, dict) else None
    if not isinstance(role, str) or role not in ROLES:
        raise wrong(where, f"needs a role, one of {', '.join(ROLES)}")
    return {"role": ROLES[role], "content": _content(where, item.get("content"))}


def _content(where: str, value: Any) -> str:
    """A text, or OpenAI's list of parts if all of them are text."""
    if isinstance(value, str):
        return value
    parts: Sequence[Any] = value if isinstance(value, list) else [None]
    texts = [_part(part) for part in parts]
    if any(text is None for text in texts):
        raise wrong(where, "needs a content that is text: these models read nothing else")
    return "".join(text or "" for text in texts)


def _part(part: Any) -> str | None:
    if not isinstance(part, dict) or part.get("type") != "text":
        return None
    text = part.get("text")
    return text if isinstance(text, str) else None
