"""Keeps other web sites out: a page in the user's browser must not reach the models.

The server listens on loopback only, but a browser runs scripts of foreign sites on the same
machine. Such a request names the foreign site as its origin, or (DNS rebinding) as its host.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.core.hosts import LOOPBACK, host_of_origin, name_of
from workbench.engine.serving.errors import ApiError


class LoopbackOnly:
    """ASGI middleware that answers 403 to whatever does not come from this machine itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (reason := refusal(Headers(scope=scope))):
            await ApiError(403, reason, code="forbidden").response()(scope, receive, send)
            return
        await self._app(scope, receive, send)


def refusal(headers: Headers) -> str | None:
    """Why the request is refused; None if it may pass."""
    if name_of(headers.get("host", "")) not in LOOPBACK:
        return "This server answers programs on its own machine only: ask it as 127.0.0.1."
    origin = headers.get("origin")
    if origin is not None and name_of(host_of_origin(origin) or "") not in LOOPBACK:
        return "This server does not answer other web sites."
    if headers.get("sec-fetch-site") == "cross-site":
        return "This server does not answer other web sites."
    return None
