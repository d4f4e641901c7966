"""The precision that models compute in."""

import pytest
import torch

from workbench.engine.runtime import device
from workbench.engine.runtime.precision import in_float32, precision


@pytest.fixture(autouse=True)
def _bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.bfloat16)


def test_all_is_float32_inside_of_the_block_and_as_before_behind_it() -> None:
    layer, texts = torch.nn.Linear(3, 2).bfloat16(), torch.randn(4, 3)
    layer.bias.data = layer.bias.data.float()
    before = [own.clone() for own in layer.parameters()]
    with in_float32(layer), precision():
        assert layer(texts).dtype == torch.float32
    with precision():
        assert layer(texts).dtype == torch.bfloat16
    for own, was in zip(layer.parameters(), before, strict=True):
        torch.testing.assert_close(own, was, rtol=0, atol=0)
