import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from workbench.engine.encoder.weight_averaging import WeightAverage, trained


def changed(model: nn.Module, by: float) -> None:
    with torch.no_grad():
        for parameter in trained(model).values():
            parameter += by


def test_a_share_of_what_changed_is_kept() -> None:
    model = nn.Linear(3, 2)
    start, weight = WeightAverage(model), model.weight.detach().clone()
    changed(model, 1.0)
    start.blend(model, 0.25)
    torch.testing.assert_close(model.weight, weight + 0.25)


def test_frozen_weights_stay() -> None:
    model = nn.Linear(3, 2)
    model.bias.requires_grad_(False)
    start, bias = WeightAverage(model), model.bias.detach().clone()
    model.bias += 1.0
    start.blend(model, 0.5)
    torch.testing.assert_close(model.bias, bias + 1.0)


def test_after_the_block_every_bit_is_back() -> None:
    model = nn.Linear(50, 50)
    start = WeightAverage(model)
    changed(model, 1 / 3)
    before = model.weight.detach().clone()
    with start.blended(model, 0.1):
        assert not torch.equal(model.weight, before)
    assert torch.equal(model.weight, before)


def test_half_of_lora_is_half_of_what_it_adds() -> None:
    torch.manual_seed(0)
    base = nn.Sequential(nn.Linear(6, 6))
    texts = torch.randn(4, 6)
    before = base(texts).detach()
    model = get_peft_model(base, LoraConfig(r=2, target_modules=["0"]))
    start = WeightAverage(model)
    changed(model, 0.5)
    after = model(texts).detach()
    start.blend(model, 0.5)
    torch.testing.assert_close(model(texts), (before + after) / 2)
