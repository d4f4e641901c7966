"""What a caller asks for: the body of a request, checked field by field."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from workbench.engine.serving.errors import ApiError

MAX_BODY_BYTES = 4 << 20
MAX_STOPS = 16
MAX_INPUTS = 2048
DEFAULT_MAX_TOKENS = 512
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "tools": (None, []),
    "functions": (None, []),
    "logprobs": (None, False),
    "logit_bias": (None, {}),
    "presence_penalty": (None, 0),
    "frequency_penalty": (None, 0),
    "response_format": (None, {"type": "text"}),
    "suffix": (None, ""),
    "echo": (None, False),
}
"""Settings that change nothing at these values; another value is refused, not ignored."""


@dataclass(frozen=True)
class Sampling:
    """How the answer is chosen."""

    temperature: float = 0.0
    """0 always takes the likeliest token, as the exam does."""
    top_p: float = 1.0
    max_tokens: int = DEFAULT_MAX_TOKENS
    stop: tuple[str, ...] = ()
    seed: int | None = None


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


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in the request.

    Raises:
        ApiError: 413 or 400.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            raise ApiError(413, f"The request is larger than {MAX_BODY_BYTES >> 20} MB: send less.")
    try:
        value = json.loads(bytes(raw))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ApiError(400, "The request is not a JSON object: send one, encoded as UTF-8.")
    return value


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
        raise _wrong("prompt", "must be a text that is not empty")
    return _asked(body, messages=(), prompt=prompt)


def classify_request(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Model id and texts of POST /v1/classify.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise _wrong("input", "must be a text or a list of texts")
    if len(texts) > MAX_INPUTS:
        raise _wrong("input", f"holds {len(texts)} texts, and at most {MAX_INPUTS} go at once")
    return _model(body), texts


def _asked(
    body: dict[str, Any], *, messages: tuple[dict[str, str], ...], prompt: str
) -> GenerationRequest:
    _refuse_unsupported(body)
    options = body.get("stream_options") or {}
    if not isinstance(options, dict):
        raise _wrong("stream_options", "must be an object")
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
        raise _wrong("model", "must name a model, as GET /v1/models lists them")
    return model


def _refuse_unsupported(body: dict[str, Any]) -> None:
    if body.get("n") not in (None, 1):
        raise _wrong("n", "must be 1: this server gives one answer a request")
    for name, neutral in _NEUTRAL.items():
        if name in body and body[name] not in neutral:
            raise _wrong(name, "is not supported by this server: leave it out")


def _sampling(body: dict[str, Any]) -> Sampling:
    limit = "max_completion_tokens" if body.get("max_completion_tokens") else "max_tokens"
    return Sampling(
        temperature=_number(body, "temperature", 0.0, low=0, high=2),
        top_p=_number(body, "top_p", 1.0, low=0, high=1),
        max_tokens=int(_number(body, limit, DEFAULT_MAX_TOKENS, low=1, whole=True)),
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
        raise _wrong(name, "must be a whole number" if whole else "must be a number")
    if not (low <= value and (high is None or value <= high)):
        reach = f"from {low:g} to {high:g}" if high is not None else f"{low:g} or more"
        raise _wrong(name, f"must be {reach}, not {value:g}")
    return value


def _stops(value: Any) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(s, str) and s for s in stops):
        raise _wrong("stop", "must be a text or a list of texts, none of them empty")
    if len(stops) > MAX_STOPS:
        raise _wrong("stop", f"may hold at most {MAX_STOPS} texts")
    return tuple(stops)


def _truth(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value not in (None, True, False):
        raise _wrong(name, "must be true or false")
    return bool(value)


def _messages(body: dict[str, Any]) -> tuple[dict[str, str], ...]:
    given = body.get("messages")
    if not isinstance(given, list) or not given:
        raise _wrong("messages", "must be a list of at least one message")
    messages = tuple(_message(number, item) for number, item in enumerate(given))
    if messages[-1]["role"] != "user":
        raise _wrong("messages", "must end with a user message: the question to answer")
    return messages


def _message(number: int, item: Any) -> dict[str, str]:
    where = f"messages[{number}]"
    role = item.get("role") if isinstance(item, dict) else None
    if not isinstance(role, str) or role not in ROLES:
        raise _wrong(where, f"needs a role, one of {', '.join(ROLES)}")
    return {"role": ROLES[role], "content": _content(where, item.get("content"))}


def _content(where: str, value: Any) -> str:
    """A text, or OpenAI's list of parts if all of them are text."""
    if isinstance(value, str):
        return value
    parts: Sequence[Any] = value if isinstance(value, list) else [None]
    texts = [_part(part) for part in parts]
    if any(text is None for text in texts):
        raise _wrong(where, "needs a content that is text: these models read nothing else")
    return "".join(text or "" for text in texts)


def _part(part: Any) -> str | None:
    if not isinstance(part, dict) or part.get("type") != "text":
        return None
    text = part.get("text")
    return text if isinstance(text, str) else None


def _wrong(param: str, what: str) -> ApiError:
    return ApiError(400, f"{param} {what}.", code="invalid_value", param=param)
