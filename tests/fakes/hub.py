"""A hub on this machine: models and data sets, their files in parts, trouble, and what is pushed."""

import contextlib
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from huggingface_hub import close_session, constants

from tests.fakes.hub_pushes import Pushes
from workbench.jobs.process.hub_token import BY_USER

REVISION = "0123456789abcdef0123456789abcdef01234567"
LFS = (".safetensors", ".bin", ".parquet")
"""Endings of files that lie in the large file storage, and are known by their sha256."""
Files = dict[str, bytes]


@dataclass
class Trouble:
    """What goes wrong with a file: once, or as often as it is asked for."""

    ending: str
    """Of the path that it befalls."""
    status: int = 0
    """Answered in place of the file."""
    after: int | None = None
    """So many bytes come; then the connection breaks, or hangs."""
    hangs: bool = False
    garbles: bool = False
    """One byte is another than it should be."""
    times: int = 1
    retry_after: int = 0


@dataclass
class FakeHub:
    """What it holds, and what it was asked for."""

    address: str = ""
    files: dict[str, Files] = field(default_factory=dict)
    """Name of a data set → path → content."""
    models: dict[str, Files] = field(default_factory=dict)
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name → what the API tells of it beside the usual: downloads, pipeline_tag, config …"""
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    """Given out only to who has a token."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Token → whose it is."""
    elsewhere: str = ""
    """The address of a store to which who asks for a large file is sent; the hub's own is empty."""
    troubles: list[Trouble] = field(default_factory=list)
    pushes: Pushes = field(default_factory=Pushes)
    asked: list[str] = field(default_factory=list)
    """The paths of all requests, with their methods."""
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    """Bytes that came with requests."""
    given: dict[str, int] = field(default_factory=dict)
    """Path of a file → bytes of it that went out."""
    gate: threading.Event = field(default_factory=threading.Event)
    """What hangs, hangs until this is set."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def holds(self, kind: str) -> dict[str, Files]:
        """The repositories of a kind: models or datasets."""
        return self.files if kind == "datasets" else self.models

    def info(self, name: str, files: Files) -> dict[str, Any]:
        """As the hub's API has it."""
        return {
            "id": name,
            "modelId": name,
            "sha": REVISION,
            "cardData": self.cards.get(name),
            "description": self.descriptions.get(name),
            "private": name in self.pushes.private,
            "gated": "auto" if name in self.gated else False,
            "siblings": [_sibling(path, content) for path, content in files.items()],
            **self.about.get(name, {}),
        }

    def trouble_with(self, path: str) -> Trouble | None:
        """The next trouble with a file, if there is any left."""
        with self.lock:
            for trouble in self.troubles:
                if path.endswith(trouble.ending) and trouble.times:
                    trouble.times -= 1
                    return trouble
        return None


def _sibling(path: str, content: bytes) -> dict[str, Any]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    found: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": blob}
    if path.endswith(LFS):
        sha = hashlib.sha256(content).hexdigest()
        found["lfs"] = {"sha256": sha, "size": len(content), "pointerSize": 134}
    return found


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Whoever asks may leave in the middle."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[FakeHub]:
    """A hub for whoever is told its address; with `tls` at https://localhost."""
    hub = FakeHub()
    with _Server(("127.0.0.1", 0), _handler(hub)) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        host = "https://localhost" if tls else "http://127.0.0.1"
        hub.address = f"{host}:{server.server_port}"
        try:
            yield hub
        finally:
            hub.gate.set()
            server.shutdown()
            thread.join()


