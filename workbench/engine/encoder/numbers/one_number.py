"""Regression: each text has a number, and how far off an answer is counts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import smooth_l1_loss

from workbench.core.tasks.number_answers import is_score, places_of, value_of
from workbench.engine.encoder.calibration import Scored
from workbench.engine.encoder.numbers.ridge import fit_head
from workbench.engine.encoder.probe import Head
from workbench.engine.evaluation.robust import FARTHEST, deviation
from workbench.evaluation.scoring.by_task.numbers import scores_of
from workbench.jobs.process.number_range import NumberRange

Floats = npt.NDArray[np.float64]
ROUND = 0.25
"""Errors below this, in deviations, are squared, so that the last steps become small (smooth L1)."""
_FINER = 3
"""An estimate has decimals down to a thousandth of the spread."""


class OneNumber:
    """Each text has a number; what a row carries stands for it."""

    by_category = False

    windows_speak = False

    def __init__(self, texts: Sequence[str], learned: np.ndarray) -> None:
        """What the rows' numbers stand for.

        Args:
            texts: the different numbers, as `number_answers.written` has them.
            learned: for each training row, the place of its number among them.
        """
        self._values = np.array([value_of(text) for text in texts], float)
        own: Floats = self._values[learned]
        scale = deviation(own)
        finer = max(0, _FINER - 1 - int(np.floor(np.log10(scale))))
        score = is_score(own.tolist())
        self.range = NumberRange(
            middle=float(np.median(own)),
            scale=scale,
            low=float(own.min()),
            high=float(own.max()),
            places=min(12, max(finer, 0 if score else places_of(texts))),
            is_score=score,
        )
        targets = (self._values - self.range.middle) / scale
        self._learned = np.clip(targets, -FARTHEST, FARTHEST)

    def values(self, numbers: np.ndarray) -> Floats:
        """The rows' numbers (texts,)."""
        found: Floats = self._values[numbers]
        return found

    def targets(self, numbers: np.ndarray) -> Floats:
        """What a head's scores should be (texts,)."""
        found: Floats = self._learned[numbers]
        return found

    def estimates(self, scores: torch.Tensor) -> Floats:
        """What scores (texts, 1) stand for (texts,), within the range that was seen."""
        own = self.range.middle + self.range.scale * scores[:, 0].double().numpy()
        found: Floats = np.clip(own, self.range.low, self.range.high)
        return found

    def fit(self, embeddings: torch.Tensor, numbers: np.ndarray) -> Head:
        """Ridge regression."""
        return fit_head(embeddings, self.targets(numbers))[0]

    def loss(self, scores: torch.Tensor, numbers: torch.Tensor, smoothing: float) -> torch.Tensor:
        """Absolute error, rounded at its tip (smooth L1), in deviations."""
        table = torch.as_tensor(self._learned, dtype=scores.dtype, device=scores.device)
        return smooth_l1_loss(scores[:, 0], table[numbers], beta=ROUND, reduction="sum")

    def speaks(self, scores: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """How near a window comes."""
        wanted = torch.as_tensor(self._learned, dtype=scores.dtype)[numbers]
        return -(scores[:, 0] - wanted).abs()

    def scored(self, scores: torch.Tensor, numbers: np.ndarray) -> Scored:
        """Mean absolute error in deviations (what models are compared by), and the scores of the task."""
        found = scores_of(self.values(numbers), self.estimates(scores))
        return Scored(1.0, {"loss": found["mae"] / self.range.scale, **found})
