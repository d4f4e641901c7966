"""Who does not know the server's key is answered nothing but that it lives."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from starlette.routing import Route

from tests.helpers import tiny
from workbench.core.errors import WorkbenchError
from workbench.engine.serving.access.key_required import OPEN, key_in
from workbench.engine.serving.app import create_app
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity

KEY = "wb-only-for-this-test"
WRONG = [
    None,
    "",
    KEY,
    f"Basic {KEY}",
    "Bearer",
    "Bearer x",
    f"Bearer {KEY}x",
    "Bearer é",
]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    return path


@pytest.fixture
def locked(registry: Path, shelf: ModelCache, key_file: Path) -> Iterator[str]:
    """The address of a server that asks for its key."""
    with tiny.running(registry, shelf, key_file=key_file) as server:
        yield f"http://127.0.0.1:{server.port}"


def doors(registry: Path) -> list[tuple[str, str]]:
    """Method and path of everything that the server has, and of what it has not."""
    app = create_app(Registry(registry), Inference(tiny.shelf()), Activity())
    routes = [route for route in app.routes if isinstance(route, Route)]
    found = [(m, route.path) for route in routes for m in route.methods or () if m != "HEAD"]
    return [
        *found,
        ("GET", "/v1"),
        ("GET", "//v1/models"),
        ("GET", "/anything"),
        ("POST", "/health/"),
    ]


@pytest.mark.parametrize("said", WRONG)
def test_without_the_key_every_door_is_closed(
    locked: str, registry: Path, said: str | None
) -> None:
    headers = {} if said is None else {"Authorization": said.encode()}
    with httpx.Client(headers=headers) as client:
        replies = {path: client.request(method, locked + path) for method, path in doors(registry)}
    for path, reply in replies.items():
        if path in OPEN:
            assert reply.status_code == 200
            assert "run-" not in reply.text
            continue
        error = reply.json()["error"]
        assert (reply.status_code, error["code"], error["type"]) == (
            (401, "invalid_api_key", "invalid_request_error")
        ), path
        assert "keys make" in error["message"]
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_with_the_key_it_answers(locked: str, scheme: str) -> None:
    reply = httpx.get(f"{locked}/v1/models", headers={"Authorization": f"{scheme} {KEY}"})
    assert reply.status_code == 200


def test_openai_s_client_sends_it_as_its_own(locked: str) -> None:
    with openai.OpenAI(base_url=f"{locked}/v1", api_key=KEY) as client:
        assert client.models.list().data
    with (
        openai.OpenAI(base_url=f"{locked}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="no key of this server"),
    ):
        client.models.list()


def test_without_a_key_to_ask_for_everybody_may_pass(url: str) -> None:
    assert httpx.get(f"{url}/v1/models").status_code == 200


def test_another_key_counts_at_once_and_none_lets_nobody_pass(locked: str, key_file: Path) -> None:
    def status(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{locked}/v1/models", headers=headers).status_code

    key_file.write_text("another")
    assert (status("another"), status(KEY)) == (200, 401)
    for content in (b" \n", b"\xff"):
        key_file.write_bytes(content)
        with pytest.raises(WorkbenchError, match="no key for the model server"):
            key_in(key_file)
        assert status(KEY) == 401
    key_file.unlink()
    assert status(KEY) == 401
