"""Scores of numbers: scikit-learn's and SciPy's, with intervals, and which answers are near enough."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score

from workbench.core.metrics import METRICS
from workbench.core.tasks import REGRESSION
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.by_task.numbers import errors, numbers_in, scores_of
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.evaluation.scoring.text_scores import text_scores

rng = np.random.default_rng(5)
WANTED = np.round(rng.gamma(2.0, 400.0, 300), 2)
GIVEN = np.round(WANTED * 0.7 + rng.normal(200, 150, 300), 2)


def _answers(wanted: np.ndarray, **given: np.ndarray) -> pd.DataFrame:
    columns = {name: [str(value) for value in own] for name, own in given.items()}
    frame = pd.DataFrame({"row_id": range(len(wanted)), "input": "a", **columns})
    return score_rows(frame.assign(expected=[str(value) for value in wanted]), REGRESSION.name)


def test_they_are_those_of_scikit_learn_and_scipy() -> None:
    texts = [str(value) for value in WANTED], [str(value) for value in GIVEN]
    found = text_scores(REGRESSION.name, *texts)
    assert found["mae"] == pytest.approx(mean_absolute_error(WANTED, GIVEN))
    assert found["r2"] == pytest.approx(r2_score(WANTED, GIVEN))
    assert found["spearman"] == pytest.approx(spearmanr(WANTED, GIVEN).statistic)
    assert found["within"] == pytest.approx((np.abs(WANTED - GIVEN) <= 200).mean())


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_they_hold_for_very_small_and_very_large_numbers(scale: float) -> None:
    found = scores_of(WANTED * scale, GIVEN * scale)
    assert found["mae"] == pytest.approx(mean_absolute_error(WANTED, GIVEN) * scale)
    assert found["r2"] == pytest.approx(r2_score(WANTED, GIVEN))


def test_ties_share_their_ranks_and_a_constant_has_no_order() -> None:
    wanted = np.array([1.0, 2.0, 2.0, 3.0, 5.0])
    given = np.array([1.0, 1.0, 2.0, 4.0, 4.0])
    assert scores_of(wanted, given)["spearman"] == pytest.approx(spearmanr(wanted, given).statistic)
    constant = scores_of(wanted, np.full(5, 2.0))
    assert constant["spearman"] == 0.0
    assert constant["r2"] == pytest.approx(r2_score(wanted, np.full(5, 2.0)))
    assert scores_of(np.full(3, 2.0), np.full(3, 2.0))["r2"] == 1.0


def test_of_a_score_one_step_off_is_near_enough() -> None:
    found = _answers(np.array([1, 2, 3, 4, 5]), tuned=np.array([2.0, 2.4, 4.5, 4.0, 3.9]))
    assert found["mae_tuned"].tolist() == pytest.approx([1, 0.4, 1.5, 0, 1.1])
    assert found["right_tuned"].tolist() == [True, True, False, True, False]


def test_an_answer_that_is_no_number_is_as_far_off_as_can_be() -> None:
    wanted = numbers_in(["1", "5", "4"])
    assert errors(wanted, numbers_in(["1", "", "none"])).tolist() == [0, 4, 3]


def test_intervals_hold_the_true_value_about_as_often_as_they_say() -> None:
    draw, hits = np.random.default_rng(1), 0
    for _ in range(60):
        noise = draw.normal(0, 1, 80)
        answers = _answers(np.round(np.arange(80) / 4, 2), tuned=np.arange(80) / 4 + noise)
        value = float(answers["mae_tuned"].mean())
        ends = score_interval(METRICS["mae"], "tuned", value, answers)
        assert ends is not None
        hits += ends[0] <= np.sqrt(2 / np.pi) <= ends[1]
    assert hits >= 52


def test_every_score_is_told_with_its_interval_and_how_often_ranges_hold() -> None:
    answers = _answers(WANTED, tuned=GIVEN).assign(low=GIVEN - 250, high=GIVEN + 250)
    found = {score.name: score for score in all_scores(REGRESSION.name, answers, "tuned")}
    assert list(found) == ["mae", "within", "r2", "spearman", "rmse", "coverage"]
    for name in ("mae", "within", "r2", "spearman", "coverage"):
        one = found[name]
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.value < one.high, name
    assert found["mae"].higher_is_better is False
    assert "at most 200 off" in found["within"].label
    assert found["coverage"].value == pytest.approx((np.abs(WANTED - GIVEN) <= 250).mean())
    worse = {s.name: s for s in all_scores(REGRESSION.name, _answers(WANTED, base=-GIVEN), "base")}
    assert worse["r2"].low is not None
    assert worse["r2"].low < 0
    assert "coverage" not in worse
