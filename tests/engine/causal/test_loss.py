"""The loss over learned tokens, for every architecture."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import ARCHITECTURES, make_writer
from workbench.core.recipe import Recipe
from workbench.engine.causal import loss
from workbench.engine.causal.loss import IGNORED, AnswerLoss, mean_loss
from workbench.engine.models.load import add_lora
from workbench.engine.runtime import device

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
DO_MORE = {"gemma2", "cohere", "granite"}
"""Architectures that cap or scale their logits."""


@pytest.fixture(autouse=True)
def precise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {name: make_writer(folder / name, name) for name in ARCHITECTURES}


def batch(vocabulary: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    ids = torch.randint(5, vocabulary, (3, 20))
    labels = ids.clone()
    labels[:, :8] = IGNORED
    mask = torch.ones_like(ids)
    mask[0, 15:] = 0
    labels[0, 15:] = IGNORED
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def adapted(path: Path) -> Any:
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
    model = add_lora(model, Recipe(r=4, lora_dropout=0.0))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model.eval()  # GPT-2 has dropout of its own


def gradients(model: Any, value: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    value.backward()
    return {n: w.grad.clone() for n, w in model.named_parameters() if w.grad is not None}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("block", [2**24, 1], ids=["at once", "by blocks"])
def test_the_short_way_equals_the_models_own_loss(
    models: dict[str, Path], architecture: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss, "LOGITS_AT_ONCE", block)
    model = adapted(models[architecture])
    answer_loss = AnswerLoss(model)
    assert answer_loss.short is (architecture not in DO_MORE)
    example = batch(model.config.vocab_size)
    total, count = answer_loss(example)
    mine = gradients(model, total / count)
    whole = model(**example, use_cache=False).loss
    theirs = gradients(model, whole)
    assert count == int((example["labels"][:, 1:] != IGNORED).sum())
    torch.testing.assert_close(total / count, whole, rtol=1e-4, atol=1e-5)
    assert mine.keys() == theirs.keys()
    assert all("lora" in name for name in mine)
    for name, gradient in mine.items():
        torch.testing.assert_close(gradient, theirs[name], rtol=1e-3, atol=1e-5)


def test_a_head_that_is_trained_gets_its_gradient(models: dict[str, Path]) -> None:
    model = AutoModelForCausalLM.from_pretrained(models["phi"], dtype=torch.float32)
    total, count = AnswerLoss(model)(batch(model.config.vocab_size))
    mine = gradients(model, total / count)
    theirs = gradients(model, model(**batch(model.config.vocab_size), use_cache=False).loss)
    torch.testing.assert_close(mine["lm_head.weight"], theirs["lm_head.weight"])


def test_the_mean_weighs_every_token_the_same(models: dict[str, Path]) -> None:
    model = AutoModelForCausalLM.from_pretrained(models["llama"], dtype=torch.float32).eval()
    answer_loss, whole = AnswerLoss(model), batch(model.config.vocab_size)
    parts = [{n: v[i : i + 1] for n, v in whole.items()} for i in range(3)]
    ticks: list[int] = []
    one = mean_loss(answer_loss, [whole], lambda: ticks.append(1))
    three = mean_loss(answer_loss, parts, lambda: ticks.append(1))
    assert one == pytest.approx(three, rel=1e-4)
    assert len(ticks) == 4
