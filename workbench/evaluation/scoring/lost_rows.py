"""Whether a group of rows became worse by more than chance, several groups being looked at."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.intervals import DIFFERENCE_SPREAD

ALPHA = 0.05
"""How often, at most, some group may seem worse where none is."""


def loss_by_chance(broken: int, mended: int, *, by_turns: bool = False) -> tuple[float, float]:
    """How likely chance alone breaks so many more rows than it mends, and how likely it breaks all
    that changed: no result could be less likely.

    The one-sided exact McNemar test (Fagerland, Lydersen and Laake 2013, BMC Med. Res. Methodol.
    13:91), for rows that were asked by turns with fewer of them (`intervals.DIFFERENCE_SPREAD`).
    """
    if by_turns:
        broken, mended = round(broken / DIFFERENCE_SPREAD), round(mended / DIFFERENCE_SPREAD)
    n = broken + mended
    tail = sum(math.comb(n, k) for k in range(broken, n + 1))
    return tail / 2**n, 1 / 2**n


def mean_loss_by_chance(gains: npt.NDArray[np.float64]) -> float:
    """How likely chance alone makes the mean of `gains` as low, for scores that are not yes or no.

    By the normal distribution of a mean; 1 where there are no two rows, or no loss.
    """
    if len(gains) < 2 or gains.mean() >= 0:
        return 1.0
    deviation = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    if deviation == 0.0:
        return 0.0
    return 0.5 * math.erfc(-float(gains.mean()) / deviation / math.sqrt(2))


def level(least: Sequence[float]) -> float:
    """What a group's probability must not exceed, so that with all of them the error stays below
    `ALPHA`.

    Bonferroni's correction, but only for as many groups as could show anything at all: those whose
    least possible probability is small enough (Tarone 1990, Biometrics 46:515–522).

    Args:
        least: of each group, the least probability that it could have shown; 0 where there is none.
    """
    for number in range(1, len(least) + 1):
        if sum(one <= ALPHA / number for one in least) <= number:
            return ALPHA / number
    return ALPHA
