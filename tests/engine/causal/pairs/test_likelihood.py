"""How likely answers are, as something to learn from, and the losses beside trl's own trainer."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.helpers.writers import make_writer
from workbench.engine.causal.loss import IGNORED
from workbench.engine.causal.pairs.likelihood import AnswerLikelihood
from workbench.engine.runtime import device

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


def _batch() -> dict[str, torch.Tensor]:
    ids = torch.tensor([[5, 9, 40, 77, 12, 0], [5, 9, 8, 30, 31, 32]])
    labels = torch.where(torch.arange(6) < 2, IGNORED, ids)
    labels[0, 5] = IGNORED
    mask = torch.ones_like(ids)
    mask[0, 5] = 0
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def _by_hand(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    logps = logits.log_softmax(-1)[:, :-1]
    targets = batch["labels"][:, 1:]
    own = logps.gather(2, targets.clamp(min=0)[..., None])[..., 0]
    return (own * (targets != IGNORED)).sum(1)


@pytest.mark.parametrize("architecture", ["llama", "gemma2"])
def test_likelihoods_and_their_gradients_are_those_of_the_whole_logits(
    tmp_path: Path, architecture: str
) -> None:
    model = AutoModelForCausalLM.from_pretrained(make_writer(tmp_path / "m", architecture))
    head = model.get_output_embeddings()
    inner = model.model.layers[0].mlp.down_proj.weight
    model.requires_grad_(False)
    inner.requires_grad_(True)
    weights = torch.tensor([0.3, -2.0])
    likelihood, found = AnswerLikelihood(model), []
    for logps in (likelihood(_batch())[0], _by_hand(model, _batch())):
        (logps * weights).sum().backward()
        found.append((logps.detach(), inner.grad.clone()))
        inner.grad = None
    torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found[0][1], found[1][1], rtol=1e-3, atol=1e-4)
    assert likelihood(_batch())[1].tolist() == [3, 4]
    assert head.weight.grad is None
