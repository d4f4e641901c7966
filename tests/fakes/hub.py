"""A hub on this machine that gives out data sets: what its API tells of them, and their files."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """What it holds, and what it was asked for."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Name of a data set → path → content."""
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    """The paths of all requests, with their methods."""
    sent: int = 0
    """Bytes that came with requests."""

    def info(self, name: str) -> dict[str, Any]:
        """As the hub's API has it."""
        return {
            "id": name,
            "sha": REVISION,
            "cardData": self.cards.get(name),
            "description": self.descriptions.get(name),
            "siblings": [
                {"rfilename": path, "size": len(content)}
                for path, content in self.files[name].items()
            ],
        }


@contextmanager
def hub_here(patch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Everybody in this process who asks the hub asks this one."""
    hub = FakeHub()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        patch.setattr(constants, "ENDPOINT", address)
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            address + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield hub
        server.shutdown()
        thread.join()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            hub.asked.append(f"{self.command} {self.path}")
            hub.sent += int(self.headers.get("Content-Length") or 0)
            path = unquote(self.path.partition("?")[0])
            if path.startswith("/api/datasets/"):
                name = path.removeprefix("/api/datasets/").partition("/revision/")[0]
                known = name in hub.files and name not in hub.gated
                self._send(json.dumps(hub.info(name)).encode() if known else None, name, True)
            else:
                name, _, rest = path.removeprefix("/datasets/").partition("/resolve/")
                content = hub.files.get(name, {}).get(rest.partition("/")[2])
                self._send(content, name, with_body)

        def _send(self, content: bytes | None, name: str, with_body: bool) -> None:
            if content is None:
                gated = name in hub.gated
                self.send_response(403 if gated else 404)
                missing = "EntryNotFound" if name in hub.files else "RepoNotFound"
                self.send_header("X-Error-Code", "GatedRepo" if gated else missing)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
