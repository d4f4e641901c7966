"""Scores of pairs of answers."""

import pandas as pd
import pytest

from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.by_task.pairs import PairLikelihoods
from workbench.evaluation.scoring.row_scores import score_rows

BEFORE = PairLikelihoods([-1.0, -2.0, -1.0, -3.0], [-2.0, -1.0, -0.5, -1.0])
AFTER = PairLikelihoods([-0.5, -1.5, -1.0, -2.0], [-3.0, -2.0, -0.5, -1.5])


def answers() -> pd.DataFrame:
    """Four pairs; a picks the better answer, b the worse one."""
    table = {"row_id": range(1, 5), "input": ["q"] * 4, "expected": ["better"] * 4}
    for who, own in (("base", BEFORE), ("tuned", AFTER)):
        table[who] = ["better" if right else "worse" for right in own.prefers_better]
        table |= own.columns(who)
    return score_rows(pd.DataFrame(table), "preferences")


def test_the_share_the_margin_and_how_far_it_moved_are_told() -> None:
    told = {score.name: score for score in all_scores("preferences", answers(), "tuned", {})}
    assert told["preferred"].value == 0.5
    assert (told["preferred"].low, told["preferred"].high) == (
        pytest.approx(0.150, abs=1e-3),
        pytest.approx(0.850, abs=1e-3),
    )
    assert told["margin"].value == pytest.approx((2.5 + 0.5 - 0.5 - 0.5) / 4)
    assert told["better_moved"].value == pytest.approx((0.5 + 0.5 + 0.0 + 1.0) / 4)
    assert told["worse_moved"].value == pytest.approx((-1.0 - 1.0 + 0.0 - 0.5) / 4)
    assert told["moved_right"].value == 0.75
    before = [score.name for score in all_scores("preferences", answers(), "base", {})]
    assert before == ["preferred", "margin"]


def test_what_it_started_from_is_what_it_moved_from() -> None:
    table = answers().assign(**AFTER.columns("parent"), parent=["better"] * 4)
    told = {score.name: score.value for score in all_scores("preferences", table, "tuned", {})}
    assert told["better_moved"] == told["worse_moved"] == 0.0


def test_equally_likely_answers_are_not_told_apart() -> None:
    assert PairLikelihoods([-1.0], [-1.0]).prefers_better == [False]
