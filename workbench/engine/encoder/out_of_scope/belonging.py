"""How much a text belongs to the category it would be sorted into: by probability and by distance."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

MOST = 20_000
"""Learned texts that are kept to compare with; of more, as evenly over the categories as can be."""
NEAREST = 3
"""Texts of a category that a nearness to it is the mean of."""
ASKED = 500
"""Texts of a category that are asked at most, how near the others of it are."""
AT_ONCE = 512
"""Texts that are compared at once: bounds the memory that it takes."""
FARTHEST = -1.0
"""The cosine to a category of which no text is kept."""


@dataclass(frozen=True)
class Memory:
    """Learned texts that others are compared with."""

    embeddings: torch.Tensor
    """Of length 1, in 16 or 32 bits (texts, hidden)."""
    labels: torch.Tensor
    """The number of each one's category, int64 (texts,)."""
    usual: torch.Tensor
    """How near a text of each category is to the others of it, on the mean (labels,)."""
    nearest: int = NEAREST
    """Texts of a category that a nearness to it is the mean of."""

    @functools.cached_property
    def in_order(self) -> torch.Tensor:
        """The embeddings in the order of their categories, in float32."""
        return self.embeddings[self.labels.argsort(stable=True)].float()

    @functools.cached_property
    def places(self) -> Mapping[int, slice]:
        """Where the texts of each category that has one are, `in_order`."""
        numbers, sizes = self.labels.sort().values.unique_consecutive(return_counts=True)
        ends = sizes.cumsum(0)
        both = zip((ends - sizes).tolist(), ends.tolist(), strict=True)
        return dict(zip(numbers.tolist(), (slice(*own) for own in both), strict=True))


def remember(embeddings: torch.Tensor, labels: torch.Tensor) -> Memory:
    """A memory of these texts.

    Args:
        embeddings: of length 1 (texts, hidden).
        labels: the number of each one's category, int64 (texts,).
    """
    count = int(labels.max()) + 1 if len(labels) else 0
    found = Memory(embeddings, labels, torch.zeros(count))
    means = {label: _usual(found.in_order[own]) for label, own in found.places.items()}
    known = [own for own in means.values() if own is not None]
    anywhere = sum(known) / len(known) if known else 0.0
    for label, own in means.items():
        found.usual[label] = anywhere if own is None else own
    return found


def _usual(texts: torch.Tensor) -> float | None:
    """How near texts are to the nearest others of them, on the mean; None of a single one."""
    count = len(texts)
    if count < 2:
        return None
    asked = torch.linspace(0, count - 1, min(count, ASKED)).long()
    like = texts[asked] @ texts.T
    like[torch.arange(len(asked)), asked] = FARTHEST
    return float(like.topk(min(NEAREST, count - 1), 1).values.mean())


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
def kinship(embeddings: torch.Tensor, chosen: torch.Tensor, memory: Memory) -> torch.Tensor:
    """How near each text is to a category, beyond what is usual for texts of it; and by how much nearer
    its nearest text there is than that of any other category (texts, 2).

    Categories lie more or less close together: what is far in one is usual in another.

    Args:
        embeddings: of length 1 (texts, hidden).
        chosen: the number of each text's category (texts,).
    """
    both = zip(embeddings.split(AT_ONCE), chosen.split(AT_ONCE), strict=True)
    return torch.cat([_kinship(own, labels, memory) for own, labels in both])


def _kinship(embeddings: torch.Tensor, chosen: torch.Tensor, memory: Memory) -> torch.Tensor:
    found = embeddings.new_full((len(embeddings), 2), FARTHEST, dtype=torch.float32)
    like = embeddings.float() @ memory.in_order.T
    for label in chosen.unique().tolist():
        rows = (chosen == label).nonzero()[:, 0]
        if (place := memory.places.get(label)) is None:
            found[rows, 1] = FARTHEST - _largest(like[rows])
            continue
        own = like[rows, place]
        best = own.topk(min(memory.nearest, own.shape[1]), 1).values
        others = torch.maximum(
            _largest(like[rows, : place.start]), _largest(like[rows, place.stop :])
        )
        found[rows, 0] = best.mean(1) - memory.usual[label]
        found[rows, 1] = best[:, 0] - others
    return found


def nearness(embeddings: torch.Tensor, chosen: torch.Tensor, memory: Memory) -> torch.Tensor:
    """The first of what `kinship` tells (texts,)."""
    return kinship(embeddings, chosen, memory)[:, 0]


def _largest(like: torch.Tensor) -> torch.Tensor:
    """The largest of each row, (texts,) of (texts, any)."""
    if not like.shape[1]:
        return like.new_full((len(like),), FARTHEST)
    return like.max(1).values
