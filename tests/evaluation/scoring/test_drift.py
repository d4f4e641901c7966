"""Whether a newer file is like the exam: quiet where it is, an alarm where it is not."""

import numpy as np
import pandas as pd
import pytest

from workbench.evaluation.scoring.drift import (
    CONFIDENCE,
    LIKENESS,
    MIX,
    UNLIKE,
    Side,
    category_changes,
    find_signs,
    holm,
    score_change,
)

LIMIT = 0.2
NAMES = [f"category {i}" for i in range(12)]


def _side(
    rows: int,
    rng: np.random.Generator,
    *,
    farther: float = 0.0,
    less_sure: float = 0.0,
    first: float = 1 / 12,
) -> Side:
    """Rows whose likeness, confidence and category are drawn; of the first category such a share."""
    likeness = np.clip(rng.beta(6, 4, rows) - farther, 0, 1).astype(np.float32)
    sure = np.clip(rng.beta(8, 1.5, rows) - less_sure, 0, 1)
    shares = [first, *[(1 - first) / 11] * 11]
    return Side(likeness, sure, rng.choice(NAMES, rows, p=shares).tolist())


def _alarms(exam: Side, file: Side) -> set[str]:
    return {sign.name for sign in find_signs(exam, file, LIMIT) if sign.alarm}


def test_like_files_raise_no_alarm_in_95_of_100_draws() -> None:
    rng = np.random.default_rng(8)
    quiet = 0
    for _ in range(200):
        exam, file = _side(int(rng.integers(40, 400)), rng), _side(int(rng.integers(40, 800)), rng)
        quiet += not _alarms(exam, file)
    assert quiet >= 190


@pytest.mark.parametrize(
    ("moved", "sign"),
    [
        ({"farther": 0.25}, LIKENESS),
        ({"farther": 0.35}, UNLIKE),
        ({"less_sure": 0.15}, CONFIDENCE),
        ({"first": 0.35}, MIX),
    ],
)
def test_what_has_moved_is_named(moved: dict[str, float], sign: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        assert sign in _alarms(_side(200, rng), _side(200, rng, **moved))


def test_more_alike_and_more_sure_is_no_alarm() -> None:
    rng = np.random.default_rng(5)
    exam = _side(200, rng, farther=0.2, less_sure=0.2)
    file = _side(200, rng)
    assert not _alarms(exam, file)


def test_a_difference_too_small_to_matter_is_no_alarm_however_many_rows() -> None:
    rng = np.random.default_rng(6)
    (sign,) = [
        sign
        for sign in find_signs(_side(20_000, rng), _side(20_000, rng, farther=0.01), LIMIT)
        if sign.name == LIKENESS
    ]
    assert sign.p < 0.001
    assert not sign.alarm


def test_without_answers_only_texts_are_looked_at() -> None:
    rng = np.random.default_rng(7)
    exam, texts = _side(100, rng), Side(_side(100, rng).likeness)
    assert [sign.name for sign in find_signs(exam, texts, LIMIT)] == [UNLIKE, LIKENESS]


def test_the_mix_names_the_category_that_moved_most() -> None:
    exam = Side(np.ones(100, np.float32), None, ["a"] * 50 + ["b"] * 50)
    file = Side(np.ones(100, np.float32), None, ["a"] * 90 + ["b"] * 10)
    (mix,) = [sign for sign in find_signs(exam, file, 0.1) if sign.name == MIX]
    assert (mix.category, mix.exam, mix.file, mix.size) == ("a", 0.5, 0.9, pytest.approx(0.4))
    assert mix.alarm


def test_holm_stops_at_the_first_that_does_not_hold() -> None:
    assert holm([0.001, 0.04, 0.02], 0.05) == [True, True, True]
    assert holm([0.03, 0.04, 0.001], 0.05) == [False, False, True]
    assert holm([], 0.05) == []


def test_a_score_that_fell_is_certain_and_by_turns_less_so() -> None:
    exam, file = np.array([1.0] * 90 + [0.0] * 10), np.array([1.0] * 75 + [0.0] * 25)
    change = score_change(exam, file, is_share=True, by_turns=False)
    assert change.difference == pytest.approx(-0.15)
    assert change.low < -0.15 < change.high < 0
    assert change.certain
    turns = score_change(exam, file, is_share=True, by_turns=True)
    assert turns.high - turns.low > change.high - change.low
    same = score_change(exam, exam, is_share=True, by_turns=False)
    assert not same.certain


def test_the_category_that_got_worse_is_named_and_small_ones_left_out() -> None:
    def rows(refunds_right: int) -> pd.DataFrame:
        right = [True] * refunds_right + [False] * (40 - refunds_right) + [True] * 60 + [False] * 5
        names = ["Refund"] * 40 + ["Delivery"] * 60 + ["Rare"] * 5
        return pd.DataFrame({"expected": names, "right_tuned": right})

    changes = category_changes(rows(36), rows(20), by_turns=False)
    assert [(one.category, one.certain, one.rows) for one in changes] == [
        ("Refund", True, 40),
        ("Delivery", False, 60),
    ]
    assert changes[0].difference == pytest.approx(-0.4)
