"""POST /v1/embeddings: what is asked, and vectors as numbers or in base64."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.serving.api.fields import model_of
from workbench.engine.serving.embedder import Embedded
from workbench.engine.serving.errors import wrong
from workbench.engine.serving.requests import input_texts

FLOAT, BASE64 = "float", "base64"


@dataclass(frozen=True)
class EmbeddingRequest:
    """Texts to be turned into vectors."""

    model: str
    texts: list[str]
    encoding: str
    dimensions: int | None
    """As many as the caller believes there are; None where it does not say."""


def request_of(body: dict[str, Any]) -> EmbeddingRequest:
    """The body of a request.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    texts = input_texts(body)
    if not all(texts):
        raise wrong("input", "must hold texts that are not empty")
    encoding = body.get("encoding_format") or FLOAT
    if encoding not in (FLOAT, BASE64):
        raise wrong("encoding_format", f"must be {FLOAT} or {BASE64}")
    dimensions = body.get("dimensions")
    if dimensions is not None and (isinstance(dimensions, bool) or not isinstance(dimensions, int)):
        raise wrong("dimensions", "must be a whole number")
    return EmbeddingRequest(model_of(body), texts, encoding, dimensions)


def response(asked: EmbeddingRequest, found: Embedded) -> dict[str, Any]:
    """The vectors in OpenAI's form.

    Raises:
        ApiError: 400, they have another number of dimensions than was asked for.
    """
    own = found.vectors.shape[1]
    if asked.dimensions not in (None, own):
        raise wrong(
            "dimensions", f"cannot be chosen: this model's vectors have {own}; leave it out"
        )
    data = [
        {"object": "embedding", "index": place, "embedding": _encoded(vector, asked.encoding)}
        for place, vector in enumerate(found.vectors)
    ]
    usage = {"prompt_tokens": found.tokens, "total_tokens": found.tokens}
    return {"object": "list", "data": data, "model": asked.model, "usage": usage}


def _encoded(vector: np.ndarray, encoding: str) -> list[float] | str:
    """Numbers, or float32 in little-endian order as base64."""
    if encoding == FLOAT:
        return [float(value) for value in vector]
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
