"""How good a classifier's answers are, and how sure it may be of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch.nn.functional import cross_entropy

from workbench.core.tasks import CLASSIFICATION
from workbench.engine.encoder.probe import Head
from workbench.evaluation.scoring.text_scores import Scores, text_scores

ENOUGH = 10
"""Practice questions from which on a temperature is fitted."""
RANGE = (0.25, 4.0)


@dataclass(frozen=True)
class Scored:
    """Scores of one set of answers."""

    temperature: float
    """What to divide logits by so that probabilities are as sure as the answers are right
    (temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks")."""
    scores: Scores
    """loss (at that temperature), accuracy, macro_f1."""

    @property
    def loss(self) -> float:
        """What models are compared by."""
        return self.scores["loss"]


def score_logits(logits: torch.Tensor, labels: Sequence[int] | np.ndarray) -> Scored:
    """The scores of logits (texts, labels), with the temperature that suits them best."""
    wanted = torch.as_tensor(labels)
    temperature = _temperature(logits, wanted) if len(labels) >= ENOUGH else 1.0
    answers = [str(number) for number in logits.argmax(1).tolist()]
    scores = text_scores(CLASSIFICATION.name, [str(label) for label in labels], answers)
    return Scored(temperature, {"loss": _loss(logits, wanted, temperature), **scores})


def _temperature(logits: torch.Tensor, wanted: torch.Tensor) -> float:
    """The temperature of the lowest loss.

    Questions that a model gets all right would ask for endless sureness; so, as in Platt 1999,
    "Probabilistic Outputs for Support Vector Machines", one answer is held to be wrong beside
    those that were seen.
    """
    doubt = 1.0 / (len(wanted) + 2) * logits.shape[1] / (logits.shape[1] - 1)
    found = minimize_scalar(
        lambda log: _loss(logits, wanted, float(np.exp(log)), doubt),
        bounds=np.log(RANGE),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


def _loss(
    logits: torch.Tensor, wanted: torch.Tensor, temperature: float, doubt: float = 0.0
) -> float:
    return cross_entropy(logits / temperature, wanted, label_smoothing=doubt).item()


@torch.no_grad()
def apply_temperature(head: Head, temperature: float) -> None:
    """Divide the head's logits by the temperature, in its weights."""
    head.cool(temperature)
