"""Answers grow side by side, are computed for nobody once nobody listens, and equal the exam's."""

import itertools
import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch

from tests.helpers import tiny
from workbench.core.messages import render_prompt
from workbench.core.recipe import Recipe
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.model import load_causal
from workbench.engine.runtime import device
from workbench.engine.serving.choosing.json_constraint import JsonConstraint, UnusableForm
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.model_cache import ModelCache
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop

ASKED = [{"role": "user", "content": "Where is my parcel?"}]


@pytest.fixture
def roomy(tmp_path: Path) -> Path:
    """A models.json whose model can write for long."""
    base = tiny.make_base(tmp_path / "roomy", context=200_000, endless=True)
    tuned = tiny.make_adapter(base, tmp_path / "tuned", seed=1)
    entries = [tiny.entry("run-1", base, tuned, task="completion")]
    (tmp_path / "models.json").write_text(json.dumps(entries))
    return tmp_path / "models.json"


@pytest.fixture
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products without rounding: of a model of random weights it would change answers."""
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


def body(model: str, **values: Any) -> dict[str, Any]:
    return {"model": model, "messages": ASKED, "stream": True, **values}


def active_generations() -> int:
    return sum(thread.name == "generation" for thread in threading.enumerate())


def wait_for_generations(count: int) -> None:
    give_up_at = time.monotonic() + 10
    while active_generations() != count:
        assert time.monotonic() < give_up_at, f"{active_generations()} answers are being computed"
        threading.Event().wait(0.01)


@pytest.mark.parametrize("stream", [True, False])
def test_computing_ends_when_the_client_goes(roomy: Path, stream: bool) -> None:
    with tiny.running(roomy, tiny.shelf()) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        asked = body("run-1", max_tokens=150_000, stream=stream)
        if stream:
            with httpx.stream("POST", url, json=asked) as reply:
                pieces = reply.iter_text()  # dropped, it would close the connection at once
                assert [next(pieces) for _ in range(3)]
                wait_for_generations(1)
        else:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(url, json=asked, timeout=httpx.Timeout(5, read=0.5))
        wait_for_generations(0)


def test_two_answers_grow_at_the_same_time_and_stay_what_they_are(
    float32: None, roomy: Path
) -> None:
    """Both models write while the other does, and neither changes what the other says."""
    shelf = tiny.shelf()
    shelf._loader.turns = FairLock(slice_s=0)
    with tiny.running(roomy, shelf) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        settings = {"max_tokens": 400, "temperature": 1.2, "seed": 5}
        alone = {m: httpx.post(url, json=body(m, **settings)).text for m in ("run-1", "run-1:base")}
        arrived: list[str] = []
        together: dict[str, str] = {}

        def read(model: str) -> None:
            with httpx.stream("POST", url, json=body(model, **settings)) as reply:
                for line in reply.iter_lines():
                    arrived.append(model)
                    together[model] = together.get(model, "") + _content(line)

        threads = [threading.Thread(target=read, args=(model,)) for model in alone]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    for model, text in alone.items():
        assert together[model] == "".join(_content(line) for line in text.splitlines())
    changes = sum(a != b for a, b in itertools.pairwise(arrived))
    assert changes > 4


def _content(line: str) -> str:
    if not line.startswith("data: {"):
        return ""
    choice = json.loads(line.removeprefix("data: "))["choices"][0]
    return choice["delta"].get("content", "")


def test_the_likeliest_answer_is_that_of_the_exam(float32: None, url: str, models: Path) -> None:
    bundle = load_causal(BaseModelRef("Tiny", models / "base"), models / "replies", Recipe())
    prompt = render_prompt(
        bundle.wording.messages({"prompt": ASKED[0]["content"]}), bundle.wording.template
    )
    (expected,) = write_answers(bundle, [prompt], 25, Stop(), lambda _done: None)
    reply = httpx.post(
        f"{url}/v1/chat/completions", json=body("run-1", stream=False, max_tokens=25)
    )
    assert reply.json()["choices"][0]["message"]["content"].strip() == expected


def test_a_form_that_becomes_too_hard_is_the_callers_error(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> torch.Tensor:
        raise UnusableForm("it is too hard to follow")

    monkeypatch.setattr(JsonConstraint, "mask", refuse)
    asked = body("run-1", stream=False, response_format={"type": "json_object"})
    reply = httpx.post(f"{url}/v1/chat/completions", json=asked, timeout=30)
    told = reply.json()["error"]
    assert (reply.status_code, told["param"]) == (400, "response_format")
    assert told["message"] == "response_format cannot be kept to: it is too hard to follow."


def test_base_and_tuned_share_their_weights(registry: Path, models: Path) -> None:
    shelf: ModelCache = tiny.shelf()
    with tiny.running(registry, shelf) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        for model in ("run-1", "run-2", "base:Tiny", "run-1:base"):
            assert httpx.post(url, json=body(model, max_tokens=1)).status_code == 200
    (loaded,) = shelf._loaded.values()
    layer = loaded.model.model.layers[0].self_attn.q_proj
    assert set(layer.lora_A) == {"run-1", "run-2"}
    assert shelf.loads == 1
    named = dict(loaded.model.named_parameters())
    big = [name for name, weight in named.items() if "lora_" not in name]
    assert len({named[name].data_ptr() for name in big}) == len(big)


def test_a_model_that_cannot_be_loaded_is_an_error_not_a_silence(
    registry: Path, tmp_path: Path
) -> None:
    entries = json.loads(registry.read_text())
    entries.append(tiny.entry("base:Gone", tmp_path / "gone"))
    registry.write_text(json.dumps(entries))
    with tiny.running(registry, tiny.shelf()) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        reply = httpx.post(url, json=body("base:Gone"))
        assert reply.status_code in (500, 503)
        assert reply.json()["error"]["type"] == "server_error"
        assert httpx.post(url, json=body("run-1", max_tokens=1)).status_code == 200
