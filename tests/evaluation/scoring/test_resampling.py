"""Coverage over thousands of trials is printed by scripts/evaluation/bench_intervals.py."""

import numpy as np
import pytest

from workbench.evaluation.scoring.resampling import (
    MOST_ROWS,
    difference_error,
    difference_interval,
    exchange_test,
    interval,
)
from workbench.evaluation.scoring.sums import Sums, macro_f1_sums, mean_sums


def _drawn(n: int, mean: float, seed: int = 1) -> Sums:
    return mean_sums(np.random.default_rng(seed).normal(mean, 1.0, n))


def test_an_interval_of_a_mean_is_that_of_student() -> None:
    for n in (20, 400):
        sums = _drawn(n, 3.0)
        half = sums.rows[:, 0].std(ddof=1) / n**0.5 * {20: 2.093, 400: 1.966}[n]
        low, high = interval(sums)
        assert (low, high) == pytest.approx((sums.score - half, sums.score + half), rel=0.05)


def test_many_rows_are_drawn_in_groups_and_spread_alike() -> None:
    sums = mean_sums(np.sort(np.random.default_rng(1).normal(0, 1.0, 10 * MOST_ROWS)))
    low, high = interval(sums)
    assert high - low == pytest.approx(2 * 1.96 / (10 * MOST_ROWS) ** 0.5, rel=0.08)


def test_scores_that_never_differ_have_no_spread() -> None:
    assert interval(mean_sums([1.0] * 30)) == (1.0, 1.0)
    assert interval(mean_sums([0.4])) == (0.4, 0.4)
    with pytest.raises(ValueError, match="at least one row"):
        interval(mean_sums([]))


def test_rows_that_hang_together_tell_less() -> None:
    sums = _drawn(200, 0.0)
    (low, high), (lower, higher) = interval(sums), interval(sums, spread=4.0)
    assert (higher - lower) == pytest.approx(2 * (high - low))


def test_a_difference_is_told_row_by_row() -> None:
    """The rows differ much from each other, and hardly in how far one model is ahead."""
    first = _drawn(100, 0.2)
    second = mean_sums(first.rows[:, 0] - 0.2 + np.random.default_rng(2).normal(0, 0.1, 100))
    low, high = difference_interval(first, second)
    assert 0.17 < low < 0.2 < high < 0.23
    assert difference_error(first, second) == pytest.approx(0.01, rel=0.2)
    assert exchange_test(first, second) == pytest.approx(1 / 2001)


def test_equal_models_are_not_told_apart() -> None:
    first, second = _drawn(100, 0.0, seed=1), _drawn(100, 0.0, seed=2)
    assert exchange_test(first, second) > 0.2
    assert exchange_test(first, first) == 1.0


def test_the_exchange_test_is_students_for_means() -> None:
    rng = np.random.default_rng(4)
    gains = rng.normal(0.2, 1.0, 100)
    from scipy.stats import ttest_1samp

    found = exchange_test(mean_sums(gains), mean_sums(np.zeros(100)))
    assert found == pytest.approx(ttest_1samp(gains, 0.0).pvalue, abs=0.02)
    assert exchange_test(mean_sums(gains), mean_sums(np.zeros(100)), spread=1.3) > found


def test_only_the_same_rows_are_compared() -> None:
    with pytest.raises(ValueError, match="the same rows"):
        exchange_test(mean_sums([1.0]), mean_sums([1.0, 2.0]))


def test_the_same_exam_has_the_same_interval_every_time() -> None:
    sums = macro_f1_sums(list("aabbcc") * 9, list("aabcca") * 9)
    assert interval(sums) == interval(sums)
