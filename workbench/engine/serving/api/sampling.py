"""How an answer is chosen, as a request says it."""

from dataclasses import dataclass
from typing import Any

from workbench.engine.serving.api.fields import number, truth
from workbench.engine.serving.errors import wrong

MAX_STOPS = 16
DEFAULT_MAX_TOKENS = 512
MOST_TOKENS = 1 << 20
"""Of an answer, whatever is asked for."""
MOST_LIKELY, MOST_LIKELY_OF_TEXTS = 20, 5
"""Tokens told beside a chosen one, in chats and in continued texts, as OpenAI has it."""
MOST_BIASES = 1024
GREEDY = 1e-5
"""A temperature or top_p below this leaves one token to choose, and divides by nearly nothing."""


@dataclass(frozen=True)
class Sampling:
    """How the answer is chosen."""

    temperature: float = 0.0
    """0 always takes the likeliest token, as the exam does."""
    top_p: float = 1.0
    max_tokens: int = DEFAULT_MAX_TOKENS
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float = 0.0
    """Taken from the score of a token that was written already."""
    frequency_penalty: float = 0.0
    """Taken from it for each time that it was."""
    logit_bias: tuple[tuple[int, float], ...] = ()
    """Tokens and what is added to their scores."""
    top_logprobs: int | None = None
    """How many of the likeliest tokens are told at each place; None tells no log-probabilities."""

    @property
    def changes_scores(self) -> bool:
        """Whether tokens' scores are changed before one is chosen."""
        return bool(self.logit_bias or self.presence_penalty or self.frequency_penalty)

    @property
    def is_greedy(self) -> bool:
        """Whether the likeliest token is taken, so that nothing is drawn."""
        return self.temperature < GREEDY or self.top_p < GREEDY


def sampling_of(body: dict[str, Any], top_logprobs: int | None) -> Sampling:
    """The settings of a request, checked.

    Args:
        top_logprobs: as `chat_logprobs` or `text_logprobs` found it.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    newer = body.get("max_completion_tokens") is not None
    limit = "max_completion_tokens" if newer else "max_tokens"
    asked = number(body, limit, DEFAULT_MAX_TOKENS, low=1, whole=True)
    return Sampling(
        temperature=number(body, "temperature", 0.0, low=0, high=2),
        top_p=number(body, "top_p", 1.0, low=0, high=1),
        max_tokens=int(min(asked, MOST_TOKENS)),
        stop=_stops(body.get("stop")),
        seed=_seed(body),
        presence_penalty=number(body, "presence_penalty", 0.0, low=-2, high=2),
        frequency_penalty=number(body, "frequency_penalty", 0.0, low=-2, high=2),
        logit_bias=_biases(body.get("logit_bias")),
        top_logprobs=top_logprobs,
    )


def _seed(body: dict[str, Any]) -> int | None:
    if body.get("seed") is None:
        return None
    return int(number(body, "seed", 0, low=-(2**63), high=2**63 - 1, whole=True))


def chat_logprobs(body: dict[str, Any]) -> int | None:
    """How many likely tokens a chat's request wants told at each place; None for no such thing.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    most = number(body, "top_logprobs", 0, low=0, high=MOST_LIKELY, whole=True)
    if truth(body, "logprobs"):
        return int(most)
    if most:
        raise wrong("top_logprobs", "needs logprobs to be true")
    return None


def text_logprobs(body: dict[str, Any]) -> int | None:
    """The same of a text that is continued, where `logprobs` is the number.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    if body.get("logprobs") in (None, False):
        return None
    return int(number(body, "logprobs", 0, low=0, high=MOST_LIKELY_OF_TEXTS, whole=True))


def _biases(value: Any) -> tuple[tuple[int, float], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict) or len(value) > MOST_BIASES:
        raise wrong("logit_bias", f"must be an object of at most {MOST_BIASES:,} token ids")
    if not all(name.isascii() and name.isdigit() and len(name) < 10 for name in value):
        raise wrong("logit_bias", "must name tokens by their ids, which are whole numbers")
    if None in value.values():
        raise wrong("logit_bias", "must give each token a number")
    return tuple(
        (int(name), number({"logit_bias": bias}, "logit_bias", 0, low=-100, high=100))
        for name, bias in value.items()
    )


def _stops(value: Any) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(s, str) and s for s in stops):
        raise wrong("stop", "must be a text or a list of texts, none of them empty")
    if len(stops) > MAX_STOPS:
        raise wrong("stop", f"may hold at most {MAX_STOPS} texts")
    return tuple(stops)
