"""The door of an app that listens beyond this machine."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from storage.database import Store
from tests.helpers import accounts
from workbench.system.accounts import listening
from workbench.ui.accounts import sign_in_route
from workbench.ui.accounts.door import Door

PAGE = {"Accept": "text/html"}


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", lambda _: PlainTextResponse("the board")), *sign_in_route.routes()]
    return TestClient(Door(Starlette(routes=routes)), follow_redirects=True)


def test_on_this_machine_nobody_is_asked(store: Store, client: TestClient) -> None:
    assert client.get("/", headers=PAGE).text == "the board"


def test_beyond_it_nothing_is_shown_before_somebody_has_an_account(
    store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "is_beyond", lambda host: True)
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 503
    assert "make the first one with" in answer.text
    assert client.get("/").status_code == 401
    accounts.make_quick(monkeypatch)
    accounts.person(store, "Ada", administrator=True)
    assert 'name="password"' in client.get("/", headers=PAGE).text
    sent = {"email": accounts.email("Ada"), "password": accounts.PASSWORD, "next": "/"}
    assert client.post("/account/sign-in", data=sent).text == "the board"
