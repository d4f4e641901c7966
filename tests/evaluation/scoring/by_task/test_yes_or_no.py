"""The curves of two categories are scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from workbench.evaluation.scoring.by_task.yes_or_no import TwoCategories, two_categories

RNG = np.random.default_rng(2)
TRUTH = RNG.random(120) < 0.3
SCORE = np.clip(np.round(0.5 + 0.25 * (TRUTH - 0.4) + RNG.normal(0, 0.15, 120), 2), 0.01, 0.99)


def told(truth: np.ndarray = TRUTH, score: np.ndarray = SCORE) -> TwoCategories:
    expected = ["spam" if one else "mail" for one in truth]
    answers = ["spam" if one > 0.5 else "mail" for one in score]
    found = two_categories(expected, answers, np.maximum(score, 1 - score).tolist())
    assert found is not None
    return found


def test_areas_and_curves_are_those_of_scikit_learn() -> None:
    found = told()
    assert (found.positive, found.negative) == ("spam", "mail")
    assert found.auc.value == pytest.approx(metrics.roc_auc_score(TRUTH, SCORE), abs=1e-9)
    average = metrics.average_precision_score(TRUTH, SCORE)
    assert found.average_precision.value == pytest.approx(average, abs=1e-9)
    assert found.share == pytest.approx(TRUTH.mean())
    wrong, right, _ = metrics.roc_curve(TRUTH, SCORE, drop_intermediate=False)
    assert found.roc[0] == pytest.approx(wrong, abs=1e-9)
    assert found.roc[1] == pytest.approx(right, abs=1e-9)
    precision, recall, _ = metrics.precision_recall_curve(TRUTH, SCORE)
    assert found.precision_recall[0] == pytest.approx(recall[::-1], abs=1e-9)
    assert found.precision_recall[1] == pytest.approx(precision[::-1], abs=1e-9)


def test_the_areas_have_intervals() -> None:
    found = told()
    for own in (found.auc, found.average_precision):
        assert 0 < own.low < own.value < own.high < 1
    perfect = told(TRUTH, np.where(TRUTH, 0.9, 0.1))
    assert perfect.auc.value == perfect.auc.high == 1.0
    assert 0.8 < perfect.auc.low < 0.99


def test_the_area_is_told_right_about_as_often_as_promised() -> None:
    rng, held = np.random.default_rng(0), 0
    true = metrics.roc_auc_score(np.arange(200_000) < 50_000, _drawn(rng, 200_000)[1])
    for _ in range(60):
        own = told(*_drawn(rng, 80)).auc
        held += own.low <= true <= own.high
    assert 53 <= held <= 60


def _drawn(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    truth = np.arange(n) < n // 4
    return truth, 1 / (1 + np.exp(-(rng.normal(0, 1, n) + 1.5 * truth - 1)))


@pytest.mark.parametrize(
    ("expected", "answers"),
    [(["a", "b", "c"], ["a", "b", "c"]), (["a", "a"], ["a", "a"]), (["a", "b"], ["a", "c"])],
)
def test_other_exams_have_no_such_curves(expected: list[str], answers: list[str]) -> None:
    assert two_categories(expected, answers, [0.9] * len(expected)) is None
