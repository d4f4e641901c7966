"""How wrong an encoder-decoder is about what it should write: cross-entropy over its answers."""

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from workbench.engine.causal.loss import IGNORED
from workbench.engine.runtime.precision import precision

SEEN = ("input_ids", "attention_mask", "decoder_input_ids")


class PairLoss:
    """The loss of a model over the answers of a batch."""

    def __init__(self, model: Any) -> None:
        self._base = model.get_base_model() if hasattr(model, "get_base_model") else model

    def __call__(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, int]:
        """Sum of the losses and number of the learned tokens.

        Args:
            batch: as `batches.collate` makes it.
        """
        learned = batch["labels"] != IGNORED
        targets = batch["labels"][learned]
        with precision():
            logits = self._base(**{name: batch[name] for name in SEEN}, use_cache=False).logits
            total = cross_entropy(logits[learned].float(), targets, reduction="sum")
        return total, targets.numel()
