"""Scores of categories are scikit-learn's to the last digit; intervals hold what they promise."""

import math

import numpy as np
import pytest
from sklearn import metrics

from workbench.evaluation.scoring.by_task.categories import Counts
from workbench.evaluation.scoring.intervals import wilson_interval

RNG = np.random.default_rng(5)
EXPECTED = RNG.choice(["a", "b", "c", "rare"], 200, p=[0.5, 0.3, 0.18, 0.02]).tolist()
GIVEN = [
    name if right else other
    for name, right, other in zip(
        EXPECTED, RNG.random(200) < 0.8, RNG.choice(["a", "b", "c", "strange"], 200), strict=True
    )
]


@pytest.mark.parametrize(
    ("expected", "given"),
    [(EXPECTED, GIVEN), (["a", "b"], ["a", "b"]), (["a", "a"], ["b", "b"]), (["a"], ["a"])],
)
@pytest.mark.filterwarnings("ignore:y_pred contains classes:UserWarning")
def test_the_scores_are_those_of_scikit_learn(expected: list[str], given: list[str]) -> None:
    found = Counts(expected, given).scores()
    assert found == pytest.approx(
        {
            "balanced_accuracy": metrics.recall_score(
                expected, given, average="macro", labels=sorted(set(expected)), zero_division=0
            ),
            "macro_f1": metrics.f1_score(expected, given, average="macro", zero_division=0),
            "weighted_f1": metrics.f1_score(expected, given, average="weighted", zero_division=0),
        },
        abs=1e-9,
    )
    if len(set(expected)) > 1:
        balanced = metrics.balanced_accuracy_score(expected, given)
        assert found["balanced_accuracy"] == pytest.approx(balanced, abs=1e-9)


def test_each_category_is_that_of_scikit_learn() -> None:
    found = Counts(EXPECTED, GIVEN).categories()
    names = [own.name for own in found]
    precision, recall, f1, wanted = metrics.precision_recall_fscore_support(
        EXPECTED, GIVEN, labels=names, zero_division=np.nan
    )
    assert names == ["a", "b", "c", "rare", "strange"]
    assert [own.wanted for own in found] == wanted.tolist()
    assert [own.precision for own in found] == pytest.approx(precision, abs=1e-9, nan_ok=True)
    assert [own.recall for own in found] == pytest.approx(recall, abs=1e-9, nan_ok=True)
    assert [own.f1 for own in found[:4]] == pytest.approx(f1[:4], abs=1e-9)
    first = found[0]
    assert first.recall_interval == pytest.approx(wilson_interval(first.right, first.wanted))
    assert first.precision_interval == pytest.approx(wilson_interval(first.right, first.given))
    assert first.f1_interval[0] < first.f1 < first.f1_interval[1]
    assert math.isnan(found[4].recall)


def test_intervals_hold_the_score_and_are_the_same_every_time() -> None:
    found = Counts(EXPECTED, GIVEN).estimates()
    for own in found.values():
        assert 0 < own.low < own.value < own.high < 1
    assert Counts(EXPECTED[::-1], GIVEN[::-1]).estimates() == found
    wide = Counts(EXPECTED, GIVEN).estimates(spread=1.8)["macro_f1"]
    assert wide.high - wide.low > found["macro_f1"].high - found["macro_f1"].low


def test_a_perfect_exam_is_no_proof_of_perfection() -> None:
    own = Counts(["a", "b"] * 20, ["a", "b"] * 20).estimates()["macro_f1"]
    assert own.value == own.high == 1.0
    assert 0.8 < own.low < 0.95


def test_macro_f1_is_told_right_about_as_often_as_promised() -> None:
    truth = np.array([[0.4, 0.05, 0.05], [0.02, 0.25, 0.03], [0.05, 0.02, 0.13]])
    recall, precision = truth.diagonal() / truth.sum(1), truth.diagonal() / truth.sum(0)
    true = float(np.mean(2 * recall * precision / (recall + precision)))
    rng, held = np.random.default_rng(0), 0
    for _ in range(100):
        wanted, given = np.divmod(rng.choice(9, 150, p=truth.ravel()), 3)
        own = Counts([*map(str, wanted)], [*map(str, given)]).estimates()["macro_f1"]
        held += own.low <= true <= own.high
    assert 90 <= held <= 99


def test_of_few_questions_a_category_macro_f1_is_too_low_and_its_interval_makes_up_for_it() -> None:
    rng, size = np.random.default_rng(1), 30
    wanted = rng.integers(0, size, 120)
    given = np.where(rng.random(120) < 0.85, wanted, rng.integers(0, size, 120))
    found = Counts([*map(str, wanted)], [*map(str, given)]).estimates()
    own, balanced = found["macro_f1"], found["balanced_accuracy"]
    upwards, plain = (
        (one.high - one.value) / (one.value - one.low) for one in (own, balanced)
    )  # above and below
    assert plain < 0.65
    assert 0.7 < upwards < 1


def test_of_very_many_categories_no_interval_is_told() -> None:
    names = [f"part {number}" for number in range(20_000)]
    found = Counts(names, names[::-1])
    assert found.scores()["macro_f1"] == 0.0
    assert found.estimates() == {}
    assert len(found.categories()) == 20_000


def test_no_questions_have_no_scores() -> None:
    with pytest.raises(ValueError, match="at least one question"):
        Counts([], [])