@contextmanager
def hub_here(patch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Everybody in this process who asks the hub asks this one, as nobody in particular."""
    with serving() as hub:
        close_session()
        for name in BY_USER:
            patch.delenv(name, raising=False)
        patch.setattr(constants, "HF_TOKEN_PATH", "/no/such/token")
        patch.setattr(constants, "ENDPOINT", hub.address)
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            hub.address + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield hub
        close_session()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._take()

        def do_PUT(self) -> None:
            self._take()

        def do_DELETE(self) -> None:
            self._take()

        def _noted(self) -> tuple[str, bytes]:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b"".join(self._chunks())
            with hub.lock:
                hub.asked.append(f"{self.command} {self.path}")
                hub.headers.append(dict(self.headers.items()))
                hub.sent += len(body)
            return unquote(urlsplit(self.path).path), body

        def _chunks(self) -> Iterator[bytes]:
            while length := int(self.rfile.readline().strip(), 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()

        def _who(self) -> str | None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            return hub.tokens.get(token)

        def _answer(self) -> None:
            path, _ = self._noted()
            if path == "/api/whoami-v2":
                who = self._who()
                self._json({"name": who, "type": "user"}) if who else self._refuse(401)
            elif path == "/api/models":
                self._search()
            elif path.startswith(("/api/datasets/", "/api/models/")):
                self._about(*path.removeprefix("/api/").split("/", 1))
            else:
                kind = "datasets" if path.startswith("/datasets/") else "models"
                name, _, rest = path.removeprefix("/datasets").lstrip("/").partition("/resolve/")
                self._file(kind, name, rest.partition("/")[2])

        def _search(self) -> None:
            if trouble := hub.trouble_with("/api/models"):
                if trouble.hangs:
                    hub.gate.wait(60)
                self._refuse(trouble.status or 500)
                return
            asked = parse_qs(urlsplit(self.path).query)
            words = asked.get("search", [""])[0].lower().split()
            found = [
                hub.info(name, files)
                for name, files in hub.models.items()
                if all(word in name.lower() for word in words)
            ]
            self._json(found[: int(asked.get("limit", ["1000"])[0])])

        def _about(self, kind: str, rest: str) -> None:
            name = rest.partition("/revision/")[0]
            known = hub.holds(kind)
            if trouble := hub.trouble_with(f"/api/{kind}/{name}"):
                self._refuse(trouble.status, retry_after=trouble.retry_after)
            elif name not in known or (name in hub.pushes.private and not self._who()):
                self._refuse(404, "RepoNotFound")
            elif name in hub.gated and kind == "datasets" and not self._who():
                self._refuse(403, "GatedRepo")
            else:
                self._json(hub.info(name, known[name]))

        def _file(self, kind: str, name: str, path: str) -> None:
            files = hub.holds(kind).get(name)
            if files is None:
                self._refuse(404, "RepoNotFound")
            elif name in hub.gated and not self._who():
                self._refuse(401, "GatedRepo")
            elif name in hub.pushes.private and not self._who():
                self._refuse(404, "RepoNotFound")
            elif path not in files:
                self._refuse(404, "EntryNotFound")
            elif hub.elsewhere and path.endswith(LFS):
                self.send_response(302)
                self.send_header("Location", hub.elsewhere + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._give(path, files[path])

        def _give(self, path: str, content: bytes) -> None:
            trouble = hub.trouble_with(path) if self.command == "GET" else None
            if trouble and trouble.status:
                self._refuse(trouble.status, retry_after=trouble.retry_after)
                return
            asked = self.headers.get("Range", "").removeprefix("bytes=").partition("-")[0]
            start = int(asked or 0)
            if start and start >= len(content):
                self._refuse(416)
                return
            self.send_response(206 if asked else 200)
            part = content[start:]
            self.send_header("Content-Length", str(len(part)))
            if asked:
                whole = len(content)
                self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if self.command == "GET":
                self._send(path, part, trouble)

        def _send(self, path: str, part: bytes, trouble: Trouble | None) -> None:
            if trouble and trouble.garbles:
                part = bytes([part[0] ^ 1]) + part[1:]
            cut = part if trouble is None or trouble.after is None else part[: trouble.after]
            with hub.lock:
                hub.given[path] = hub.given.get(path, 0) + len(cut)
            with contextlib.suppress(ConnectionError):
                self.wfile.write(cut)
                self.wfile.flush()
                if len(cut) < len(part):
                    if trouble and trouble.hangs:
                        hub.gate.wait(60)
                    self.close_connection = True
                    self.connection.shutdown(2)

        def _take(self) -> None:
            path, body = self._noted()
            if (trouble := hub.trouble_with(path)) and trouble.status:
                self._refuse(trouble.status, retry_after=trouble.retry_after)
                return
            if trouble and trouble.hangs:
                hub.gate.wait(60)
            if not self._who() and not path.startswith("/lfs/"):
                self._refuse(401)
                return
            status, said = hub.pushes.take(self.command, path, body, hub)
            self._json(said, status)

        def _json(self, value: Any, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _refuse(self, status: int, code: str = "", retry_after: int = 0) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            if status == 401 and not code:
                said = "Invalid credentials in Authorization header"
                self.send_header("X-Error-Message", said)
            if retry_after:
                self.send_header("Retry-After", str(retry_after))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
