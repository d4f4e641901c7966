"""An encoder whose products are packed for a CPU: answers as good, sooner.

Under autocast torch rounds what goes into a product to bfloat16 and puts the weights in oneDNN's
order, for each product anew. Here the order is made once. BERT and its kin are computed by `FastBody`;
of others what goes into queries, keys and values is rounded once (`scripts/serving/bench_encoder.py`).
"""

import copy
import threading
from typing import Any

import torch
from torch import Tensor, nn

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.fast.body import ROWS, FastBody, is_known
from workbench.engine.models.products import Packed, own_dtype
from workbench.engine.runtime import device


def packed(model: Classifier) -> Classifier:
    """The same classifier to answer with, its encoder's products packed where that is of use.

    All but those products is shared with `model`, of which no weight may change any more.
    """
    if device.device().type != "cpu" or own_dtype() != torch.bfloat16:
        return model
    device.keep_freed()
    shared: dict[int, Any] = {id(t): t for t in [*model.parameters(), *model.buffers()]}
    found = copy.deepcopy(model, shared)
    if is_known(found.encoder.body):
        found.encoder.body = FastBody(found.encoder.body)
        return found
    rounded = _Rounded()
    for path, module in list(found.encoder.body.named_modules()):
        if type(module) is nn.Linear:
            found.encoder.body.set_submodule(path, _PackedLinear(module, rounded))
    return found


class _Rounded(threading.local):
    """What went into a thread's last product, rounded; three layers after each other read the same."""

    def __init__(self) -> None:
        self._of: Tensor | None = None
        self._rows: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        if self._of is not x or self._rows is None:
            self._of, self._rows = x, x.reshape(-1, x.shape[-1]).to(torch.bfloat16)
        return self._rows


class _PackedLinear(nn.Module):
    def __init__(self, layer: nn.Linear, rounded: _Rounded) -> None:
        super().__init__()
        bias = None if layer.bias is None else layer.bias.detach()
        self._product, self._rounded = Packed(layer.weight.detach(), bias, ROWS), rounded

    def forward(self, x: Tensor) -> Tensor:
        """(…, out) in bfloat16 of x (…, in)."""
        return self._product(self._rounded(x)).view(*x.shape[:-1], -1)
