"""What an encoder's head is taught: how it begins, how wrong it is, how good its answers are.

Rows carry a number each; a goal knows what the number stands for: a category, or a set of them.
"""

from typing import Protocol

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from workbench.engine.encoder.calibration import Scored, score_logits
from workbench.engine.encoder.probe import Head, fit_probe


class Goal(Protocol):
    """One thing to learn."""

    by_category: bool
    """Whether each output speaks for a category, so that one window of a long text may decide."""

    windows_speak: bool
    """Whether single windows of a long text can speak for an answer; else only their mean gives one."""

    def fit(self, embeddings: torch.Tensor, numbers: np.ndarray) -> Head:
        """The head that suits frozen embeddings (texts, hidden) best."""
        ...

    def loss(self, scores: torch.Tensor, numbers: torch.Tensor, smoothing: float) -> torch.Tensor:
        """The sum over texts of how wrong the head's scores (texts, outputs) are."""
        ...

    def scored(self, scores: torch.Tensor, numbers: np.ndarray) -> Scored:
        """How good answers to practice questions are."""
        ...

    def speaks(self, scores: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """How much scores (windows, outputs) speak for what is wanted of each (windows,)."""
        ...


class OneOf:
    """Each text belongs to one category, which its number stands for."""

    by_category = True

    windows_speak = True

    def fit(self, embeddings: torch.Tensor, numbers: np.ndarray) -> Head:
        """Logistic regression."""
        return fit_probe(embeddings, numbers)

    def loss(self, scores: torch.Tensor, numbers: torch.Tensor, smoothing: float) -> torch.Tensor:
        """Cross-entropy."""
        return cross_entropy(scores, numbers, label_smoothing=smoothing, reduction="sum")

    def scored(self, scores: torch.Tensor, numbers: np.ndarray) -> Scored:
        """Its loss at the best temperature, accuracy and macro-F1."""
        return score_logits(scores, numbers)

    def speaks(self, scores: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """The logarithm of its category's probability."""
        return scores.log_softmax(1).gather(1, numbers[:, None])[:, 0]
