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


def key_in(path: Path) -> str:
    """The key that the file holds.

    Raises:
        WorkbenchError: there is no key in it.
    """
    try:
        key = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        key = ""
    if not key:
        raise WorkbenchError(f"There is no key for the model server in {path}: load it again.")
    return key


class KeyRequired:
    """ASGI middleware that answers 401 to whoever does not send `Authorization: Bearer KEY`."""

    def __init__(self, app: ASGIApp, key_file: Path | None) -> None:
        """Without a file everybody may pass; one that changes counts at once."""
        self._app, self._key_file = app, key_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != _OPEN and self._key_file:
            said = Headers(scope=scope).get("authorization", "")
            if (error := _refusal(said, self._key_file)) is not None:
                response = error.response()
                response.headers["WWW-Authenticate"] = "Bearer"
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refusal(authorization: str, key_file: Path) -> ApiError | None:
    scheme, _, key = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return _error("This server wants its key, as 'Authorization: Bearer KEY'")
    try:
        wanted = key_in(key_file)
    except WorkbenchError as error:
        return ApiError(401, str(error), code="invalid_api_key")
    if not hmac.compare_digest(_digest(key.strip()), _digest(wanted)):
        return _error("This is not the server's key")
    return None


def _digest(key: str) -> bytes:
    """Of one length, so that to compare takes the same time whatever was guessed."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _error(what: str) -> ApiError:
    where = "the Use page shows it, and `python -m workbench serve` prints it"
    return ApiError(401, f"{what}: {where}.", code="invalid_api_key")
