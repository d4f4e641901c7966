"""Groups that became worse: found where they did, and hardly ever where they did not."""

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.scoring.lost_rows import (
    ALPHA,
    level,
    loss_by_chance,
    mean_loss_by_chance,
)


@pytest.mark.parametrize(("broken", "mended"), [(0, 0), (5, 0), (7, 2), (1, 6), (40, 22)])
def test_the_test_is_the_binomial_one(broken: int, mended: int) -> None:
    n = broken + mended
    expected = stats.binomtest(broken, n, alternative="greater").pvalue if n else 1.0
    p, least = loss_by_chance(broken, mended)
    assert p == pytest.approx(expected)
    assert least == pytest.approx(0.5**n)


def test_rows_by_turns_tell_less() -> None:
    assert loss_by_chance(13, 0, by_turns=True) == loss_by_chance(10, 0)


def test_a_mean_loss_is_that_of_the_normal_distribution() -> None:
    gains = np.random.default_rng(1).normal(-2, 10, 400)
    z = gains.mean() / (gains.std(ddof=1) / 20)
    assert mean_loss_by_chance(gains) == pytest.approx(stats.norm.cdf(z))
    assert mean_loss_by_chance(-gains) == 1.0
    assert mean_loss_by_chance(np.full(5, -1.0)) == 0.0
    assert mean_loss_by_chance(np.array([-9.0])) == 1.0


def test_the_level_counts_only_groups_that_could_show_anything() -> None:
    """By hand: 0.5^n of 77 groups of which 3 have 8 changed rows and the others 2."""
    assert level([0.5**8] * 3 + [0.5**2] * 74) == ALPHA / 3
    assert level([0.5**2] * 77) == ALPHA
    assert level([0.0] * 10) == ALPHA / 10
    assert level([]) == ALPHA


@pytest.mark.parametrize(("groups", "rows"), [(77, 40), (8, 20)])
def test_where_nothing_is_worse_hardly_anything_is_found(groups: int, rows: int) -> None:
    """And a group that lost a quarter of its rows is."""
    rng, trials, alarms, found = np.random.default_rng(20_261_129), 400, 0, 0
    for _ in range(trials):
        broken, mended = rng.binomial(rows, 0.04, (2, groups))
        told = [loss_by_chance(int(b), int(m)) for b, m in zip(broken, mended, strict=True)]
        limit = level([least for _, least in told])
        alarms += any(p <= limit for p, _ in told)
        told[0] = loss_by_chance(int(broken[0]) + rows // 2, int(mended[0]))
        found += told[0][0] <= level([least for _, least in told])
    assert alarms / trials <= ALPHA + 0.02
    assert found / trials > 0.95
