"""What a text's nearest examples say of its category, beside a head's weights.

A logistic regression draws one border for each category; the examples themselves also know a category
that lies in several places. Their votes, weighed by nearness, are a kernel density of each category
(Parzen 1962, "On Estimation of a Probability Density Function and Mode"), and the logarithm of that is
added to the head's logits, as a product of experts (Hinton 2002).
"""

import torch
from torch import nn
from torch.nn.functional import normalize, one_hot

WIDTH, WEIGHT = 0.05, 0.5
"""Of the kernel, in cosines; and of the density beside the head's weights. Widths from 0.03 to 0.08 and weights up
to 1 do as well on BANKING77; where a category has many examples, a whole weight is too much."""
_NOTHING = 1e-12


class Neighbours(nn.Module):
    """The learned texts of each category."""

    texts: torch.Tensor
    """Of length 1 (learned, hidden)."""
    shares: torch.Tensor
    """What each text has of each category's vote (learned, labels); a column adds up to 1."""
    weight: torch.Tensor

    def __init__(self, learned: int, hidden: int, labels: int) -> None:
        super().__init__()
        self.register_buffer("texts", torch.zeros(learned, hidden))
        self.register_buffer("shares", torch.zeros(learned, labels))
        self.register_buffer("weight", torch.tensor(WEIGHT))

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """What is added to each category's logit (texts, labels) of embeddings (texts, hidden): the
        logarithm of its density there, weighed."""
        with torch.autocast(embeddings.device.type, enabled=False):
            cosines = normalize(embeddings.float(), dim=1) @ self.texts.T
            highest = cosines.amax(1, keepdim=True)
            votes = ((cosines - highest) / WIDTH).exp() @ self.shares
            found: torch.Tensor = self.weight * (votes.clamp_min(_NOTHING).log() + highest / WIDTH)
        return found


def neighbours_of(embeddings: torch.Tensor, labels: torch.Tensor) -> Neighbours:
    """Those of texts that are learned from.

    Args:
        embeddings: (learned, hidden).
        labels: number of each text's category (learned,); all from 0 to the highest occur.
    """
    votes = one_hot(labels.long()).float()
    found = Neighbours(len(embeddings), embeddings.shape[1], votes.shape[1])
    found.texts.copy_(normalize(embeddings.float(), dim=1))
    found.shares.copy_(votes / votes.sum(0))
    return found
