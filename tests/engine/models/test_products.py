"""Packed products are those of torch, rounded to bfloat16."""

import pytest
import torch
from torch.nn.functional import linear, silu

from workbench.engine.models import products
from workbench.engine.models.products import Packed, Plain, can_pack, own_dtype, product
from workbench.engine.runtime import device

KINDS = [torch.float32] + ([torch.bfloat16] if can_pack() else [])


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize("has_bias", [True, False])
def test_products(dtype: torch.dtype, rows: int, has_bias: bool) -> None:
    torch.manual_seed(rows)
    weight, bias = torch.randn(24, 16), torch.randn(24) if has_bias else None
    x, other = torch.randn(rows, 16).to(dtype), torch.randn(rows, 24).to(dtype)
    made = product(weight.to(dtype), bias, dtype)
    assert isinstance(made, Packed if dtype == torch.bfloat16 else Plain)
    expected = linear(x.float(), weight.to(dtype).float(), bias)
    near = {"rtol": 0.02, "atol": 0.05} if dtype == torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-5}
    for found, wanted in (
        (made(x), expected),
        (made.silu(x), silu(expected)),
        (made.times(x, other.clone()), expected * other.float()),
    ):
        assert found.dtype == dtype
        torch.testing.assert_close(found.float(), wanted, **near)


def test_what_cannot_be_packed_is_computed_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor may multiply bfloat16 where torch comes without oneDNN, as on a Mac."""
    monkeypatch.setattr(device, "dtype", lambda: torch.bfloat16)
    for able, dtype in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(products, "can_pack", lambda able=able: able)
        assert own_dtype() == dtype
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    assert own_dtype() == torch.float32


def test_where_weights_are_packed_it_works() -> None:
    if can_pack():
        assert product(torch.ones(2, 2), None, torch.bfloat16)(torch.ones(1, 2).bfloat16()).all()
    else:
        with pytest.raises((RuntimeError, AttributeError)):
            product(torch.ones(2, 2), None, torch.bfloat16)
