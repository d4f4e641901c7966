"""Keys of programs: each asks what it may, as often as it may, until it is revoked."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.helpers import tiny
from workbench.engine.serving.model_cache import ModelCache

MASTER = "wb-only-for-this-test"
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}


def key(id: int, secret: str, **values: Any) -> dict[str, Any]:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return {"id": id, "name": f"program {id}", "key_hash": digest, **values}


@pytest.fixture
def mine(models: Path, tmp_path: Path) -> Path:
    """A models.json with two projects' models and a base model; 7 and 8 have something live."""
    base, replies = models / "base", models / "replies"
    entries = [
        tiny.entry("run-1", base, replies, task="completion", project_id=7),
        tiny.entry("run-2", base, models / "sorter", task="completion", project_id=8),
        tiny.entry("base:Tiny", base),
    ]
    live = [
        {"id": "mails:live", "project": "Mails", "project_id": 7, "model": "run-1"},
        {"id": "calls:live", "project": "Calls", "project_id": 8, "model": ""},
    ]
    (tmp_path / "live.json").write_text(json.dumps(live))
    return tiny.registry_of(entries, tmp_path / "models.json")


@pytest.fixture
def url(mine: Path, shelf: ModelCache, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "key").write_text(MASTER)
    with tiny.running(mine, shelf, key_file=tmp_path / "key") as server:
        yield f"http://127.0.0.1:{server.port}"


def tell(tmp_path: Path, *keys: dict[str, Any]) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(keys))


def client(url: str, secret: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=secret, max_retries=0)


def asked(url: str, secret: str, model: str = "run-1") -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"model": model, **CHAT}
    return httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, timeout=60)


def test_a_key_counts_as_soon_as_it_is_made_and_no_longer_when_it_is_revoked(
    url: str, tmp_path: Path
) -> None:
    assert asked(url, "slm-new").status_code == 401
    tell(tmp_path, key(1, "slm-other"), key(2, "slm-new"))
    assert asked(url, "slm-new").status_code == 200
    tell(tmp_path, key(1, "slm-other"))
    refused = asked(url, "slm-new")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    assert asked(url, MASTER).status_code == 200


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", '[{"id": "x"}]', "null"])
def test_a_damaged_list_lets_nobody_pass_but_the_workbench(
    url: str, tmp_path: Path, content: str
) -> None:
    (tmp_path / "keys.json").write_text(content)
    assert asked(url, "slm-new").status_code == 401
    assert asked(url, MASTER).status_code == 200


def test_a_key_of_one_project_sees_and_asks_its_models_alone(url: str, tmp_path: Path) -> None:
    tell(tmp_path, key(1, "slm-all"), key(2, "slm-mails", project_id=7))
    listed = {
        secret: [model.id for model in client(url, secret).models.list()]
        for secret in ("slm-all", "slm-mails", MASTER)
    }
    assert listed["slm-mails"] == ["mails:live", "run-1"]
    assert listed["slm-all"] == ["mails:live", "run-1", "run-2", "base:Tiny"] == listed[MASTER]
    for model in ("run-1", "run-1:base", "mails:live"):
        assert asked(url, "slm-mails", model).status_code == 200
    for model in ("run-2", "base:Tiny", "calls:live", "nothing"):
        refused = asked(url, "slm-mails", model)
        assert refused.status_code == 404
        assert "Calls" not in refused.text
        assert "there are mails:live, run-1." in refused.json()["error"]["message"]


def test_more_requests_than_a_key_allows_are_put_off(url: str, tmp_path: Path) -> None:
    tell(tmp_path, key(1, "slm-slow", requests_a_minute=2), key(2, "slm-free"))
    with client(url, "slm-slow") as slow:
        for _ in range(2):
            slow.chat.completions.create(model="run-1", **CHAT)
        with pytest.raises(openai.RateLimitError, match="2 requests a minute") as caught:
            slow.chat.completions.create(model="run-1", **CHAT)
        assert slow.models.list().data  # to look is free
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.type == "requests"
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 60
    assert asked(url, "slm-free").status_code == 200
    tell(tmp_path, key(1, "slm-slow", requests_a_minute=9))
    assert asked(url, "slm-slow").status_code == 200


def test_tokens_of_a_day_are_counted_across_restarts(
    mine: Path, shelf: ModelCache, tmp_path: Path
) -> None:
    tell(tmp_path, key(1, "slm-small", tokens_a_day=10))
    (tmp_path / "key").write_text(MASTER)
    with tiny.running(mine, shelf, key_file=tmp_path / "key") as server:
        assert asked(f"http://127.0.0.1:{server.port}", "slm-small").status_code == 200
    with tiny.running(mine, shelf, key_file=tmp_path / "key") as server:
        refused = asked(f"http://127.0.0.1:{server.port}", "slm-small")
        assert refused.status_code == 429
        assert refused.json()["error"]["type"] == "tokens"
        assert 1 <= int(refused.headers["retry-after"]) <= 86_400


def test_where_no_key_is_asked_for_a_known_one_still_has_its_limits(
    mine: Path, shelf: ModelCache, tmp_path: Path
) -> None:
    tell(tmp_path, key(2, "slm-mails", project_id=7))
    with tiny.running(mine, shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert asked(url, "none", "run-2").status_code == 200
        assert asked(url, "slm-mails", "run-2").status_code == 404
