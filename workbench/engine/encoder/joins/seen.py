"""What an encoder sees in texts: a vector of each, and of long ones one of each window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from workbench.core.long_texts.joins import MEAN
from workbench.engine.encoder.joins.logits import joined
from workbench.engine.encoder.probe import Head


@dataclass(frozen=True)
class Seen:
    """Embeddings of texts."""

    means: torch.Tensor
    """(texts, hidden), each the mean over its windows."""
    windows: torch.Tensor
    """(windows, hidden), of all texts or of some; that of a text of one window is its mean."""
    owner: torch.Tensor
    """The number of each window's text, ascending (windows,)."""

    def __len__(self) -> int:
        return len(self.means)

    @property
    def long(self) -> int:
        """How many of the texts have several windows."""
        return int((torch.bincount(self.owner, minlength=len(self)) > 1).sum())

    @classmethod
    def of_means(cls, means: torch.Tensor) -> "Seen":
        """Texts of one window each."""
        return cls(means, means, torch.arange(len(means)))

    def logits(self, head: Head, join: str) -> torch.Tensor:
        """What a head gives each text (texts, labels), not to be learned from."""
        if join == MEAN:
            found: torch.Tensor = head(self.means).detach()
            return found
        return joined(head(self.windows).detach(), self.owner, len(self), join)

    @property
    def kept(self) -> np.ndarray:
        """The numbers of the texts whose windows are there."""
        found: np.ndarray = self.owner.unique().numpy()
        return found

    def of(self, numbers: np.ndarray) -> "Seen":
        """Some of the texts, in this order."""
        chosen = torch.as_tensor(np.asarray(numbers, np.int64))
        starts = torch.searchsorted(self.owner, chosen)
        sizes = torch.searchsorted(self.owner, chosen, right=True) - starts
        owner = torch.arange(len(chosen)).repeat_interleave(sizes)
        within = torch.arange(len(owner)) - (sizes.cumsum(0) - sizes)[owner]
        return Seen(self.means[chosen], self.windows[starts[owner] + within], owner)


def together(parts: Sequence[Seen]) -> Seen:
    """Texts of several parts, one behind the other."""
    starts = np.cumsum([0, *(len(part) for part in parts)])
    owners = [part.owner + int(start) for part, start in zip(parts, starts, strict=False)]
    means, windows = (
        torch.cat(own) for own in zip(*((p.means, p.windows) for p in parts), strict=True)
    )
    return Seen(means, windows, torch.cat(owners))
