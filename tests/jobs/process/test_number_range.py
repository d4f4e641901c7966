"""What a model knows of its numbers: estimates kept in range, ranges around them, written and read."""

import pytest

from workbench.jobs.process.number_range import NumberRange

STARS = NumberRange(middle=4.0, scale=1.0, low=1.0, high=5.0, places=2, is_score=True, width=0.75)
PRICES = NumberRange(middle=100.0, scale=50.0, low=0.0, high=900.0, places=1, width=120.0)


def test_an_estimate_is_rounded_to_a_step_beside_the_exact_one() -> None:
    found = STARS.estimate(-0.34)
    assert (found.value, found.rounded, found.outside) == (3.66, 4.0, None)
    assert (found.low, found.high) == (2.91, 4.41)


def test_an_estimate_stays_within_what_was_seen_and_says_so() -> None:
    found = STARS.estimate(2.5)
    assert (found.value, found.outside) == (5.0, 6.5)
    assert (found.low, found.high) == (4.25, 5.0)


def test_a_range_goes_below_nothing_only_where_numbers_did() -> None:
    assert PRICES.estimate(-1.0)[:4] == (50.0, 0.0, 170.0, None)
    debts = NumberRange(middle=0.0, scale=50.0, low=-90.0, high=900.0, width=120.0)
    assert debts.estimate(1.0).low == -70.0


def test_without_enough_rows_no_range_is_told() -> None:
    bare = NumberRange(middle=0.0, scale=1.0, low=-9.0, high=9.0, places=1)
    assert bare.estimate(1.0)[:3] == (1.0, None, None)


@pytest.mark.parametrize("known", [STARS, PRICES])
def test_it_is_kept_with_the_model(known: NumberRange) -> None:
    assert NumberRange.from_dict(known.as_dict()) == known
