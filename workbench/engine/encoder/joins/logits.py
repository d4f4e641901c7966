"""The logits of a long text from those of its windows."""

import torch

from workbench.core.long_texts.joins import LARGEST

LOWEST = -1e9


def joined(logits: torch.Tensor, owner: torch.Tensor, texts: int, join: str) -> torch.Tensor:
    """Logits (texts, labels) of texts; that of a text of one window is the window's own.

    Args:
        logits: of each window (windows, labels).
        owner: the number of each window's text (windows,); every text has one.
        join: any of `core.long_texts.joins` but the mean, which is one of embeddings.
    """
    index = owner[:, None].expand_as(logits)
    start = logits.new_full((texts, logits.shape[1]), LOWEST)
    most = start.scatter_reduce(0, index, logits, "amax")
    if join == LARGEST:
        return most
    most = most.detach()
    total = torch.zeros_like(most).index_add(0, owner, (logits - most[owner]).exp())
    windows = total.new_zeros(texts).index_add(0, owner, total.new_ones(len(owner)))
    return most + (total / windows[:, None]).log()
