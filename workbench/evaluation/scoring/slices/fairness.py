"""Fairness between the groups of a column: how far scores lie apart, and who is given which category."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from workbench.evaluation.scoring.intervals import SPREAD
from workbench.evaluation.scoring.slices.grouping import Group
from workbench.evaluation.scoring.slices.slices import Numbers, difference_interval

_ALPHA = 0.05
MOST_CATEGORIES = 12


@dataclass(frozen=True)
class Gap:
    """How far the best and the worst served group of a column lie apart."""

    column: str
    best: str
    best_score: float
    worst: str
    worst_score: float
    low: float
    high: float
    """The gap's 95 % interval; it allows for all pairs of groups among which these two were picked."""
    groups: int
    """So many were compared; small ones are left out."""

    @property
    def gap(self) -> float:
        """How far the best score lies from the worst."""
        return abs(self.best_score - self.worst_score)

    @property
    def certain(self) -> bool:
        """Whether it is more than chance."""
        return self.low > 0


def find_gap(
    groups: Sequence[Group],
    scores: Numbers,
    *,
    is_share: bool,
    by_turns: bool = False,
    sign: float = 1.0,
    top: float = 100.0,
) -> Gap | None:
    """The gap between the groups of one column; None where fewer than two are large enough.

    With k groups there are k(k-1)/2 pairs; each interval is made so much wider that all of them
    hold together (Bonferroni), hence that of the two that lie furthest apart, too.

    Args:
        sign: -1 where smaller is better.
        top: the largest score that a row can have.
    """
    large = [group for group in groups if not group.is_small]
    if len(large) < 2:
        return None
    means = [float(scores[group.places].mean()) for group in large]
    good = [sign * mean for mean in means]
    best, worst = int(np.argmax(good)), int(np.argmin(good))
    ends = (best, worst) if sign > 0 else (worst, best)
    pairs = len(large) * (len(large) - 1) / 2
    low, high = difference_interval(
        *(scores[large[place].places] for place in ends),
        is_share=is_share,
        spread=SPREAD if by_turns else 1.0,
        z=float(stats.norm.isf(_ALPHA / 2 / pairs)),
        top=top,
    )
    return Gap(
        large[best].column,
        large[best].value,
        means[best],
        large[worst].value,
        means[worst],
        low,
        high,
        len(large),
    )


def selection_rates(
    groups: Sequence[Group], expected: Sequence[str], answered: Sequence[str]
) -> pd.DataFrame:
    """Who is given which category: a line for each group that is large enough, and each category.

    Returns:
        Columns group, category, rows (of the group), given (the share of its rows that the model puts
        into this category), wanted (the share that belongs there) and found (of those that belong
        there, the share that the model puts there; NaN where none does). Of many categories those in
        which groups differ most.
    """
    wanted, given = np.asarray(expected, object), np.asarray(answered, object)
    names = sorted(set(wanted.tolist()))
    lines = [
        _line(group, name, wanted[group.places] == name, given[group.places] == name)
        for group, name in itertools.product((g for g in groups if not g.is_small), names)
    ]
    table = pd.DataFrame(lines, columns=["group", "category", "rows", "given", "wanted", "found"])
    if len(names) <= MOST_CATEGORIES or table.empty:
        return table
    apart = table.groupby("category")["given"].agg(np.ptp).nlargest(MOST_CATEGORIES)
    return table[table["category"].isin(apart.index)].reset_index(drop=True)


def _line(group: Group, name: str, wanted: Numbers, given: Numbers) -> tuple[object, ...]:
    found = float(given[wanted].mean()) if wanted.any() else np.nan
    return group.value, name, len(wanted), float(given.mean()), float(wanted.mean()), found
