"""Drift: whether a newer file is like the exam, by its texts, the answers to it, and its score."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from workbench.evaluation.scoring.intervals import SPREAD
from workbench.evaluation.scoring.slices.slices import Numbers, difference_interval

UNLIKE, LIKENESS, CONFIDENCE, MIX = "unlike", "likeness", "confidence", "mix"
ALPHA = 0.03
"""Below the 5 % of like files that may be called changed: p values of large files are not exact."""
_LEAST_SHARE, _LEAST_DISTANCE = 0.02, 0.1
"""So much must have changed, or it is too little to matter: a share, and the largest distance of two
cumulative distributions (Kolmogorov and Smirnov's)."""
_EXPECTED = 5.0
_FEWEST = 10
"""A category is compared where the exam and the file have so many rows of it."""
Likeness = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Side:
    """What is known of the exam's rows, or of the file's."""

    likeness: Likeness
    """Of each text to the nearest one that was learned from, 0 to 1."""
    probability: Numbers | None = None
    """How sure the model is of its answer to each, where it says so."""
    categories: Sequence[str] | None = None
    """The right ones where they are known, else those that the model gave."""


@dataclass(frozen=True)
class Sign:
    """One way in which a file may differ from the exam."""

    name: str
    """unlike (share of texts with nothing similar), likeness (to the nearest row), confidence, or mix
    (of the categories)."""
    exam: float
    file: float
    """A share of the rows, or the median of the rows; of the mix the share of the category that moved
    most."""
    size: float
    """The difference of shares, or the largest distance of the cumulative distributions (0 to 1)."""
    p: float
    """How likely chance alone makes as much of two files of the same kind."""
    alarm: bool
    """Whether it is more than chance, all signs being looked at (Holm 1979), and enough to matter."""
    category: str = ""
    """Of the mix, the category that moved most."""


def find_signs(exam: Side, file: Side, limit: float) -> list[Sign]:
    """Every sign that can be looked at.

    Less alike and less sure alarm, more do not: a model of an exam by turns has learned from more rows
    than those that took it.

    Args:
        limit: below this likeness nothing is similar.
    """
    signs = [_unlike(exam, file, limit), _smaller(LIKENESS, exam.likeness, file.likeness)]
    if exam.probability is not None and file.probability is not None:
        signs.append(_smaller(CONFIDENCE, exam.probability, file.probability))
    if exam.categories is not None and file.categories is not None:
        signs.append(_mix(exam.categories, file.categories))
    holds = holm([sign.p for sign in signs], ALPHA)
    return [
        Sign(one.name, one.exam, one.file, one.size, one.p, one.alarm and is_sure, one.category)
        for one, is_sure in zip(signs, holds, strict=True)
    ]


def holm(p_values: Sequence[float], alpha: float) -> list[bool]:
    """Which of several tests hold when at most `alpha` of all-chance cases may have one that does
    (Holm 1979, Scand. J. Statist. 6:65–70)."""
    order = np.argsort(p_values, kind="stable")
    found = [False] * len(p_values)
    for place, number in enumerate(order):
        if p_values[number] > alpha / (len(p_values) - place):
            break
        found[number] = True
    return found


def _unlike(exam: Side, file: Side, limit: float) -> Sign:
    then, now = (int(_is_unlike(side.likeness, limit).sum()) for side in (exam, file))
    of_then, of_now = len(exam.likeness), len(file.likeness)
    p = stats.fisher_exact(
        [[now, of_now - now], [then, of_then - then]], alternative="greater"
    ).pvalue
    more = now / of_now - then / of_then
    return Sign(UNLIKE, then / of_then, now / of_now, more, float(p), more >= _LEAST_SHARE)


def _is_unlike(likeness: Likeness, limit: float) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (likeness < limit) | (likeness <= 0)
    return found


def _smaller(name: str, exam: npt.NDArray[Any], file: npt.NDArray[Any]) -> Sign:
    """Whether the file's values are smaller (one-sided test of Kolmogorov and Smirnov)."""
    test = stats.ks_2samp(file, exam, alternative="greater", method="asymp")
    size = float(test.statistic)
    return Sign(
        name,
        float(np.median(exam)),
        float(np.median(file)),
        size,
        float(test.pvalue),
        size >= _LEAST_DISTANCE,
    )


def _mix(exam: Sequence[str], file: Sequence[str]) -> Sign:
    """Whether rows are spread over the categories in another way (chi-squared)."""
    then, now = Counter(exam), Counter(file)
    names = sorted({*then, *now})
    counts = np.array([[side[name] for name in names] for side in (then, now)], float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    moved = int(np.abs(shares[1] - shares[0]).argmax())
    size = float(np.abs(shares[1] - shares[0]).sum() / 2)
    table = _pooled(counts)
    p = float(stats.chi2_contingency(table, correction=False).pvalue) if len(table[0]) > 1 else 1.0
    return Sign(
        MIX,
        float(shares[0, moved]),
        float(shares[1, moved]),
        size,
        p,
        size >= _LEAST_DISTANCE,
        names[moved],
    )


def _pooled(counts: Numbers) -> Numbers:
    """The counts (2, categories) with those of rare categories added up, as the test needs it."""
    expected = counts.sum(axis=0) * counts.sum(axis=1).min() / counts.sum()
    rare = expected < _EXPECTED
    rest = counts[:, rare].sum(axis=1, keepdims=True)
    found = np.hstack([counts[:, ~rare], rest]) if rest.sum() else counts
    return found[:, found.sum(axis=0) > 0]


@dataclass(frozen=True)
class Change:
    """How a score of the file compares with the exam's."""

    exam: float
    file: float
    low: float
    high: float
    """The 95 % interval of the file's score less the exam's."""
    category: str = ""
    """The category that it is the score of; empty for that of all rows."""
    rows: int = 0
    certain: bool = False
    """Whether it is more than chance; of a category, all of them being looked at."""
    sign: float = 1.0
    """-1 where a smaller score is better."""

    @property
    def gain(self) -> float:
        """How much better the file's score is; negative is worse."""
        return self.sign * self.difference

    @property
    def difference(self) -> float:
        """The file's score less the exam's."""
        return self.file - self.exam


def score_change(
    exam: Numbers,
    file: Numbers,
    *,
    is_share: bool,
    by_turns: bool,
    sign: float = 1.0,
    top: float = 100.0,
) -> Change:
    """The change of the score of all rows; by turns the exam's rows each tell less.

    Args:
        sign: -1 where smaller is better.
        top: the largest score that a row can have.
    """
    low, high = difference_interval(
        file, exam, is_share=is_share, second_spread=SPREAD if by_turns else 1.0, top=top
    )
    return Change(
        float(exam.mean()),
        float(file.mean()),
        low,
        high,
        rows=len(file),
        certain=low > 0 or high < 0,
        sign=sign,
    )


def category_changes(exam: pd.DataFrame, file: pd.DataFrame, *, by_turns: bool) -> list[Change]:
    """The change of each category's share of right answers, the largest loss first.

    Args:
        exam, file: judged rows with `expected` and `right_tuned`.
    """
    then, now = (_by_category(side) for side in (exam, file))
    found, p_values = [], []
    for name in then.keys() & now.keys():
        if min(len(then[name]), len(now[name])) < _FEWEST:
            continue
        change = score_change(then[name], now[name], is_share=True, by_turns=by_turns)
        found.append((name, change))
        p_values.append(_p_of(then[name], now[name], by_turns))
    holds = holm(p_values, ALPHA)
    changes = [
        Change(one.exam, one.file, one.low, one.high, name, one.rows, is_sure)
        for (name, one), is_sure in zip(found, holds, strict=True)
    ]
    return sorted(changes, key=lambda one: (not one.certain, one.difference, one.category))


def _by_category(rows: pd.DataFrame) -> dict[str, Numbers]:
    grouped = rows.groupby("expected")["right_tuned"]
    return {str(name): right.to_numpy(float) for name, right in grouped}


def _p_of(exam: Numbers, file: Numbers, by_turns: bool) -> float:
    table = [[side.sum(), len(side) - side.sum()] for side in (file, exam)]
    if by_turns:
        table[1] = [round(count / SPREAD) for count in table[1]]
    return float(stats.fisher_exact(np.rint(table).astype(int)).pvalue)
