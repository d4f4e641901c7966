"""Keeps other users and programs of this machine out: whoever asks says a key.

It is the server's own, which the workbench's pages use, or one that was made for a program.
"""

import hashlib
import hmac
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.access.caller import NOBODY, WORKBENCH, Caller
from workbench.engine.serving.access.key_ring import KeyRing
from workbench.engine.serving.access.refusals import REVOKED, Refusals, of_known, of_unknown
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.watching.record import record_of

OPEN = ("/health", "/metrics")
"""Say that a server answers, which one, and how busy it is; nothing of anybody's work."""


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

    def __init__(
        self, app: ASGIApp, key_file: Path | None, keys: KeyRing, refusals: Refusals
    ) -> None:
        """Without a file everybody may pass; a file that changes counts at once."""
        self._app, self._key_file, self._keys = app, key_file, keys
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN:
            key = _key_in(Headers(scope=scope).get("authorization", ""))
            try:
                record_of(scope).caller = self._caller(key)
            except ApiError as error:
                self._note(key, address_in(scope))
                response = error.response()
                response.headers["WWW-Authenticate"] = "Bearer"
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _note(self, key: str, address: str) -> None:
        former = self._keys.former(key) if key else None
        known = former and of_known(REVOKED, former, address)
        self._refusals.note(known or of_unknown(key, address))

    def _caller(self, key: str) -> Caller:
        if key and (program := self._keys.caller(key)) is not None:
            return program
        if self._key_file is None:
            return NOBODY
        if not key:
            raise _error("This server wants a key, as 'Authorization: Bearer KEY'")
        try:
            wanted = key_in(self._key_file)
        except WorkbenchError as error:
            raise ApiError(401, str(error), code="invalid_api_key") from error
        if not hmac.compare_digest(_digest(key), _digest(wanted)):
            raise _error("This is no key of this server, or one that was revoked")
        return WORKBENCH


def _key_in(authorization: str) -> str:
    """What somebody said as their key; empty where they said none."""
    scheme, _, key = authorization.strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def address_in(scope: Scope) -> str:
    """Of who asks; empty where that is not known."""
    return str((scope.get("client") or ("",))[0])


def _digest(key: str) -> bytes:
    """Of one length, so that to compare takes the same time whatever was guessed."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _error(what: str) -> ApiError:
    where = "make one on the page 'For other programs', or with `python -m workbench keys make`"
    return ApiError(401, f"{what}: {where}.", code="invalid_api_key")
