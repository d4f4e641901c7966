import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from workbench.evaluation.scoring.paired import (
    holm,
    needed_for_means,
    needed_for_shares,
    tango_interval,
)


def _score_by_search(b: int, c: int, n: int, d: float) -> float:
    """Tango's statistic with the likeliest nuisance share found by a search."""

    def unlikely(q: float) -> float:
        return -(b * math.log(q + d) + c * math.log(q) + (n - b - c) * math.log(1 - 2 * q - d))

    bounds = (max(0, -d) + 1e-9, (1 - d) / 2 - 1e-9)
    q = minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
    return (b - c - n * d) / math.sqrt(n * (2 * q + d * (1 - d)))


@pytest.mark.parametrize(("b", "c", "n"), [(10, 5, 100), (3, 9, 40), (60, 20, 500)])
def test_the_ends_are_where_the_score_is_1_96(b: int, c: int, n: int) -> None:
    low, high = tango_interval(b, c, n)
    assert _score_by_search(b, c, n, low) == pytest.approx(1.96, abs=1e-3)
    assert _score_by_search(b, c, n, high) == pytest.approx(-1.96, abs=1e-3)


def test_models_that_always_agree_may_still_differ_a_little() -> None:
    low, high = tango_interval(0, 0, 50)
    z2 = 1.959963984540054**2
    assert (low, high) == pytest.approx((-z2 / (50 + z2), z2 / (50 + z2)), abs=1e-6)


def test_one_that_is_always_better_is_so_without_doubt() -> None:
    low, high = tango_interval(20, 0, 20)
    assert low > 0.5
    assert high == pytest.approx(1.0)


def test_holm_enlarges_the_smallest_most_and_keeps_their_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_connors_number_of_questions() -> None:
    """By hand: (1.96 * sqrt(0.2) + 0.8416 * sqrt(0.2 - 0.01))^2 / 0.01."""
    assert needed_for_shares(0.1, 0.2) == pytest.approx(154.6, abs=0.1)
    assert needed_for_shares(0.0, 0.2) == math.inf
    assert needed_for_means(0.5, 1.0) == pytest.approx(31.4, abs=0.1)
    assert needed_for_means(0.5, 1.0, 0.025) > needed_for_means(0.5, 1.0)


def test_with_so_many_questions_four_of_five_exams_show_the_gain() -> None:
    n = math.ceil(needed_for_shares(0.06, 0.14))
    rng = np.random.default_rng(3)
    drawn = rng.multinomial(n, [0.10, 0.04, 0.86], 400)
    shown = [binomtest(int(b), int(b + c)).pvalue < 0.05 for b, c, _ in drawn if b + c]
    assert np.mean(shown) == pytest.approx(0.78, abs=0.06)  # the exact test is a little careful
