"""Products with frozen weights on a CPU: packed once for the processor, or plain in float32.

oneDNN reorders a bfloat16 weight for each product unless that was done before; packed, a product
with one row is about as fast as memory can be read. Products in eight bits were no faster here
(`scripts/serving/bench_products.py`), so weights keep the values that they were loaded with.
"""

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

from workbench.engine.runtime import device

ROWS = 16
"""For as many rows weights are packed, unless it is told: what a batch of users makes."""


class Product(Protocol):
    """One frozen linear layer; takes (rows, in), gives (rows, out) in its own precision."""

    dtype: torch.dtype
    bytes: int

    def __call__(self, x: Tensor) -> Tensor: ...

    def silu(self, x: Tensor) -> Tensor:
        """`silu` of the product."""

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """The product, multiplied by `other` (rows, out)."""


class Packed:
    """In bfloat16, with sums in float32."""

    dtype = torch.bfloat16

    def __init__(self, weight: Tensor, bias: Tensor | None, rows: int = ROWS) -> None:
        weight = weight.to(torch.bfloat16).contiguous()
        self._weight = _mkldnn("_reorder_linear_weight")(weight, rows)
        self._bias = None if bias is None else bias.to(torch.bfloat16).contiguous()
        self._product = _mkldnn("_linear_pointwise")
        self._with_other = torch.ops.mkldnn._linear_pointwise.binary
        self.bytes = weight.numel() * 2

    def __call__(self, x: Tensor) -> Tensor:
        found: Tensor = self._product(x, self._weight, self._bias, "none", [], "")
        return found

    def silu(self, x: Tensor) -> Tensor:
        """`silu` of the product."""
        found: Tensor = self._product(x, self._weight, self._bias, "swish", [], "")
        return found

    def gelu(self, x: Tensor) -> Tensor:
        """`gelu` of the product, not approximated."""
        found: Tensor = self._product(x, self._weight, self._bias, "gelu", [], "none")
        return found

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """The product, multiplied by `other` (rows, out)."""
        found: Tensor = self._with_other(x, other, self._weight, self._bias, "mul")
        return found


class Plain:
    """In float32: for processors without bfloat16, and to compare with."""

    dtype = torch.float32

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight = weight.float().contiguous()
        self._bias = None if bias is None else bias.float()
        self.bytes = 0 if self._weight is weight else self._weight.numel() * 4

    def __call__(self, x: Tensor) -> Tensor:
        return linear(x, self._weight, self._bias)

    def silu(self, x: Tensor) -> Tensor:
        """`silu` of the product."""
        return torch.nn.functional.silu(self(x))

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """The product, multiplied by `other` (rows, out)."""
        return self(x).mul_(other)


def own_dtype() -> torch.dtype:
    """The precision of the machine's own products, where torch can pack weights in it."""
    return torch.bfloat16 if device.dtype() == torch.bfloat16 and can_pack() else torch.float32


def can_pack() -> bool:
    """Whether torch packs weights here: it has oneDNN, and the processor what that asks for."""
    if not torch.backends.mkldnn.is_available():
        return False
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def product(weight: Tensor, bias: Tensor | None, dtype: torch.dtype) -> Product:
    """The layer `x @ weight.T + bias` for weights (out, in) in a precision."""
    return Packed(weight, bias) if dtype == torch.bfloat16 else Plain(weight, bias)


def _mkldnn(name: str) -> Any:
    return getattr(torch.ops.mkldnn, name).default
