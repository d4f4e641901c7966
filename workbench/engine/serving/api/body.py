"""The body of a request: a JSON object of a sane size, whose texts are whole."""

import json
from typing import Any

from starlette.requests import Request

from workbench.engine.serving.errors import ApiError, wrong

MAX_BYTES = 4 << 20


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in the request.

    Raises:
        ApiError: 413 or 400.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BYTES:
            raise ApiError(413, f"The request is larger than {MAX_BYTES >> 20} MB: send less.")
    try:
        return _whole_texts(json.loads(bytes(raw)))
    except RecursionError:
        raise ApiError(400, "The request is nested too deeply: send it flatter.") from None
    except ValueError:
        raise _no_object() from None


def _whole_texts(value: Any) -> dict[str, Any]:
    """The object, none of whose texts holds half of a character, as JSON can write it."""
    if not isinstance(value, dict):
        raise _no_object()
    for name, part in value.items():
        try:
            json.dumps([name, part], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            shown = name.encode("ascii", "backslashreplace").decode()
            why = "holds half of a character (a lone surrogate): send whole ones"
            raise wrong(shown, why) from None
    return value


def _no_object() -> ApiError:
    return ApiError(400, "The request is not a JSON object: send one, encoded as UTF-8.")
