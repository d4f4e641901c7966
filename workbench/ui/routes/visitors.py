"""In front of the whole web app: who may ask at all, and what a browser may do with the answer.

Whoever is let in is asked for by the door behind it (`ui/accounts`). Here nothing is answered but what is
asked under this machine's own names (or those in WORKBENCH_HOSTS, for a proxy in front) and by the
app's own pages. This holds for every route and for the WebSocket, Streamlit's and our own.
"""

import logging
import os
from collections.abc import Iterable
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from workbench.core.hosts import LOOPBACK, host_of_origin, name_of, named
from workbench.ui.routes import page_policy

VARIABLE = "WORKBENCH_HOSTS"
_STRANGE_NAME = (
    "The workbench does not answer under this name: open it as localhost, or put the name into "
    f"the setting {VARIABLE} and start the workbench again."
)
_STRANGE_PAGE = "The workbench answers its own pages only: open it in a tab of its own."
_POLICY_VIOLATION = 1008
_log = logging.getLogger(__name__)


class Visitors:
    """ASGI application that passes on what comes from the workbench's own pages, else answers 4xx.

    What passes has lost its Origin: Streamlit would ask a server on the internet for this
    machine's address to judge one that a proxy changed.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] | None = None) -> None:
        """`names` beside this machine's own; by default those in the setting."""
        self._app = app
        self._named = frozenset(names) if names is not None else _names_in_setting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = partial(_send_with_policy, send)
        if response := self._refusal(scope):
            await _refuse(response, scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if pair[0] != b"origin"]
        await self._app({**scope, "headers": headers}, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or name_of(hosts[0]) not in LOOPBACK | self._named:
            return _answer(421, _STRANGE_NAME)
        foreign = not all(self._is_own(origin, hosts[0]) for origin in origins)
        if foreign or (not origins and _is_led_by_another_site(headers, scope)):
            return _answer(403, _STRANGE_PAGE)
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        """Of the address that is asked, or of a name in the setting (a proxy changes the host)."""
        asking = host_of_origin(origin)
        return asking is not None and (asking == host.lower() or name_of(asking) in self._named)


def _names_in_setting() -> frozenset[str]:
    names, wrong = named(os.environ.get(VARIABLE, ""))
    for entry in wrong:
        _log.warning("%s: '%s' is no name of a computer and is passed over.", VARIABLE, entry)
    return names


def _is_led_by_another_site(headers: Headers, scope: Scope) -> bool:
    """Whether a foreign page embeds or fetches this; a link that opens it in a tab is welcome."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    return opened != ("navigate", "document") or scope.get("method") not in ("GET", "HEAD")


def _answer(status: int, sentence: str) -> Response:
    # What was sent along has not been read, so the connection cannot be used again.
    headers = {"Cache-Control": "no-store", "Connection": "close"}
    return PlainTextResponse(sentence, status, headers)


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await response(scope, receive, send)
    else:  # before it is accepted, so that the server answers 403
        await WebSocket(scope, receive, send).close(_POLICY_VIOLATION)


async def _send_with_policy(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(raw=list(message.get("headers", ())))
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]  # no other site is invited
        headers.update(page_policy.HEADERS)
        message = {**message, "headers": headers.raw}
    await send(message)
