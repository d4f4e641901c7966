"""Bins of equal mass and the calibration error, counted by hand."""

import numpy as np
import pytest

from workbench.evaluation.scoring.intervals import wilson_interval
from workbench.evaluation.scoring.reliability import bins, calibration_error

SURE = np.array([0.9, 0.6, 0.7, 0.5])
RIGHT = np.array([True, False, True, True])


def test_bins_hold_as_many_answers_each_the_least_sure_first() -> None:
    low, high = bins(SURE, RIGHT, 2)
    assert (low.answers, low.sure, low.right) == (2, pytest.approx(0.55), 0.5)
    assert (high.answers, high.sure, high.right) == (2, pytest.approx(0.8), 1.0)
    assert (low.low, low.high) == pytest.approx(wilson_interval(1, 2))
    assert calibration_error([low, high]) == pytest.approx((0.05 + 0.2) / 2)


def test_answers_of_one_sureness_stay_together() -> None:
    (only,) = bins(np.full(20, 0.8), np.arange(20) < 16)
    assert (only.answers, only.right) == (20, 0.8)
    assert calibration_error([only]) == pytest.approx(0.0)
    sure = np.array([0.2] * 5 + [0.9] * 15)
    assert [own.answers for own in bins(sure, sure > 0.5, 10)] == [5, 15]


def test_as_many_bins_as_asked_where_all_differ() -> None:
    sure = np.random.default_rng(0).random(3000)
    found = bins(sure, np.random.default_rng(1).random(3000) < sure)
    assert [own.answers for own in found] == [300] * 10
    assert calibration_error(found) < 0.05
    wide = bins(sure, sure > 0.5, spread=1.8)
    assert wide[0].high > bins(sure, sure > 0.5)[0].high


def test_no_answers_make_no_bins() -> None:
    assert bins(np.array([]), np.array([], bool)) == []
    with pytest.raises(ValueError, match="at least one answer"):
        calibration_error([])
