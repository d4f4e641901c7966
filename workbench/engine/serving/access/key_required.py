"""Keeps other users and programs of this machine out: whoever asks says the server's key."""

import hashlib
import hmac
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.errors import ApiError

_OPEN = "/health"
"""Says that a server answers, and which one; nothing of anybody's work."""


def key_in(path: Path | None) -> str:
    """The key that the file holds; empty without a file, when none is asked for.

    Raises:
        WorkbenchError: there is no key in it.
    """
    if path is None:
        return ""
    try:
        key = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        key = ""
    if not key:
        raise WorkbenchError(f"There is no key for the model server in {path}: load it again.")
    return key


class KeyRequired:
    """ASGI middleware that answers 401 to whoever does not send `Authorization: Bearer KEY`."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        """Without a `key` everybody may pass."""
        self._app, self._wanted = app, _digest(key) if key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != _OPEN and self._wanted:
            error = self._refusal(Headers(scope=scope).get("authorization"))
            if error is not None:
                response = error.response()
                response.headers["WWW-Authenticate"] = "Bearer"
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, authorization: str | None) -> ApiError | None:
        scheme, _, key = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return _error("This server wants its key, as 'Authorization: Bearer KEY'")
        if not hmac.compare_digest(_digest(key.strip()), self._wanted or b""):
            return _error("This is not the server's key")
        return None


def _digest(key: str) -> bytes:
    """Of one length, so that to compare takes the same time whatever was guessed."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _error(what: str) -> ApiError:
    where = "the Use page shows it, and `python -m workbench serve` prints it"
    return ApiError(401, f"{what}: {where}.", code="invalid_api_key")
