"""Intervals and tests against published numbers."""

import numpy as np
import pytest

from workbench.evaluation.scoring.intervals import (
    by_turns_interval,
    mcnemar,
    mcnemar_by_turns,
    mean_interval,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(
    right: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(right, n) == pytest.approx((low, high), abs=5e-5)


def test_a_perfect_score_leaves_room_for_doubt() -> None:
    low, high = wilson_interval(12, 12)
    assert low == pytest.approx(0.7575, abs=5e-5)
    assert high == 1


def test_mcnemar_is_the_published_one() -> None:
    """Fagerland, Lydersen, Laake 2013, table 1: 1 against 7 discordant pairs, exact p = 0.070."""
    assert mcnemar(1, 7) == mcnemar(7, 1) == pytest.approx(18 / 256)


@pytest.mark.parametrize(("first", "second", "p_value"), [(0, 0, 1), (5, 5, 1), (0, 6, 1 / 32)])
def test_mcnemar_by_hand(first: int, second: int, p_value: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p_value)


def test_mcnemar_of_a_large_exam_does_not_overflow() -> None:
    assert mcnemar(1500, 1540) == pytest.approx(0.479, abs=5e-3)
    assert mcnemar(500, 2500) < 1e-300


def test_bootstrap_agrees_with_the_normal_interval_and_repeats() -> None:
    values = np.random.default_rng(7).normal(10, 4, 900)
    low, high = mean_interval(values)
    half = 1.96 * values.std() / 30
    assert (high - low) / 2 == pytest.approx(half, rel=0.08)
    assert (high + low) / 2 == pytest.approx(values.mean(), abs=0.05)
    assert mean_interval(values) == (low, high)


def test_large_exams_are_drawn_in_batches_of_the_same_spread() -> None:
    values = np.random.default_rng(7).normal(0, 1, 10_000)
    low, high = mean_interval(values)
    assert high - low == pytest.approx(2 * 1.96 / 100, rel=0.1)


@pytest.mark.parametrize(
    "interval", [lambda: wilson_interval(0, 0), lambda: mean_interval(np.empty(0))]
)
def test_nothing_follows_from_no_questions(interval: object) -> None:
    with pytest.raises(ValueError, match="at least one question"):
        interval()  # type: ignore[operator]


def test_rows_asked_by_turns_tell_less_than_as_many_put_aside_and_more_than_a_tenth() -> None:
    low, high = by_turns_interval(240, 320)
    alone, tenth = wilson_interval(240, 320), wilson_interval(24, 32)
    assert low < alone[0] < 0.75 < alone[1] < high
    assert high - low < 0.5 * (tenth[1] - tenth[0])
    with pytest.raises(ValueError, match="at least one"):
        by_turns_interval(0, 0)


def test_a_difference_by_turns_needs_more_rows_to_be_certain() -> None:
    assert mcnemar(4, 13) < 0.05 < mcnemar_by_turns(4, 13)
    assert mcnemar_by_turns(3, 40) < 0.001
