"""What an encoder knows before it is tuned: logistic regression on its frozen embeddings.

It is the untrained model's place in the exam, and the head that tuning starts from. Tuning from
a head that fits already does not spoil the encoder's features in its first steps (Kumar et al.
2022, "Fine-Tuning can Distort Pretrained Features").
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from workbench.engine.encoder import logistic
from workbench.engine.encoder.neighbours import Neighbours

STRENGTH = 10.0
"""Inverse of the regularisation: 5 and 20 are no better on BANKING77 (93.1 % at 10)."""
SIZE = 5.0
"""Typical length of the vectors that the head sees: with it, a head's learning rate of a few
thousandths moves head and encoder at the same pace (measured on BANKING77)."""


class Head(nn.Module):
    """A linear layer over embeddings that are centred and scaled first.

    Vectors of many encoders point nearly all the same way; what tells texts apart is how they
    differ from the mean. Mean and scale are those of the training texts before tuning.
    """

    centre: torch.Tensor
    scale: torch.Tensor

    def __init__(self, hidden: int, labels: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(hidden))
        self.register_buffer("scale", torch.ones(()))
        self.linear = nn.Linear(hidden, labels)
        self.neighbours: Neighbours | None = None
        """What it learned from, where that says something, too."""

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Logits (texts, labels) of embeddings (texts, hidden)."""
        own = self._by_weights(embeddings)
        return own if self.neighbours is None else own + self.neighbours(embeddings)

    def cool(self, temperature: float) -> None:
        """Divide its logits by a temperature."""
        self.linear.weight.data.div_(temperature)
        self.linear.bias.data.div_(temperature)
        if self.neighbours is not None:
            self.neighbours.weight.div_(temperature)

    def _by_weights(self, embeddings: torch.Tensor) -> torch.Tensor:
        scaled = (embeddings - self.centre) * self.scale
        if self.linear.out_features == 1:  # a number needs more digits than bfloat16 has
            with torch.autocast(scaled.device.type, enabled=False):
                return torch.nn.functional.linear(
                    scaled.float(), self.linear.weight, self.linear.bias
                )
        scores: torch.Tensor = self.linear(scaled)
        return scores


def fit_probe(embeddings: torch.Tensor, labels: Sequence[int] | np.ndarray) -> Head:
    """The head that logistic regression finds.

    Args:
        embeddings: (texts, hidden).
        labels: number of each text's category; all from 0 to the highest occur, two at least.
    """
    centre = embeddings.mean(0)
    spread = float((embeddings - centre).square().sum(1).mean().sqrt()) or 1.0
    weights, offsets = logistic.fit(
        (embeddings - centre) / spread, torch.as_tensor(labels), STRENGTH
    )
    head = Head(embeddings.shape[1], len(weights))
    head.load_state_dict(
        {
            "centre": centre,
            "scale": torch.tensor(SIZE / spread),
            "linear.weight": torch.tensor(weights / SIZE, dtype=torch.float32),
            "linear.bias": torch.tensor(offsets, dtype=torch.float32),
        }
    )
    return head
