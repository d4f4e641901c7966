"""In front of the web app: gives every request its id, and counts what is asked and how long it takes.

The id is the proxy's X-Request-ID, or one of our own. It stands in the log and in the answer; a page
has that of its WebSocket, which Streamlit hands on to it as a header.
"""

import re
import secrets
import time
from functools import partial

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.jobs.operations import log
from workbench.ui.server import counts

HEADER = "x-request-id"
_GOOD = re.compile(r"[0-9A-Za-z_.-]{8,64}")
_ROUTES = ("upload", "download", "judge", "media", "health", "metrics", "static", "_stcore")
"""First parts of paths that are counted apart; all others are pages."""


class Watched:
    """ASGI application that counts what passes."""

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app, self._base = app, base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get(HEADER, "")
        request_id = said if _GOOD.fullmatch(said) else secrets.token_hex(12)
        log.begin(request_id)
        others = [pair for pair in scope["headers"] if pair[0] != HEADER.encode()]
        scope = {**scope, "headers": [*others, (HEADER.encode(), request_id.encode())]}
        if scope["type"] == "websocket":
            await self._open(scope, receive, send)
        else:
            await self._answer(scope, receive, send, request_id)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        counts.opened(1)
        try:
            await self._app(scope, receive, send)
        finally:
            counts.opened(-1)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began, status = time.perf_counter(), [500]
        try:
            await self._app(scope, receive, partial(_send, send, request_id, status))
        finally:
            seconds = time.perf_counter() - began
            counts.answered(self._route(scope["path"]), scope["method"], status[0], seconds)

    def _route(self, path: str) -> str:
        first = path.removeprefix(self._base).lstrip("/").partition("/")[0]
        return first if first in _ROUTES else "page"


async def _send(send: Send, request_id: str, status: list[int], message: Message) -> None:
    if message["type"] == "http.response.start":
        status[0] = message["status"]
        pair = (HEADER.encode(), request_id.encode())
        message = {**message, "headers": [*message.get("headers", ()), pair]}
    await send(message)
