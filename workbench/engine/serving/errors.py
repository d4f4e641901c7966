"""What the server answers when it cannot answer, in the shape that OpenAI clients know."""

from typing import Any

from starlette.responses import JSONResponse

MOST_SHOWN = 100
"""Characters of what a caller sent that are said back to it."""


class ApiError(Exception):
    """One plain sentence for the caller, with the HTTP status and OpenAI's error code."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param

    def body(self) -> dict[str, Any]:
        """The error object of OpenAI's API."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "type": kind,
                "param": self.param,
                "code": self.code,
            }
        }

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), status_code=self.status)


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
