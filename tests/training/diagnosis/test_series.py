"""What is told of a noisy series."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import kendalltau

from workbench.training.diagnosis.series import lies_below, noise, smoothed, trend


def _score(values: tuple[int, ...]) -> int:
    return sum((b > a) - (b < a) for a, b in itertools.combinations(values, 2))


def test_of_few_numbers_the_trends_chance_is_exact() -> None:
    for number in (2, 3, 4, 5):
        orders = [*itertools.permutations(range(number))]
        scores = [_score(order) for order in orders]
        for order, score in zip(orders, scores, strict=True):
            as_steady = sum(other >= score for other in scores)
            assert trend(order) == pytest.approx(as_steady / len(orders))
    assert trend(range(7)) == pytest.approx(1 / math.factorial(7))


def test_of_many_it_is_kendalls() -> None:
    values = np.random.default_rng(3).normal(size=40) + np.arange(40) / 30
    expected = kendalltau(range(40), values, alternative="greater", method="exact").pvalue
    assert trend(values.tolist()) == pytest.approx(expected, abs=0.01)
    assert trend([1.0] * 40) > 0.45
    assert trend([3.0]) == 1.0


def test_noise_is_what_is_left_without_the_slow_movement() -> None:
    rng = np.random.default_rng(4)
    slope = np.linspace(5, 1, 400)
    assert noise((slope + rng.normal(0, 0.2, 400)).tolist()) == pytest.approx(0.2, rel=0.15)
    assert noise(slope.tolist()) == pytest.approx(0, abs=1e-9)
    assert noise([1.0] * 5) is None


def test_below_is_beyond_the_error_of_the_means() -> None:
    assert lies_below([1.0, 1.1, 0.9], [2.0, 2.1, 1.9])
    assert not lies_below([1.0, 2.1, 0.2], [1.1, 2.2, 0.4])
    assert not lies_below([1.0], [2.0, 2.0])


def test_medians_of_several_in_a_row() -> None:
    assert smoothed([1, 9, 2, 3, 4], 3) == [2, 3, 3]
