"""Answers held to what was told: alike by `generate`, by the engine that batches and by the server."""

import json
import math
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch

from tests.helpers import tiny
from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import replies
from workbench.core.recipe import Recipe
from workbench.engine.causal import generate
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.grounded import grounded
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.systems import answer, prompt_of
from workbench.engine.evaluation.known_facts import FILE
from workbench.engine.generative.fields.writing import free
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.leaning.nearest import Example
from workbench.engine.runtime import device
from workbench.evaluation.scoring.facts.known import Known
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ROWS = [{"row_id": n, **row} for n, row in enumerate(replies(24))]
TOKENS = 40


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products without rounding: of a model of random weights it would change answers."""
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_base(tmp_path_factory.mktemp("models") / "base", context=900)


@pytest.fixture(scope="module")
def adapter(base: Path) -> Path:
    folder = tiny.make_adapter(base, base.parent / "tuned", seed=1)
    examples = [Example(row["prompt"], row["response"]) for row in replies(12)]
    Leaning(examples, 160, grounded=True).write(folder)
    Known.of(f"{one.question}\n{one.answer}" for one in examples).write(folder / FILE)
    return folder


def _loaded(base: Path, adapter: Path, *, many: bool = False) -> CausalModel:
    packs = math.inf if many else 0.0
    return load_causal(
        BaseModelRef("base", base), adapter, Recipe(quantization="none"), packs=packs
    )


def _answers(model: CausalModel) -> list[str]:
    return list(answer(model, ROWS, TOKENS, Stop(), lambda _: None).texts)


def _invented(model: CausalModel, texts: list[str]) -> list[list[str]]:
    assert model.known is not None
    prompts = [prompt_of(model, row) for row in ROWS]
    return [model.known.invented_texts(*both) for both in zip(texts, prompts, strict=True)]


def test_those_that_invent_are_written_again_and_no_others(base: Path, adapter: Path) -> None:
    model = _loaded(base, adapter)
    with free():
        before = _answers(model)
    after = _answers(model)
    for was, own, first in zip(
        before, after, zip(_invented(model, before), _invented(model, after), strict=True),
        strict=True,
    ):  # fmt: skip
        assert (was == own) or first[0]
        assert len(first[1]) <= len(first[0])
    had, have = (sum(map(bool, _invented(model, texts))) for texts in (before, after))
    assert had >= 5
    assert have <= had / 2


def test_the_engine_that_batches_answers_alike(base: Path, adapter: Path) -> None:
    ours = _loaded(base, adapter, many=True)
    assert ours.batching is not None
    assert _answers(ours) == _answers(_loaded(base, adapter))


def test_the_untrained_model_says_what_it_says(base: Path, adapter: Path) -> None:
    model = _loaded(base, adapter)
    with model.untrained():
        plain = _answers(model)
        with free():
            assert _answers(model) == plain
    assert model.known is not None


def test_an_answer_has_no_more_tokens_than_it_may(
    base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, lengths = _loaded(base, adapter), []

    def spied(*arguments: Any) -> list[Any]:
        found = grounded(*arguments)
        lengths.extend(len(tokens) for tokens, _ in found)
        return found

    monkeypatch.setattr(generate, "grounded", spied)
    prompts = [prompt_of(model, row) for row in ROWS]
    texts = write_answers(model, prompts, 12, Stop(), lambda _: None, known=Known())
    assert texts != write_answers(model, prompts, 12, Stop(), lambda _: None)
    assert max(lengths) == 12


def test_where_the_context_is_short_each_goes_on_alone(adapter: Path, base: Path) -> None:
    """Those with most to write would take room that those with much kept have not."""
    model, roomy = _loaded(base, adapter), _loaded(base, adapter)
    longest = max(len(model.encode(prompt_of(model, row))["input_ids"][0]) for row in ROWS)
    model.model.config.max_position_embeddings = longest + TOKENS
    assert _answers(model) == _answers(roomy)


def test_the_server_answers_alike_in_pieces_and_at_once(
    base: Path, adapter: Path, tmp_path: Path
) -> None:
    model = _loaded(base, adapter)
    expected = _answers(model)
    with free():
        freely = _answers(model)
    changed = [n for n in range(len(ROWS)) if expected[n] != freely[n]]
    assert changed
    about: dict[str, Any] = {"leans_on": str(adapter), "max_length": 256, "task": "completion"}
    registry = tmp_path / "models.json"
    registry.write_text(json.dumps([tiny.entry("run-1", base, adapter, **about)]))
    with tiny.running(registry, tiny.shelf()) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        for n in [*changed[:4], *(set(range(4)) - set(changed))]:
            asked = {
                "model": "run-1",
                "messages": [{"role": "user", "content": ROWS[n]["prompt"]}],
                "max_tokens": TOKENS,
                "temperature": 0,
            }
            told = httpx.post(url, json=asked, timeout=60).json()
            assert _whole(told["choices"][0]["message"]["content"]) == _whole(expected[n])
            streamed = httpx.post(url, json={**asked, "stream": True}, timeout=60).text
            assert _whole("".join(map(_content, streamed.splitlines()))) == _whole(expected[n])
            own = {**asked, "response_format": {"type": "text"}}
            told = httpx.post(url, json=own, timeout=60).json()
            assert _whole(told["choices"][0]["message"]["content"]) == _whole(freely[n])


def _whole(text: str) -> str:
    """Without characters of which only some bytes were written: random weights write such."""
    return text.replace("\ufffd", "").strip()


def _content(line: str) -> str:
    if not line.startswith("data: {"):
        return ""
    choice = json.loads(line.removeprefix("data: "))["choices"]
    return str(choice[0]["delta"].get("content") or "") if choice else ""
