"""Trains of a word-embedding table only what the training texts use.

Half of a small encoder's weights, and most of a multilingual one's, are word embeddings, and a
data set uses a few thousand of their rows. The others get no gradient, so leaving them out gives
the same model; gradients, optimiser states and checkpoints become that much smaller.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import embedding


class TrainedEmbeddingRows(nn.Module):
    """Stands in for an embedding table while the rows that are `seen` are trained."""

    place: torch.Tensor

    def __init__(self, table: nn.Embedding, seen: torch.Tensor) -> None:
        super().__init__()
        place = torch.full((table.num_embeddings,), -1, dtype=torch.long)
        place[seen] = torch.arange(len(seen))
        self.register_buffer("place", place.to(table.weight.device), persistent=False)
        self.table = table.requires_grad_(False)
        self.rows = nn.Parameter(table.weight[seen].clone())

    @property
    def weight(self) -> torch.Tensor:
        """The table as it was: models look at its type and place."""
        return self.table.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Embeddings of token ids."""
        place = self.place[ids]
        trained = embedding(place.clamp(min=0), self.rows)
        return torch.where((place >= 0)[..., None], trained, self.table(ids))

    @torch.no_grad()
    def whole(self) -> nn.Embedding:
        """The table with its trained rows."""
        self.table.weight[self.place >= 0] = self.rows[self.place[self.place >= 0]]
        return self.table


def train_embedding_rows(body: Any, ids: Iterable[Sequence[int] | np.ndarray]) -> None:
    """Let the body train only the word embeddings that occur in `ids`, where that is possible."""
    table = body.get_input_embeddings()
    if type(table) is not nn.Embedding or table.max_norm is not None or _is_shared(body, table):
        return
    seen: set[int] = set()
    for own in ids:
        seen.update(np.unique(np.asarray(own)).tolist())
    used = sorted(seen - {table.padding_idx})
    body.set_input_embeddings(TrainedEmbeddingRows(table, torch.tensor(used)))


def put_rows_back(body: Any) -> None:
    """Undo `train_embedding_rows`; what was trained stays."""
    table = body.get_input_embeddings()
    if isinstance(table, TrainedEmbeddingRows):
        body.set_input_embeddings(table.whole())


def _is_shared(body: nn.Module, table: nn.Embedding) -> bool:
    own = [p for module in body.modules() for p in module.parameters(recurse=False)]
    return sum(parameter is table.weight for parameter in own) > 1
