"""Thresholds: what they give is counted by hand, and promised costs are kept."""

import numpy as np
import pytest

from workbench.evaluation.scoring import deferral
from workbench.evaluation.scoring.deferral import Judged, Prices, cheapest, cross_fitted, curve
from workbench.evaluation.scoring.intervals import by_turns_interval, wilson_interval

PRICES = Prices(error=10.0, check=1.0)


def judged(pairs: list[tuple[float, bool]], spread: float = 1.0) -> Judged:
    sure, right = zip(*pairs, strict=True)
    return Judged(np.array(sure, float), np.array(right, bool), spread)


SOME = judged([(0.9, True), (0.8, True), (0.7, False), (0.7, True), (0.2, False)])


def test_each_threshold_is_counted() -> None:
    found = curve(SOME, PRICES, np.array([0.0, 0.2, 0.7, 0.85, 1.0]))
    assert found.alone.tolist() == [1.0, 0.8, 0.4, 0.2, 0.0]
    assert found.right[:4] == pytest.approx([0.6, 0.75, 1.0, 1.0])
    assert np.isnan(found.right[4])
    # Of 100 texts: 40 errors; 20 errors and 20 checks; 60 checks; 80; 100.
    assert found.cost == pytest.approx([400.0, 220.0, 60.0, 80.0, 100.0])


def test_the_cheapest_lies_between_the_answers_that_it_parts() -> None:
    assert cheapest(SOME, PRICES) == pytest.approx(0.75, abs=0.001)
    assert 0.2 <= cheapest(SOME, Prices(error=1.0, check=0.9)) < 0.7
    assert cheapest(SOME, Prices(error=0.0, check=1.0)) < 0.2


def test_one_that_is_always_right_is_left_alone_and_one_never_right_never() -> None:
    sure = [(share / 10, True) for share in range(1, 10)]
    assert cheapest(judged(sure), PRICES) < 0.1
    assert cheapest(judged(sure), Prices(error=10.0, check=0.0)) < 0.1, (
        "it costs nothing either way"
    )
    wrong = judged([(share, False) for share, _ in sure])
    assert cheapest(wrong, PRICES) >= 0.9
    assert deferral.deferral(wrong, 0.95, PRICES).right is None
    assert deferral.deferral(wrong, 0.95, PRICES).cost.value == 100.0


def test_answers_that_are_equally_sure_are_parted_by_no_threshold() -> None:
    alike = judged([(0.5, True)] * 9 + [(0.5, False)])
    assert set(np.round(curve(alike, PRICES).alone, 6)) == {0.0, 1.0}
    assert cheapest(alike, Prices(error=10.0, check=2.0)) < 0.5
    assert cheapest(alike, Prices(error=10.0, check=0.5)) >= 0.5


def test_the_surest_are_told_apart_and_the_ends_mean_all_and_none() -> None:
    found = curve(judged([(0.99955, True), (1.0, True), (0.0001, False)]), PRICES)
    assert (found.threshold[0], found.threshold[-1]) == (0.0, 1.0)
    assert (found.alone[0], found.alone[-1]) == (1.0, 0.0)
    assert 1 / 3 in found.alone


def test_a_report_has_the_shares_with_their_intervals() -> None:
    found = deferral.deferral(SOME, 0.75, PRICES)
    assert (found.rows, found.alone.value, found.by_hand) == (5, 0.4, 100.0)
    assert (found.alone.low, found.alone.high) == pytest.approx(wilson_interval(2, 5))
    assert found.right is not None
    assert (found.right.low, found.right.high) == pytest.approx(wilson_interval(2, 2))
    assert (found.cost.value, found.all_alone.value, found.saved.value) == (60.0, 400.0, 340.0)
    assert found.cost.low < 60.0 < found.cost.high
    assert found.saved.low < 340.0 < found.saved.high
    assert found.to_a_person.value == pytest.approx(60.0)
    assert found.to_a_person.low == pytest.approx(100 * (1 - found.alone.high))


def test_no_error_seen_is_no_promise_of_none() -> None:
    found = deferral.deferral(judged([(0.9, True)] * 40), 0.5, PRICES)
    assert found.cost.value == 0.0
    assert found.cost.high > 1.0
    assert found.right is not None
    assert found.right.low < 0.95


def test_rows_that_were_asked_by_turns_have_wider_intervals() -> None:
    rows = [(0.9, True)] * 60 + [(0.9, False)] * 20 + [(0.1, False)] * 20
    apart, turns = (deferral.deferral(judged(rows, s), 0.5, PRICES) for s in (1.0, 1.8))
    assert (turns.alone.low, turns.alone.high) == pytest.approx(by_turns_interval(80, 100))
    assert turns.cost.value == apart.cost.value
    assert turns.cost.high - turns.cost.low > 1.2 * (apart.cost.high - apart.cost.low)


def test_each_turn_gets_the_threshold_of_the_others() -> None:
    rows = judged([(0.9, True), (0.3, False), (0.9, True), (0.7, False)])
    turns = np.array([0, 0, 1, 1])
    chosen = cross_fitted(rows, turns, PRICES)
    assert 0.7 <= chosen[0] == chosen[1] < 0.9
    assert 0.3 <= chosen[2] == chosen[3] < 0.7
    # The second turn's error is let through by the first turn's threshold.
    assert deferral.deferral(rows, chosen, PRICES).cost.value == pytest.approx(100 * 11 / 4)
    with pytest.raises(ValueError, match="two at least"):
        cross_fitted(rows, np.zeros(4, int), PRICES)


def test_nothing_is_told_of_nothing_and_no_price_is_below_nought() -> None:
    nobody = judged([(0.5, True)]).part(np.array([False]))
    with pytest.raises(ValueError, match="at least one row"):
        curve(nobody, PRICES)
    with pytest.raises(ValueError, match="at least one row"):
        deferral.deferral(nobody, 0.5, PRICES)
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="price"):
            Prices(wrong, 1.0)


def test_the_promised_cost_is_kept() -> None:
    """A threshold chosen on some rows, reported on others; what it costs is known from many."""
    rng = np.random.default_rng(3)

    def drawn(n: int) -> Judged:
        sure = rng.beta(5, 1, n)
        return Judged(sure, rng.random(n) < sure)

    many = curve(drawn(400_000), PRICES)
    kept = 0
    for _ in range(100):
        threshold = cheapest(drawn(80), PRICES)
        cost = deferral.deferral(drawn(200), threshold, PRICES).cost
        kept += cost.low <= np.interp(threshold, many.threshold, many.cost) <= cost.high
    assert 90 <= kept <= 99
