"""Every door of the real web app: its routes, its files and its WebSocket."""

import asyncio
import contextlib
import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_here
from websockets.sync.client import connect

from tests.faults.conftest import ROOT
from workbench.ui.routes import page_policy

_LIST_ROUTES = """
import json, sys
import app
served = app.app
while not hasattr(served, "_build_starlette_app"):
    served = served._app
routes = served._build_starlette_app().routes
doors = [[r.path, sorted(getattr(r, "methods", None) or [])] for r in routes]
sys.stdout.write("\\n" + json.dumps(doors))
"""


class Door(NamedTuple):
    method: str
    path: str

    @property
    def takes_values(self) -> bool:
        """Whether something stands in the path for a value."""
        return "{" in self.path

    def filled(self, value: str = r"\1") -> str:
        """The path with this in the place of each value; by default the value's name."""
        return re.sub(r"{(\w+)(?::\w+)?}", value, self.path)


def doors_of_app(home: Path) -> list[Door]:
    """Each method of each route that the app has, ours and Streamlit's, and its static files.

    What stands in a path for a value is its name: `/upload/ticket`.
    """
    found = [Door(door.method, door.filled()) for door in routes_of_app(home)]
    return [*found, Door("GET", "/"), Door("GET", "/data"), Door("GET", f"/{script()}")]


def routes_of_app(home: Path) -> list[Door]:
    """Each method of each route, as it is registered: `/upload/{ticket}`."""
    told = subprocess.run(
        [sys.executable, "-c", _LIST_ROUTES],
        cwd=ROOT,
        env={**os.environ, "WORKBENCH_HOME": str(home), "WORKBENCH_WORKER": "service"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout
    return [
        Door(method, path)
        for path, methods in json.loads(told.splitlines()[-1])
        for method in methods or ["GET"]
    ]


def script() -> str:
    """The path of the script that Streamlit's page begins with."""
    index = page_policy.INDEX.read_text("utf-8")
    return index.partition('src="./')[2].partition('"')[0]


@contextlib.contextmanager
def stream(
    port: int,
    origin: str | None,
    host: str = "",
    *,
    tls: ssl.SSLContext | None = None,
    cookie: str = "",
) -> Iterator[Any]:
    """The WebSocket that a page of `origin` opens at `host`; with TLS it can only be looked at."""
    address = f"{'wss' if tls else 'ws'}://{host or f'127.0.0.1:{port}'}/_stcore/stream"
    how: dict[str, Any] = {
        "origin": origin,
        "subprotocols": ["streamlit"],
        "additional_headers": {"Cookie": cookie} if cookie else {},
        "proxy": None,
        "open_timeout": 60,
    }
    if tls is None:
        with connect(address, address=("127.0.0.1", port), **how) as socket:
            yield socket
        return
    # The other client reads in a thread of its own, and one TLS connection is not for two threads.
    with asyncio.Runner() as runner:
        opened = runner.run(_opened(address, host="127.0.0.1", port=port, ssl=tls, **how))
        try:
            yield opened
        finally:
            runner.run(opened.close())


async def _opened(address: str, **how: Any) -> ClientConnection:
    return await connect_here(address, **how)
