"""What the server answers when it cannot answer, in the shape that OpenAI clients know."""

import math
from typing import Any

from starlette.responses import JSONResponse

MOST_SHOWN = 100
"""Characters of what a caller sent that are said back to it."""


class ApiError(Exception):
    """One plain sentence for the caller, with the HTTP status and OpenAI's error code."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        """Args:
        kind: OpenAI's type of it; without one by the status.
        retry_after_s: when to try again.
        """
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        """The error object of OpenAI's API."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }

    def response(self) -> JSONResponse:
        headers = {}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after_s)))
        return JSONResponse(self.body(), status_code=self.status, headers=headers)


def too_long(what: str, read: int, limit: int, param: str) -> ApiError:
    """Status 400 for what has more tokens than the model reads."""
    return ApiError(
        400,
        f"{what} is {read} tokens long, and this model reads at most {limit}: shorten it"
        + (", or start a new conversation." if param == "messages" else "."),
        code="context_length_exceeded",
        param=param,
    )


def wrong(param: str, what: str) -> ApiError:
    """Status 400 for a field of the request; `what` goes on after its name."""
    named = param[:MOST_SHOWN]
    return ApiError(400, f"{named} {what}.", code="invalid_value", param=named)
