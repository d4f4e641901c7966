"""The precision that models compute in: the machine's own, or float32 where each bit counts."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import torch
from torch import nn

from workbench.engine.runtime import device

_whole: ContextVar[bool] = ContextVar("whole", default=False)


def precision() -> contextlib.AbstractContextManager[Any]:
    """Products in the machine's precision, also those of the float32 LoRA matrices.

    A third faster than products in float32 where the frozen weights are bfloat16.
    """
    dtype = device.dtype()
    if dtype == torch.float32 or _whole.get():
        return contextlib.nullcontext()
    return torch.autocast(device.device().type, dtype)


@contextlib.contextmanager
def in_float32(model: nn.Module) -> Iterator[None]:
    """Inside of this block all weights of the model and its products are float32.

    It takes twice the memory of 16 bits while it lasts; no value is lost on the way back.
    """
    before = [(own, own.dtype) for own in model.parameters() if own.is_floating_point()]
    token = _whole.set(True)
    try:
        for own, _ in before:
            own.data = own.data.float()
        yield
    finally:
        _whole.reset(token)
        for own, dtype in before:
            own.data = own.data.to(dtype)
