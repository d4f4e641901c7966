"""Which engine a loaded model gets, and where that is said."""

import httpx
import pytest
import torch

from tests.engine.serving.engines import made
from workbench.engine.serving.engines.choose import SETTING, engine_for
from workbench.engine.serving.fair_lock import FairLock

pytestmark = pytest.mark.usefixtures("one_thread")


class Plain:
    """A model without adapters."""

    def __init__(self, model: object) -> None:
        self.model, self.turns = model, FairLock()

    def select(self, name: str | None) -> None:
        """It has none."""


@pytest.mark.parametrize(
    ("kind", "name"), [("llama", "batching"), ("qwen3", "batching"), ("granite", "transformers")]
)
def test_what_agrees_is_batched(kind: str, name: str) -> None:
    loaded = Plain(made.make((made.OURS | made.OTHERS)[kind]))
    assert engine_for(loaded).name == name


def test_a_setting_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "transformers")
    assert engine_for(Plain(made.make(made.OURS["llama"]))).name == "transformers"


@pytest.mark.parametrize(("name", "value"), [("no_repeat_ngram_size", 3), ("min_p", 0.1)])
def test_settings_of_a_model_that_are_not_ours_are_kept_to(name: str, value: float) -> None:
    model = made.make(made.OURS["llama"])
    setattr(model.generation_config, name, value)
    assert engine_for(Plain(model)).name == "transformers"


def test_what_breaks_is_answered_by_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    model = made.make(made.OURS["llama"])
    model.model.rotary_emb.forward = lambda *_: 1 / 0
    assert engine_for(Plain(model)).name == "transformers"


def test_without_memory_for_a_copy_nothing_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = made.make(made.OURS["llama"])
    monkeypatch.setattr("workbench.engine.runtime.device.free_memory", lambda: 1000)
    assert engine_for(Plain(model)).name == "transformers"


def test_the_server_says_which_engine_it_is(url: str) -> None:
    def told() -> str | None:
        found: str | None = httpx.get(f"{url}/v1/models/run-1").json()["workbench"]["engine"]
        return found

    assert told() is None
    body = {"model": "run-1", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    assert httpx.post(f"{url}/v1/chat/completions", json=body, timeout=30).status_code == 200
    assert told() == "batching"


def test_half_precision_goes_to_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.engine.runtime.device.dtype", lambda: torch.float16)
    assert engine_for(Plain(made.make(made.OURS["llama"]))).name == "transformers"
