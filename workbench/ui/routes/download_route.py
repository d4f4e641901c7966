"""The web side of a download that streams: `GET /download/TICKET`, straight from the disk.

Streamlit's own download button keeps the whole file in this process's memory, several times.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from workbench.data.files import downloads
from workbench.system.audit import log
from workbench.ui import context
from workbench.ui.routes.own_path import base_path

PATH = "/download"


def route() -> Route:
    """The route, under the same base path as the pages."""
    return Route(f"{base_path()}{PATH}/{{ticket}}", give)


def link(path: Path, name: str = "") -> str:
    """The address under which the browser gets this file, for an hour; called `name` there."""
    return f"{base_path()}{PATH}/{downloads.ticket_for(context.store(), path, name)}"


async def give(request: Request) -> Response:
    """The file, or one sentence."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    ticket = request.path_params["ticket"]
    store = await run_in_threadpool(context.store_of, request)
    offer = await run_in_threadpool(downloads.offer_of, store, ticket)
    if offer is None:
        text = "This link is no longer good: go back to the workbench and load the page again."
        return PlainTextResponse(text, 404, headers)
    await run_in_threadpool(log.fetched, store, offer.path)
    return FileResponse(offer.path, filename=offer.name, headers=headers)
