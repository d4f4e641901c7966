"""What two ways of drawing the exam say of the same rows, by a probe of seconds.

TF-IDF and logistic regression learn on the rows to learn from and sort the exam questions, once
for each split. Where a random exam scores much better than one that keeps customers together,
what it measures is memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_ROWS = 20_000
_PIECES = 50_000
_RESAMPLES = 2000
_SEED = 20_040_725


@dataclass(frozen=True)
class ProbeScore:
    """How many of the exam questions the probe sorts rightly."""

    accuracy: float
    low: float
    """The 95 % interval, 0 to 1, by the bootstrap over questions."""
    high: float
    questions: int


@dataclass(frozen=True)
class Comparison:
    """The probe under two splits of the same rows."""

    random: ProbeScore
    recommended: ProbeScore
    gap: float
    """By how much the random exam is easier, as a share."""
    gap_low: float
    gap_high: float
    """The 95 % interval of the gap."""

    @property
    def flatters(self) -> bool:
        """Whether the random exam is easier by more than chance."""
        return self.gap_low > 0


def compare(
    texts: Sequence[str],
    labels: Sequence[str],
    random: Sequence[str],
    recommended: Sequence[str],
) -> Comparison:
    """The probe's accuracy on the exam of either split.

    Args:
        texts: what comes in, row by row; at most `MOST_ROWS`.
        labels: the category of each row.
        random: train, validation or test, row by row, drawn at random.
        recommended: the same, drawn as is recommended.

    Raises:
        ValueError: there are too many rows, or a split has none to learn from or to ask.
    """
    if len(texts) > MOST_ROWS:
        raise ValueError(f"the probe takes {MOST_ROWS:,} rows at most, not {len(texts):,}")
    ours, theirs = (_right(texts, labels, splits) for splits in (random, recommended))
    first, second = _means(ours), _means(theirs)
    low, high = np.percentile(first - second, [2.5, 97.5])
    gap = float(ours.mean() - theirs.mean())
    return Comparison(_score(ours, first), _score(theirs, second), gap, float(low), float(high))


def gap(
    texts: Sequence[str],
    labels: Sequence[str],
    random: Sequence[str],
    recommended: Sequence[str],
) -> tuple[float, float] | None:
    """The accuracy on either exam, where the random one is easier; None where it is not, or where a
    split has nothing to learn from or to ask."""
    if any({"train", "test"} - set(splits) for splits in (random, recommended)):
        return None
    found = compare(texts, labels, random, recommended)
    return (found.random.accuracy, found.recommended.accuracy) if found.flatters else None


def _right(
    texts: Sequence[str], labels: Sequence[str], splits: Sequence[str]
) -> npt.NDArray[np.float64]:
    """For each exam question whether the probe sorts it rightly."""
    learned = [i for i, split in enumerate(splits) if split == "train"]
    asked = [i for i, split in enumerate(splits) if split == "test"]
    if not learned or not asked:
        raise ValueError("the probe needs rows to learn from and exam questions")
    wanted = [labels[i] for i in asked]
    known = [labels[i] for i in learned]
    given = _answers([texts[i] for i in learned], known, [texts[i] for i in asked])
    return np.array([one == other for one, other in zip(given, wanted, strict=True)], np.float64)


def _answers(texts: list[str], labels: list[str], questions: list[str]) -> list[str]:
    if len(set(labels)) == 1:
        return labels[:1] * len(questions)
    # Imported here: whoever only compares scores needs none of it.
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(sublinear_tf=True, max_features=_PIECES, token_pattern=r"\w+")
    model = make_pipeline(words, LogisticRegression(C=10, max_iter=300, tol=1e-3))
    return [str(label) for label in model.fit(texts, labels).predict(questions)]


def _means(right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The share of right answers in resamples of the questions, with replacement.

    Shares of yes and no resample as binomial draws (Efron and Tibshirani 1993, chapter 6).
    """
    draw = np.random.default_rng(_SEED + len(right))
    return draw.binomial(len(right), right.mean(), _RESAMPLES) / len(right)


def _score(right: npt.NDArray[np.float64], means: npt.NDArray[np.float64]) -> ProbeScore:
    low, high = np.percentile(means, [2.5, 97.5])
    return ProbeScore(float(right.mean()), float(low), float(high), len(right))
