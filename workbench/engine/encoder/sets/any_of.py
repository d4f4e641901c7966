"""Multi-label: each category holds for a text or not, whatever the others do."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize_scalar
from torch.nn.functional import binary_cross_entropy_with_logits

from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import categories_in, written
from workbench.engine.encoder.calibration import ENOUGH, RANGE, Scored
from workbench.engine.encoder.probe import SIZE, STRENGTH, Head
from workbench.engine.encoder.sets.binary_logistic import fit
from workbench.evaluation.scoring.text_scores import text_scores

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
EVEN = 0.5
"""The probability from which on a category holds where no threshold was set."""


class AnyOf:
    """Each text has a set of categories; its number stands for the set."""

    by_category = True

    windows_speak = True

    def __init__(self, sets: Sequence[str], labels: Sequence[str]) -> None:
        """What the numbers stand for.

        Args:
            sets: the different sets, as `category_sets.written` has them, by number.
            labels: the categories that are learned; of others nothing is known.
        """
        self.labels = list(labels)
        known = [{*categories_in(text)} for text in sets]
        self._table = np.array([[label in own for label in labels] for own in known], bool)
        self._sets = list(sets)

    def wanted(self, numbers: np.ndarray) -> Truths:
        """(texts, labels): which categories hold."""
        found: Truths = self._table[numbers]
        return found

    def fit(self, embeddings: torch.Tensor, numbers: np.ndarray) -> Head:
        """A logistic regression for each category, all on the same centred embeddings."""
        return fit_any(embeddings, self.wanted(numbers))

    def loss(self, scores: torch.Tensor, numbers: torch.Tensor, smoothing: float) -> torch.Tensor:
        """Binary cross-entropy, summed over the categories."""
        table = torch.as_tensor(self._table, dtype=scores.dtype, device=scores.device)
        return binary_cross_entropy_with_logits(scores, table[numbers], reduction="sum")

    def scored(self, scores: torch.Tensor, numbers: np.ndarray) -> Scored:
        """Its loss a text at the best temperature, and the scores of what is likelier than not."""
        wanted = torch.as_tensor(self.wanted(numbers), dtype=scores.dtype)
        temperature = _temperature(scores, wanted) if len(numbers) >= ENOUGH else 1.0
        shares = (scores / temperature).sigmoid().numpy()
        expected = [self._sets[number] for number in numbers.tolist()]
        given = texts_of(shares >= EVEN, self.labels)
        scores_of = text_scores(MULTI_LABEL.name, expected, given)
        return Scored(temperature, {"loss": _loss(scores, wanted, temperature), **scores_of})

    def speaks(self, scores: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """The highest logit of a category that holds; where none holds, all windows say the same."""
        holds = torch.as_tensor(self._table)[numbers]
        return scores.masked_fill(~holds, -1e9).amax(1)


def texts_of(holds: Truths, labels: Sequence[str]) -> list[str]:
    """Sets (texts, labels) as texts."""
    names = np.array(labels, object)
    return [written(names[row]) for row in holds]


def set_loss(shares: Floats, expected: Sequence[str], labels: Sequence[str]) -> float | None:
    """Binary cross-entropy a text of probabilities (texts, labels); None without texts."""
    if not len(expected):
        return None
    own = AnyOf(expected, labels).wanted(np.arange(len(expected)))
    right = np.where(own, shares, 1 - shares)
    return float(-np.log(np.maximum(right, 1e-12)).sum(1).mean())


def fit_any(embeddings: torch.Tensor, wanted: Truths) -> Head:
    """The head that logistic regressions find, one a category.

    Args:
        embeddings: (texts, hidden).
        wanted: (texts, labels); a category that holds for no text is never given.
    """
    centre = embeddings.mean(0)
    spread = float((embeddings - centre).square().sum(1).mean().sqrt()) or 1.0
    weights, offsets = fit((embeddings - centre) / spread, torch.as_tensor(wanted), STRENGTH)
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


def _temperature(scores: torch.Tensor, wanted: torch.Tensor) -> float:
    """The temperature of the lowest loss, one answer of each kind held to be wrong beside those seen."""
    doubt = 1.0 / (len(wanted) + 2)
    softened = wanted * (1 - doubt) + doubt * wanted.mean()
    found = minimize_scalar(
        lambda log: _loss(scores, softened, float(np.exp(log))),
        bounds=np.log(RANGE),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


def _loss(scores: torch.Tensor, wanted: torch.Tensor, temperature: float) -> float:
    total = binary_cross_entropy_with_logits(scores / temperature, wanted, reduction="sum")
    return float(total) / max(1, len(wanted))
