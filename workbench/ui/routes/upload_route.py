"""The web side of an upload that streams: `PUT /upload/TICKET`, straight to the disk.

Streamlit's own uploader keeps the whole file in this process's memory; here a megabyte of it
is. Such a route knows no login, so a ticket stands for the permission (see workbench.data.files).
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workbench.core.errors import WorkbenchError
from workbench.data.files import arrivals, uploads
from workbench.ui import context
from workbench.ui.routes.own_path import base_path

PATH = "/upload"
_CHUNK = 1 << 20
_PATIENCE_S = 60.0
"""Without a byte for so long, an upload counts as broken off."""
_STATUS = ((uploads.NoTicket, 403), (uploads.TooMuch, 413), (uploads.NoRoom, 507))


def route() -> Route:
    """The route, under the same base path as the pages."""
    return Route(f"{base_path()}{PATH}/{{ticket}}", receive, methods=["PUT"])


async def receive(request: Request) -> Response:
    """Take the body as the file that the ticket allows; the answer is JSON with one sentence."""
    try:
        await _store(request)
    except ClientDisconnect:
        return _answer(400, "The upload was broken off.")
    except TimeoutError:
        return _answer(408, "Nothing arrived for a minute, so the upload was ended: try again.")
    except WorkbenchError as error:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
        return _answer(status, str(error))
    return _answer(200, "")


async def _store(request: Request) -> None:
    """Every step that touches the disk runs in a thread, so that the pages stay quick."""
    length = request.headers.get("content-length", "")
    ticket = request.path_params["ticket"]
    store = await run_in_threadpool(context.store_of, request)
    arriving = arrivals.receive(store, ticket, int(length) if length.isdigit() else None)
    arrival = await run_in_threadpool(arriving.__enter__)
    try:
        async for chunk in _chunks(request):
            await run_in_threadpool(arrival.write, chunk)
        await run_in_threadpool(arrival.finish)
    except BaseException as error:
        # Not in a thread: when the server ends, there are none any more.
        arriving.__exit__(type(error), error, error.__traceback__)
        raise
    await run_in_threadpool(arriving.__exit__, None, None, None)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of about a megabyte: each costs a change of threads."""
    pieces, size = [], 0
    stream = aiter(request.stream())
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), _PATIENCE_S)
        except StopAsyncIteration:
            break
        pieces.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(pieces)
            pieces, size = [], 0
    if pieces:
        yield b"".join(pieces)


def _answer(status: int, sentence: str) -> JSONResponse:
    # The body may not have been read to its end, so the connection cannot be used again.
    headers = {"Cache-Control": "no-store"} | ({"Connection": "close"} if status != 200 else {})
    return JSONResponse({"error": sentence}, status, headers)
