"""How much a text belongs to the category it would be sorted into: by probability and by distance."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

MOST = 20_000
"""Learned texts that are kept to compare with; of more, as evenly over the categories as can be."""


@dataclass(frozen=True)
class Memory:
    """Learned texts that others are compared with."""

    embeddings: torch.Tensor
    """Of length 1 (texts, hidden)."""
    labels: torch.Tensor
    """The number of each one's category, int64 (texts,)."""

    @functools.cached_property
    def by_label(self) -> dict[int, torch.Tensor]:
        """The embeddings of each category that has a text, in float32."""
        order = self.labels.argsort(stable=True)
        numbers, sizes = self.labels[order].unique_consecutive(return_counts=True)
        parts = self.embeddings.float()[order].split(sizes.tolist())
        return dict(zip(numbers.tolist(), parts, strict=True))


def remembered(labels: Sequence[int] | np.ndarray) -> np.ndarray:
    """The numbers of the learned texts that are kept, ascending: at most `MOST`.

    Args:
        labels: the number of each text's category (texts,).
    """
    own = np.asarray(labels)
    if len(own) <= MOST:
        return np.arange(len(own))
    order = np.argsort(own, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(own[order])) + 1]
    sizes = np.diff(np.r_[starts, len(order)])
    # The first of every category, then the second ones, and so on.
    turn = np.arange(len(order)) - np.repeat(starts, sizes)
    return np.sort(order[np.argsort(turn, kind="stable")[:MOST]])


def sureness(logits: torch.Tensor) -> torch.Tensor:
    """The logarithm of the likeliest category's probability (texts,).

    Args:
        logits: (texts, labels), calibrated.
    """
    return logits.double().log_softmax(1).max(1).values.float()


@torch.no_grad()
def nearness(embeddings: torch.Tensor, chosen: torch.Tensor, memory: Memory) -> torch.Tensor:
    """The cosine between each text and the nearest learned one of a category (texts,).

    Args:
        embeddings: of length 1 (texts, hidden).
        chosen: the number of each text's category (texts,).

    Returns:
        -1 for a category of which no text is kept.
    """
    found = embeddings.new_full((len(embeddings),), -1.0, dtype=torch.float32)
    for label in chosen.unique().tolist():
        kept = memory.by_label.get(label)
        if kept is not None:
            own = (chosen == label).nonzero()[:, 0]
            found[own] = (embeddings[own].float() @ kept.T).max(1).values
    return found
