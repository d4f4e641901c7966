"""Log-probabilities in OpenAI's two forms: of a chat's answer, and of a text that goes on."""

from collections.abc import Sequence
from typing import Any

from workbench.engine.serving.choosing.token_logprobs import Likely, TokenLogprob


def of_chat(tokens: Sequence[TokenLogprob], _before: int = 0) -> dict[str, Any]:
    """`choices[].logprobs` of a chat."""
    content = [
        {**_token((one.text, one.raw, one.logprob)), "top_logprobs": [*map(_token, one.top)]}
        for one in tokens
    ]
    return {"content": content, "refusal": None}


def of_text(tokens: Sequence[TokenLogprob], before: int = 0) -> dict[str, Any]:
    """`choices[].logprobs` of a text; offsets count characters of the answer.

    Args:
        before: characters of the answer before these tokens.
    """
    offsets, raw = [], b""
    for one in tokens:
        offsets.append(before + len(raw.decode("utf-8", "replace")))
        raw += one.raw
    return {
        "tokens": [one.text for one in tokens],
        "token_logprobs": [one.logprob for one in tokens],
        "top_logprobs": [{text: value for text, _raw, value in one.top} for one in tokens],
        "text_offset": offsets,
    }


def _token(likely: Likely) -> dict[str, Any]:
    text, raw, logprob = likely
    return {"token": text, "bytes": list(raw), "logprob": logprob}
