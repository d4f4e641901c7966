"""What a chosen threshold is reported by."""

import numpy as np

from workbench.evaluation.scoring.choosing import PRACTICE, TURNS, Choice
from workbench.evaluation.scoring.deferral import Judged, Prices, cross_fitted, deferral

PRICES = Prices(100, 1)


def drawn(rows: int, seed: int = 3) -> Judged:
    rng = np.random.default_rng(seed)
    sure = rng.beta(8, 0.5, rows)
    return Judged(sure, rng.random(rows) < 0.55 + 0.4 * sure**4)


def test_by_turns_the_shares_take_in_those_of_the_threshold_itself() -> None:
    rows, turns = drawn(400), np.arange(400) % 5
    choice = Choice(TURNS, rows, rows, turns)
    limit = choice.cheapest(PRICES)
    found = choice.report(limit, PRICES)
    others = deferral(rows, cross_fitted(rows, turns, PRICES), PRICES)
    itself = deferral(rows, limit, PRICES)
    assert others.right is not None
    assert itself.right is not None
    assert found.right is not None
    assert found.right.value == others.right.value != itself.right.value
    assert found.right.low == min(others.right.low, itself.right.low)
    assert found.right.high == max(others.right.high, itself.right.high)
    assert found.alone.low == min(others.alone.low, itself.alone.low)
    assert found.cost == others.cost


def test_another_threshold_than_the_chosen_one_is_reported_as_it_is() -> None:
    rows, turns = drawn(400), np.arange(400) % 5
    choice = Choice(TURNS, rows, rows, turns)
    limit = choice.cheapest(PRICES) / 2
    assert choice.report(limit, PRICES) == deferral(rows, limit, PRICES)


def test_practice_questions_choose_and_the_exam_reports() -> None:
    practice, exam = drawn(200, 1), drawn(400, 2)
    choice = Choice(PRACTICE, practice, exam)
    limit = choice.cheapest(PRICES)
    assert choice.report(limit, PRICES) == deferral(exam, limit, PRICES)
