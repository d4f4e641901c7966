"""What was measured of a training, and how long its examples turned out to be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from workbench.engine.causal.loss import IGNORED

SAMPLE, LONGEST = 64, 8
"""Examples that are looked into: of all lengths, and the longest."""
SHARES = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True)
class MeasuredSteps:
    """What steps on the longest examples took."""

    training_mb: float
    """Most memory while learning, in 10^6 bytes; what was there before included."""
    step_s: float
    """Seconds of a whole correction on the longest examples, all of its batches."""
    tokens_in_step: int
    """That the examples of such a correction have, padding left out."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def lengths_told(lengths: np.ndarray, data: Any, collator: Any) -> dict[str, Any]:
    """How long the examples are, as `training.lengths.Lengths` is written: counted, not guessed.

    Args:
        lengths: tokens of each example (examples,); of both texts, where there are two.
        data: the examples, by number.
        collator: makes a batch of some.
    """
    order = np.argsort(lengths, kind="stable")
    spread = order[np.linspace(0, len(order) - 1, min(SAMPLE, len(order))).astype(int)]
    sides = getattr(data, "sides", 1)
    read, written = _counts(collator([data[int(number)] for number in spread]), sides)
    longest = _counts(collator([data[int(number)] for number in order[-LONGEST:]]), sides)
    share = float(read.sum() / max(1, lengths[spread].sum()))
    return {
        "mean": round(float(lengths.mean()) * share, 1),
        "longest": int(longest[0].max()),
        "answer_mean": round(float(written.mean()), 1),
        "answer_longest": int(longest[1].max()),
        "quantiles": [round(float(q) * share, 1) for q in np.quantile(lengths, SHARES)],
        "counted": True,
    }


def _counts(batch: Mapping[str, Any], sides: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens that are read and that are learned, of each example, all its `sides` together."""
    read = batch["attention_mask"].sum(1).numpy()
    if sides > 1:
        written = (batch["labels"] != IGNORED).sum(1).numpy()
        return read.reshape(-1, sides).sum(1), written.reshape(-1, sides).sum(1)
    labels = batch["labels"]
    if labels.ndim < 2:
        return read, np.zeros(len(read))
    return read, (labels != IGNORED).sum(1).numpy()
