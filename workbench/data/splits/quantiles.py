"""Numbers as strata: so every side of the exam gets small and large ones alike."""

import numpy as np

from workbench.core.tasks.number_answers import value_of

MOST_STRATA, ROWS_A_STRATUM = 10, 20
"""Enough of each for a tenth of it to be rows."""


def strata_of(texts: list[str | None]) -> list[str | None]:
    """The quantile of each row's number, as a name; of equal numbers the same one.

    Args:
        texts: numbers as `number_answers.written` has them.
    """
    numbers = np.array([value_of(text) for text in texts], float)
    parts = int(np.clip(len(texts) // ROWS_A_STRATUM, 1, MOST_STRATA))
    known = numbers[~np.isnan(numbers)]
    if parts < 2 or not len(known):
        return [None] * len(texts)
    edges = np.unique(np.quantile(known, np.arange(1, parts) / parts))
    return [f"{place:02}" for place in np.searchsorted(edges, numbers, side="right").tolist()]
