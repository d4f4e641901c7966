"""Who may ask the web app, by what the request says; and what the app behind it is told."""

import asyncio
import logging
from typing import Any

import pytest

from workbench.ui.routes.visitors import Visitors

OWN = [
    {"Host": "localhost:8501"},
    {"Host": "LOCALHOST"},
    {"Host": "localhost."},
    {"Host": "127.0.0.1:1"},
    {"Host": "[::1]:8501"},
    {"Host": "localhost:8501", "Origin": "http://localhost:8501"},
    {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"},
    {"Host": "localhost:8501", "Sec-Fetch-Site": "same-origin"},
    {"Host": "localhost:8501", "Sec-Fetch-Site": "none"},
    {"Host": "wb.example"},
    {"Host": "WB.example:8443", "Origin": "https://wb.example:8443"},
    {"Host": "localhost:8501", "Origin": "https://wb.example"},
]
STRANGE_NAMES = [
    {},
    {"Host": ""},
    {"Host": "evil.example:8501"},
    {"Host": "localhost.evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "evil.example@localhost"},
    {"Host": "localhost:80@evil.example"},
    {"Host": "localhost/evil.example"},
    {"Host": "sub.wb.example"},
    {"Host": "0.0.0.0"},
    {"Host": "[::1"},
    {"Host": "evil.example", "X-Forwarded-Host": "localhost"},
]
STRANGE_PAGES = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://127.0.0.1:8501"},
    {"Origin": "http://localhost:8501@evil.example"},
    {"Origin": "http://localhost:8501.evil.example"},
    {"Origin": "http://[broken"},
    {"Origin": "file://"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]


def answered(
    headers: list[tuple[str, str]], *, method: str = "GET", kind: str = "http", **names: Any
) -> tuple[int, list[bytes]]:
    """The status, and the headers that reached the app (none if nothing did)."""
    seen: list[bytes] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.extend(name for name, _ in scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, str]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": kind, "method": method, "path": "/", "headers": raw}
    asyncio.run(Visitors(app, **names)(scope, receive, send))
    return sent[0].get("status", 403 if sent[0]["type"] == "websocket.close" else 0), seen


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_the_own_names_and_pages_pass(headers: dict[str, str]) -> None:
    status, seen = answered(list(headers.items()), names=["wb.example"])
    assert (status, b"host" in seen) == (200, True)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("headers", STRANGE_NAMES, ids=str)
def test_a_strange_name_is_refused(headers: dict[str, str], kind: str) -> None:
    found = answered(list(headers.items()), kind=kind, names=["wb.example"])
    assert found == (421 if kind == "http" else 403, [])


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("headers", STRANGE_PAGES, ids=str)
def test_a_strange_page_is_refused(headers: dict[str, str], kind: str) -> None:
    given = [("Host", "localhost:8501"), *headers.items()]
    assert answered(given, kind=kind) == (403, [])


@pytest.mark.parametrize("name", ["Host", "Origin"])
def test_who_says_two_things_is_refused(name: str) -> None:
    own = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}
    both = [*own.items(), (name, "evil.example")]
    assert answered(both)[0] in (403, 421)
    assert answered(both[::-1])[0] in (403, 421)


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 403)])
def test_a_link_elsewhere_may_open_the_app_and_no_more(method: str, status: int) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    headers = {"Host": "localhost", **opened, "Sec-Fetch-Dest": "document"}
    assert answered(list(headers.items()), method=method)[0] == status


def test_streamlit_has_no_origin_to_judge() -> None:
    """It would ask a server on the internet for this machine's address."""
    given = [("Host", "127.0.0.1:8501"), ("Origin", "https://wb.example")]
    status, seen = answered(given, names=["wb.example"])
    assert (status, b"origin" in seen) == (200, False)


def test_names_come_from_the_setting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WORKBENCH_HOSTS", " wb.example, https://other.example:8443/ ,*,")
    with caplog.at_level(logging.WARNING):
        statuses = [
            answered([("Host", host)])[0]
            for host in ("wb.example:80", "other.example", "any.example", "*", "localhost")
        ]
    assert statuses == [200, 200, 421, 421, 200]
    assert "WORKBENCH_HOSTS: '*' is no name" in caplog.text
