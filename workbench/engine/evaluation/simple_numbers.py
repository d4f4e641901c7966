"""What can be said of numbers without a model: their median, and what counting words tells."""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workbench.core.tasks.number_answers import places_of, value_of, written
from workbench.engine.evaluation.robust import within_reach
from workbench.evaluation.scoring.pieces import pieces

FINER = 2
"""An estimate has so many decimals more than the numbers that it was learned from."""
ALPHAS = (0.3, 1.0, 3.0)
MOST_TRIED = 20_000
"""With more rows the penalty hardly matters, and scikit-learn's own is taken."""


def learned_median(
    questions: Sequence[str], answers: Sequence[str]
) -> Callable[[Sequence[str]], list[str]]:
    """Gives every question the number in the middle: none comes nearer to all of them on average."""
    middle = written(statistics.median(map(value_of, answers)), places_of(answers) + FINER)
    return lambda asked: [middle] * len(asked)


def learned_ridge(
    texts: Sequence[str], answers: Sequence[str]
) -> Callable[[Sequence[str]], list[str]]:
    """Gives each question a number, having learned from texts and theirs: pieces of words weighed by
    TF-IDF, and ridge regression (scikit-learn's, with the penalty that does best when rows are left
    out), within the range of what was learned."""
    values = [value_of(answer) for answer in answers]
    if len({*values}) == 1 or not any(text.strip() for text in texts):
        return learned_median(texts, answers)
    # Imported here: a trainer that needs none of it starts a second earlier.
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV, KFold
    from sklearn.pipeline import make_pipeline

    ridge: Any = Ridge(solver="sparse_cg")
    if len(texts) <= MOST_TRIED:
        folds = KFold(min(3, len(texts)), shuffle=True, random_state=0)
        measure = "neg_mean_absolute_error"
        ridge = GridSearchCV(ridge, {"alpha": ALPHAS}, cv=folds, scoring=measure)
    learned = within_reach(np.array(values, float))
    model = make_pipeline(pieces(), ridge).fit(list(texts), learned)
    places, low, high = places_of(answers) + FINER, min(values), max(values)

    def answer(questions: Sequence[str]) -> list[str]:
        if not questions:
            return []
        found = model.predict(list(questions)).clip(low, high)
        return [written(value, places) for value in found.tolist()]

    return answer
