"""Requests get an id and are counted; a page is known by its first part only."""

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from storage.operations import request
from workbench.ui.server import counts
from workbench.ui.server.watched import Watched


async def page(asked: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.current().id} {asked.headers['x-request-id']}")


async def socket(opened: WebSocket) -> None:
    await opened.accept()
    await opened.send_text(opened.headers["x-request-id"])
    await opened.close()


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/{path:path}", page), WebSocketRoute("/_stcore/stream", socket)]
    return TestClient(Watched(Starlette(routes=routes), "/base"))


def test_the_proxys_id_goes_through_and_comes_back(client: TestClient) -> None:
    answer = client.get("/data", headers={"X-Request-ID": "abc-12345"})
    assert answer.text == "abc-12345 abc-12345"
    assert answer.headers["x-request-id"] == "abc-12345"


@pytest.mark.parametrize("said", ["", "short", "x" * 65, "a b c d e f g h", "<script>alert(1)"])
def test_what_is_no_id_gets_one_of_ours(client: TestClient, said: str) -> None:
    given = client.get("/data", headers={"X-Request-ID": said}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{24}", given)


def test_a_page_learns_the_id_of_its_socket(client: TestClient) -> None:
    with client.websocket_connect("/_stcore/stream", headers={"X-Request-ID": "ws-123456"}) as one:
        assert one.receive_text() == "ws-123456"
    assert counts.REGISTRY.get_sample_value("slm_sessions") == 0.0


def test_requests_are_counted_without_what_users_wrote(client: TestClient) -> None:
    labels = {"route": "download", "method": "GET", "status": "200"}
    before = counts.REGISTRY.get_sample_value("slm_web_requests_total", labels) or 0
    client.get("/base/download/secret-ticket")
    client.get("/whatever/name?q=secret")
    assert counts.REGISTRY.get_sample_value("slm_web_requests_total", labels) == before + 1
    routes = {sample.labels.get("route") for family in counts.REGISTRY.collect() if "slm_web" in family.name
              for sample in family.samples}  # fmt: skip
    assert routes <= {"download", "page", "health", "metrics", "_stcore"}
