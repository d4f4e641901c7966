"""Votes that may be looked at at any time."""

import math
import random

import pytest
from scipy.special import beta

from workbench.evaluation.scoring.sequential import (
    ALPHA,
    Tally,
    decided,
    evidence,
    fewest_votes,
    interval,
    tally,
)


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (3, 0), (7, 2), (40, 38)])
@pytest.mark.parametrize("share", [0.5, 0.3, 0.9])
def test_the_evidence_is_the_mixtures_likelihood_over_the_shares(
    wins: int, losses: int, share: float
) -> None:
    by_hand = beta(1 + wins, 1 + losses) / (share**wins * (1 - share) ** losses)
    assert evidence(wins, losses, share) == pytest.approx(by_hand)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75])
def test_it_is_a_fair_bet_where_the_share_is_true(share: float) -> None:
    """The next vote neither adds to it nor takes from it, on average."""
    for wins, losses in ((0, 0), (2, 5), (10, 3)):
        after = share * evidence(wins + 1, losses, share)
        after += (1 - share) * evidence(wins, losses + 1, share)
        assert after == pytest.approx(evidence(wins, losses, share))


def test_the_interval_ends_where_the_evidence_does() -> None:
    low, high = interval(14, 6)
    assert low < 14 / 20 < high
    for end in (low, high):
        assert evidence(14, 6, end) == pytest.approx(1 / ALPHA, rel=1e-6)


def test_the_interval_without_votes_or_of_one_kind() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(30, 0)
    assert high == 1.0
    assert 0.8 < low < 1
    assert interval(0, 30) == (0.0, pytest.approx(1 - low))


def test_it_narrows_with_the_votes_and_is_wider_than_one_for_a_single_look() -> None:
    from workbench.evaluation.scoring.intervals import wilson_interval

    widths = [high - low for low, high in (interval(6 * n, 4 * n) for n in (1, 10, 100))]
    assert widths == sorted(widths, reverse=True)
    low, high = wilson_interval(60, 100)
    assert widths[1] > high - low


def test_it_is_decided_when_a_half_leaves_the_interval_and_stays_so() -> None:
    votes = [1] * fewest_votes()
    assert decided(votes) == len(votes) == 8
    assert decided(votes[:-1]) is None
    assert decided([-vote for vote in votes]) == len(votes)
    assert decided([*votes, *[-1] * 50]) == len(votes)
    assert decided([0] * 500) is None
    assert decided([1, 0] * 8) == 15
    wins = fewest_votes()
    assert interval(wins, 0)[0] > 0.5 > interval(wins - 1, 0)[0]


def test_who_sees_no_difference_counts_for_neither() -> None:
    found = tally([1, 1, -1, 0])
    assert found == Tally(2, 1, 1)
    assert found.share == pytest.approx(2 / 3)
    assert tally([0]).share is None


def test_many_votes_overflow_nothing() -> None:
    assert math.isfinite(evidence(5_000, 5_000))
    assert evidence(100_000, 0) == math.inf or evidence(100_000, 0) > 1e300
    low, high = interval(50_000, 50_000)
    assert 0.48 < low < 0.5 < high < 0.52


def test_its_error_stays_below_its_bound_however_often_one_looks() -> None:
    """Four hundred trials of two that are alike, looked at after every vote."""
    rng = random.Random(1)
    wrong = sum(decided([rng.choice((1, -1)) for _ in range(120)]) is not None for _ in range(400))
    assert wrong / 400 <= ALPHA
