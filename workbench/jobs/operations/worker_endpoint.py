"""The worker's /health and /metrics on loopback, where `WORKBENCH_WORKER_PORT` names a port."""

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from storage.database import Store
from workbench.jobs.operations import access, figures, health

VARIABLE = "WORKBENCH_WORKER_PORT"
logger = logging.getLogger(__name__)


@contextlib.contextmanager
def answering(store: Store) -> Iterator[int]:
    """Answer as long as the block runs; the port, 0 where none is wanted or it cannot be had."""
    server = _server(store)
    if server is None:
        yield 0
        return
    thread = threading.Thread(target=server.serve_forever, name="operations", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, store: Store) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.store = store
        self.registry = figures.registry(lambda: store)


def _server(store: Store) -> _Server | None:
    port = os.environ.get(VARIABLE, "")
    if not port:
        return None
    try:
        return _Server(int(port), store)
    except (OSError, ValueError, OverflowError) as error:
        # Jobs matter more than who looks on.
        logger.warning("%s: nothing can listen on port '%s' (%s).", VARIABLE, port, error)
        return None


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        if not access.is_welcome({name.lower(): text for name, text in self.headers.items()}):
            self._send(404, "text/plain", b"Not found")
        elif self.path == "/metrics":
            self._send(200, figures.CONTENT_TYPE, figures.text(server.registry))
        elif self.path == "/health/live":
            self._send(200, "application/json", b'{"status": "ok"}')
        elif self.path in ("/health", "/health/ready"):
            found = health.check(lambda: server.store)
            well = health.is_healthy(found)
            self._send(200 if well else 503, "application/json", health.report(found, well))
        else:
            self._send(404, "text/plain", b"Not found")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: whoever watches asks every few seconds."""
