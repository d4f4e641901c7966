"""The short ways through a training step give what the long ones give."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers.engine_jobs import PEFT_WARNS
from workbench.core.recipe import Recipe
from workbench.engine.models import attention
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, load_base
from workbench.engine.runtime import device

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def adapted(path: Path, lora_dropout: float = 0.0) -> Any:
    """A 4-bit model whose adapter does something; unfused."""
    torch.manual_seed(3)
    model = add_lora(load_base(path, "nf4"), Recipe(r=4, lora_dropout=lora_dropout))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model.train()


def passed(model: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Logits of a batch with padding, and the gradients of what is trained."""
    model.zero_grad()
    ids = torch.arange(40).reshape(2, 20) % model.config.vocab_size
    mask = torch.ones_like(ids)
    mask[0, 15:] = 0
    logits = model(input_ids=ids, attention_mask=mask).logits.float()
    logits[mask.bool()].square().mean().backward()
    grads = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    return logits.detach()[mask.bool()], grads


def assert_same(model: Any, before: tuple[torch.Tensor, dict[str, torch.Tensor]]) -> None:
    logits, grads = passed(model)
    torch.testing.assert_close(logits, before[0])
    assert grads.keys() == before[1].keys()
    for name, grad in grads.items():
        torch.testing.assert_close(grad, before[1][name], rtol=1e-3, atol=1e-5)


@pytest.fixture(autouse=True)
def precise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    monkeypatch.setattr(device, "device", lambda: torch.device("cpu"))


def test_fused_layers_give_pefts_answers_and_gradients(writer: Path) -> None:
    model = adapted(writer)
    before = passed(model)
    assert any(grad.abs().max() > 0.001 for grad in before[1].values())
    assert fuse(model) == 14  # seven linear layers in each of two blocks
    assert_same(model, before)


def test_recomputed_activations_give_the_same(writer: Path) -> None:
    model = adapted(writer)
    before = passed(model)
    fuse(model)
    model.enable_input_require_grads()
    model.get_base_model().activation_checkpointing_enable({"use_reentrant": False})
    assert_same(model, before)


def test_an_adapter_that_is_switched_off_stays_off(writer: Path) -> None:
    model = adapted(writer)
    with model.disable_adapter():
        base = passed_without_gradients(model)
    tuned = passed_without_gradients(model)
    assert not torch.allclose(base, tuned)
    fuse(model)
    torch.testing.assert_close(passed_without_gradients(model), tuned)
    with model.disable_adapter():
        torch.testing.assert_close(passed_without_gradients(model), base)


def passed_without_gradients(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model(input_ids=torch.arange(20)[None]).logits


def test_dropout_keeps_pefts_own_way(writer: Path) -> None:
    assert fuse(adapted(writer, lora_dropout=0.1)) == 0


@pytest.mark.parametrize("tokens", [20, 500])
def test_short_attention_is_computed_in_float32(tokens: int) -> None:
    torch.manual_seed(0)
    shape = (2, 4, tokens, 16)
    query, key, value = (torch.randn(shape, dtype=torch.bfloat16) for _ in range(3))
    layer = torch.nn.Module()
    layer.is_causal = True
    values = {"scaling": 0.25, "dropout": 0.0}
    out, _ = attention.short_in_float32(layer, query, key, value, None, **values)
    wide = (query.float(), key.float(), value.float())
    exact, _ = attention.sdpa_attention_forward(layer, *wide, None, **values)
    short = tokens <= attention.LONGEST
    assert out.dtype == torch.bfloat16
    assert torch.equal(out, exact.to(torch.bfloat16)) is short
    torch.testing.assert_close(out.float(), exact, rtol=0.05, atol=0.02)


def test_models_in_bfloat16_on_a_cpu_take_it(writer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_base(writer).config._attn_implementation == "sdpa"
    monkeypatch.setattr(device, "dtype", lambda: torch.bfloat16)
    assert load_base(writer).config._attn_implementation == attention.NAME
