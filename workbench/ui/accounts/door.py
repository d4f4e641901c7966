"""In front of the whole web app, behind the visitors' check: where people have accounts, nobody
passes who is not signed in, but to the pages by which one signs in.

A socket lives on after its person was signed out, so each message of it is looked at, too: of what a
stranger sends only the wish to see the page comes through, without what was typed or pressed. What
sees it then is the gate (`gate.py`), which says what to do.
"""

import logging
from collections.abc import Iterable
from functools import partial
from urllib.parse import quote

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from storage.errors import StorageError
from workbench.system.accounts import listening, sign_ins
from workbench.ui import context
from workbench.ui.accounts import cookie
from workbench.ui.routes.own_path import base_path

SIGN_IN = "/account/sign-in"
_OPEN = ("/account/", "/judge/", "/static/", "/_stcore/health", "/health", "/metrics")
"""Beginnings of paths that need nobody: pages by which one signs in or judges with a link of its own,
Streamlit's own scripts, and what a proxy asks to know whether the app lives."""
_OPEN_FILES = ("/favicon.png", "/favicon.ico", "/robots.txt")
_KEPT = ("query_string", "page_script_hash", "page_name")
_POLICY_VIOLATION = 1008
_log = logging.getLogger(__name__)


class Door:
    """ASGI application that passes on what comes from somebody who is signed in."""

    def __init__(self, app: ASGIApp, open_paths: Iterable[str] = ()) -> None:
        """`open_paths` beside our own need nobody, either."""
        self._app = app
        self._open_files = (*_OPEN_FILES, *open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._is_open(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._socket(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        path = path.removeprefix(base_path())
        return path in self._open_files or path.startswith(_OPEN)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        asking = HTTPConnection(scope)
        is_page = scope["method"] in ("GET", "HEAD") and "text/html" in asking.headers.get(
            "accept", ""
        )
        try:
            passes = await run_in_threadpool(_passes, cookie.of_request(asking), is_used=is_page)
        except StorageError as error:  # a page says so by itself, in words and with what to do
            _log.warning("%s", error)
            passes = is_page
        if passes:
            await self._app(scope, receive, send)
            return
        response = _to_sign_in(scope) if is_page else _signed_out()
        await response(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        secret = cookie.of_request(HTTPConnection(scope))
        if not await run_in_threadpool(_was_ever_good, secret):
            await WebSocket(scope, receive, send).close(_POLICY_VIOLATION)
            return
        await self._app(scope, partial(_checked, secret, receive), send)


def _passes(secret: str, *, is_used: bool) -> bool:
    standing = sign_ins.standing(context.installation(), secret)
    context.remember(secret, standing)
    if standing.acting is not None and is_used:
        sign_ins.used(context.installation(), secret, standing)
    if not standing.accounts_on:
        return not listening.is_beyond(str(st.get_option("server.address") or ""))
    return standing.acting is not None


def _was_ever_good(secret: str) -> bool:
    """Whether to let a socket be opened: also by a page that was left open overnight, so that it
    can be told what happened, but by nobody else."""
    try:
        return _passes(secret, is_used=False) or sign_ins.is_known(context.installation(), secret)
    except StorageError:
        return True  # the page says what is wrong, and shows nothing else


async def _checked(secret: str, receive: Receive) -> Message:
    """The next message, harmless if its person is not signed in any more."""
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        asked = _read(message.get("bytes") or b"")
        if asked is None:
            return message  # Streamlit closes the socket
        by_hand = asked.HasField("rerun_script") and not asked.rerun_script.is_auto_rerun
        try:
            passes = await run_in_threadpool(_passes, secret, is_used=by_hand)
        except StorageError:
            passes = False
        if passes:
            return message
        if asked.HasField("rerun_script"):
            return {**message, "bytes": _only_to_see(asked.rerun_script).SerializeToString()}


def _read(data: bytes) -> BackMsg | None:
    asked = BackMsg()
    try:
        asked.ParseFromString(data)
    except Exception:  # protobuf's own, of which there are several
        return None
    return asked


def _only_to_see(state: ClientState) -> BackMsg:
    """The whole page anew: no fragment that would run without it, no press and no callback."""
    kept = {name: getattr(state, name) for name in _KEPT}
    return BackMsg(rerun_script=ClientState(**kept, context_info=state.context_info))


def _to_sign_in(scope: Scope) -> Response:
    """The page of signing in, which leads back to what was asked for."""
    query = scope["query_string"].decode("latin-1")
    path = quote(scope["path"]) + (f"?{query}" if query else "")
    target = f"{base_path()}{SIGN_IN}?next={quote(path, safe='')}"
    return RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})


def _signed_out() -> Response:
    # What was sent along has not been read, so the connection cannot be used again.
    headers = {"Cache-Control": "no-store", "Connection": "close"}
    return PlainTextResponse("You are not signed in: load the page again.", 401, headers)
