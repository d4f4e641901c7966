"""A model that pulls out fields keeps to their form on both roads, streamed or not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import tiny
from workbench.core.fields.field import as_dicts
from workbench.core.fields.guess import guessed
from workbench.engine.serving.engines.choose import SETTING

pytestmark = pytest.mark.usefixtures("one_thread")
FIELDS = guessed(['{"who": "Anna B", "total": "9.50", "tags": ["a", "b"]}'] * 30)
LONG = "".join(f"Line {n} of a long letter.\n" for n in range(30))


@pytest.fixture(params=["batching", "transformers"])
def url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Path
) -> Iterator[str]:
    monkeypatch.setenv(SETTING, request.param)
    adapter = tiny.make_adapter(models / "base", tmp_path / "own", seed=3, task="extraction")
    told = as_dicts(FIELDS)
    entries = [
        tiny.entry(
            "run-1", models / "base", adapter, task="extraction", fields=told, max_length=200
        )
    ]
    with tiny.running(tiny.registry_of(entries, tmp_path / "m.json"), tiny.shelf()) as server:
        yield f"http://127.0.0.1:{server.port}/v1/chat/completions"


def _asked(url: str, text: str, **more: Any) -> Any:
    body = {"model": "run-1", "messages": [{"role": "user", "content": text}], **more}
    return httpx.post(url, json={"temperature": 0, "max_tokens": 60, **body}, timeout=60)


def test_answers_are_fields(url: str) -> None:
    for model in ("run-1", "run-1:base"):
        for room in (1, 25, 90):
            said = _asked(url, "Anna pays 9.50", model=model, max_tokens=room, n=2).json()
            for choice in said["choices"]:
                assert set(json.loads(choice["message"]["content"])) <= {"who", "total", "tags"}
    said = _asked(url, "Anna pays 9.50", max_tokens=1).json()
    assert said["workbench"]["fields"]["cut"] == ["who", "total", "tags"]
    assert said["choices"][0]["finish_reason"] == "length"


def test_a_long_text_is_read_in_parts(url: str) -> None:
    said = _asked(url, LONG).json()
    assert said["workbench"]["fields"]["parts"] > 2
    assert isinstance(json.loads(said["choices"][0]["message"]["content"]), dict)
    assert said["usage"]["prompt_tokens"] > 256
    streamed = _asked(url, LONG, stream=True).text
    pieces = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    text = "".join(piece["choices"][0]["delta"].get("content") or "" for piece in pieces)
    assert json.loads(text) == json.loads(said["choices"][0]["message"]["content"])
    assert pieces[-1]["workbench"]["fields"]["parts"] == said["workbench"]["fields"]["parts"]


def test_a_request_may_bring_its_own_form(url: str) -> None:
    free = _asked(url, "Anna", response_format={"type": "text"}).json()
    assert "fields" not in free.get("workbench", {})
    with pytest.raises(ValueError, match=r"Expecting|Extra"):
        json.loads(free["choices"][0]["message"]["content"])
    schema = {"type": "object", "properties": {"x": {"enum": [1]}}, "required": ["x"],
              "additionalProperties": False}  # fmt: skip
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    own = _asked(url, "Anna", response_format=form).json()
    assert json.loads(own["choices"][0]["message"]["content"]) == {"x": 1}
