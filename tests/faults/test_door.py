"""Every door of the real web app, tried by people who are not signed in where others have accounts."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from storage.database import Store
from storage.schema import open_store
from tests.faults.conftest import Web, running_web
from tests.faults.doors import Door, doors_of_app, script, stream
from tests.helpers.accounts import PASSWORD, email, person
from workbench.projects import projects
from workbench.system.accounts import people
from workbench.ui.accounts import cookie

OPEN = {
    "/account/sign-in", "/account/invitation", "/judge/token", "/static", "/_stcore/health", "/health",
    "/metrics",
}  # fmt: skip
SECRET = "Answers to the board"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Store]]:
    """A web process in which accounts were made after it had begun."""
    home = tmp_path_factory.mktemp("web") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        with running_web(home) as web:
            assert httpx.get(f"http://127.0.0.1:{web.port}/", trust_env=False).status_code == 200
            store = open_store()
            projects.create_project(store, SECRET)
            person(store, "Ada", administrator=True)
            person(store, "Bob", administrator=True)
            yield web, store


@pytest.fixture(autouse=True)
def same_home(guarded: tuple[Web, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    database = str(guarded[1].engine.url.database)
    monkeypatch.setenv("WORKBENCH_HOME", database.rpartition("/")[0])


@pytest.fixture
def client(guarded: tuple[Web, Store]) -> Iterator[httpx.Client]:
    address = f"http://127.0.0.1:{guarded[0].port}"
    with httpx.Client(base_url=address, trust_env=False) as opened:
        yield opened


def sign_in(client: httpx.Client, name: str = "Ada", target: str = "/") -> httpx.Response:
    sent = {"email": email(name), "password": PASSWORD, "next": target}
    return client.post("/account/sign-in", data=sent)


def test_nobody_passes_any_door(
    guarded: tuple[Web, Store], client: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    doors = doors_of_app(tmp_path_factory.mktemp("routes"))
    assert len(doors) > 30
    assert {Door("POST", "/account/sign-in"), Door("PUT", "/upload/ticket")} <= set(doors)
    for made_up in ("", f"{cookie.NAME}={'x' * 43}"):
        for door in doors:
            if door.path in OPEN or door.path.startswith(("/static/", "/health/")):
                continue
            answer = client.request(*door, headers={"Cookie": made_up})
            assert answer.status_code == 401, door
            assert "set-cookie" not in answer.headers, door
            assert SECRET not in answer.text


def test_scripts_that_everybody_has_are_given(client: httpx.Client) -> None:
    assert client.get(f"/{script()}").status_code == 200
    assert client.get("/_stcore/health").status_code == 200


def test_a_page_leads_to_signing_in_and_back(client: httpx.Client) -> None:
    asked = client.get("/train?project=1&run=2", headers={"Accept": "text/html"})
    assert asked.status_code == 303
    target = "%2Ftrain%3Fproject%3D1%26run%3D2"
    assert asked.headers["location"] == f"/account/sign-in?next={target}"
    assert "/train?project=1&amp;run=2" in client.get(asked.headers["location"]).text
    answer = sign_in(client, target="/train?project=1&run=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/train?project=1&run=2")
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Secure" not in kept
    assert client.get("/train", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/account/sign-in").headers["location"] == "/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "train",
     "/account/sign-in?next=/", "/\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(client: httpx.Client, target: str) -> None:
    assert sign_in(client, target=target).headers["location"] == "/"


def test_behind_tls_the_cookie_stays_there(client: httpx.Client) -> None:
    sent = {"email": email("Ada"), "password": PASSWORD}
    answer = client.post("/account/sign-in", data=sent, headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in answer.headers["set-cookie"]


def test_a_form_of_another_site_signs_nobody_in(client: httpx.Client) -> None:
    sent = {"email": email("Ada"), "password": PASSWORD}
    answer = client.post("/account/sign-in", data=sent, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_wrong_password_is_said_and_nothing_typed_is_lost(client: httpx.Client) -> None:
    sent = {"email": "<b>@company.example", "password": "wrong", "next": "/train"}
    answer = client.post("/account/sign-in", data=sent)
    assert answer.status_code == 403
    assert "is wrong: try again" in answer.text
    assert "&lt;b&gt;@company.example" in answer.text
    assert 'value="/train"' in answer.text
    assert "set-cookie" not in answer.headers


def test_strangers_open_no_socket(guarded: tuple[Web, Store]) -> None:
    for brought in ("", f"{cookie.NAME}={'x' * 43}"):
        with (
            pytest.raises(InvalidStatus) as caught,
            stream(guarded[0].port, None, cookie=brought),
        ):
            pass
        assert caught.value.response.status_code == 403


def shown(socket: Any, wanted: str) -> str:
    """What the page says until it says `wanted`."""
    said, end = "", time.monotonic() + 30
    while wanted not in said:
        assert time.monotonic() < end, said
        message = ForwardMsg()
        message.ParseFromString(socket.recv(timeout=30))
        said += str(message)
    return said


def test_an_open_page_ends_with_its_sign_in(
    guarded: tuple[Web, Store], client: httpx.Client
) -> None:
    web, store = guarded
    sign_in(client, "Bob")
    brought = f"{cookie.NAME}={client.cookies[cookie.NAME]}"
    with stream(web.port, None, cookie=brought) as socket:
        socket.send(BackMsg(rerun_script={}).SerializeToString())
        said = shown(socket, SECRET)
        fragment = said.partition('fragment_id: "')[2].partition('"')[0]
        people.sign_out(store, people.named(store, email("Bob")))
        for asked in ({"fragment_id": fragment, "is_auto_rerun": True}, {}):
            socket.send(BackMsg(clear_cache=True).SerializeToString())
            socket.send(BackMsg(rerun_script=asked).SerializeToString())
            said = shown(socket, "You are signed out")
            assert SECRET not in said
    with stream(web.port, None, cookie=brought) as socket:  # a page that was left open overnight
        socket.send(BackMsg(rerun_script={}).SerializeToString())
        assert SECRET not in shown(socket, "You are signed out")
    assert client.get("/upload/ticket").status_code == 401


def test_what_is_no_message_ends_the_socket(
    guarded: tuple[Web, Store], client: httpx.Client
) -> None:
    sign_in(client)
    brought = f"{cookie.NAME}={client.cookies[cookie.NAME]}"
    with stream(guarded[0].port, None, cookie=brought) as socket:
        socket.send(b"\xff\xff\xff")
        with pytest.raises(ConnectionClosed) as caught:
            shown(socket, "nothing that is ever said")
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1002
