"""Scores of sets of categories: scikit-learn's to the last digit, with intervals that say something."""

import random

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from workbench.core.metrics import METRICS
from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import NONE, categories_in, written
from workbench.evaluation.ladder import ladder
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.by_task.category_sets import counts
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.evaluation.scoring.text_scores import text_scores

NAMES = ["crew", "food", "late", "price", "rare"]


def _draw(rows: int, seed: int, right: float = 0.7) -> tuple[list[str], list[str]]:
    draw = random.Random(seed)
    expected = [[n for n in NAMES if draw.random() < 0.3] for _ in range(rows)]
    given = [
        [n for n in NAMES if (n in own) == (draw.random() < right or draw.random() < 0.5)]
        for own in expected
    ]
    return [written(own) for own in expected], [written(own) for own in given]


def _matrices(expected: list[str], given: list[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    binary = MultiLabelBinarizer().fit([categories_in(text) for text in [*expected, *given]])
    both = [binary.transform([categories_in(t) for t in own]) for own in (expected, given)]
    return both[0], both[1], list(binary.classes_)


@pytest.mark.parametrize("seed", range(6))
def test_scores_are_those_of_scikit_learn(seed: int) -> None:
    expected, given = _draw(60, seed, right=0.3 + 0.1 * seed)
    wanted, told, names = _matrices(expected, given)
    found = text_scores(MULTI_LABEL.name, expected, given)
    assert found == pytest.approx(
        {
            "micro_f1": f1_score(wanted, told, average="micro", zero_division=0),
            "macro_f1": f1_score(wanted, told, average="macro", zero_division=0),
            "exact_sets": accuracy_score(wanted, told),
        },
        abs=1e-12,
    )
    precision, recall, f1, support = precision_recall_fscore_support(wanted, told, zero_division=0)
    for own, *theirs in zip(
        counts(expected, given).categories(), names, precision, recall, f1, support, strict=True
    ):
        mine = [own.name, own.precision, own.recall, own.f1, own.wanted]
        assert mine[0] == theirs[0]
        assert np.nan_to_num(np.array(mine[1:], float)) == pytest.approx(theirs[1:])
        assert own.f1_interval[0] <= own.f1 <= own.f1_interval[1] or own.f1 != own.f1


def _answers(expected: list[str], **given: list[str]) -> pd.DataFrame:
    rows = range(len(expected))
    frame = {"row_id": list(rows), "input": [f"q{n}" for n in rows], "expected": expected}
    return score_rows(pd.DataFrame({**frame, **given}), MULTI_LABEL.name)


def test_all_scores_have_intervals_and_the_main_one_comes_first() -> None:
    expected, given = _draw(200, 1)
    found = all_scores(MULTI_LABEL.name, _answers(expected, tuned=given), "tuned", {})
    assert [score.name for score in found] == ["micro_f1", "macro_f1", "exact_sets"]
    for score in found:
        assert score.low is not None
        assert score.high is not None
        assert score.low < score.value < score.high


def test_a_faultless_exam_of_few_rows_is_not_taken_for_certainty() -> None:
    expected = [written(NAMES[n % 3 : n % 3 + 2]) for n in range(30)]
    answers = _answers(expected, tuned=expected, baseline=expected)
    low, high = score_interval(METRICS["micro_f1"], "tuned", 1.0, answers) or (1.0, 1.0)
    assert 0.85 < low < 0.97
    assert high == pytest.approx(1.0)
    scores = text_scores(MULTI_LABEL.name, expected, expected)
    found = ladder(MULTI_LABEL.name, {"tuned": scores, "baseline": scores}, answers)
    against = found.rungs[0].against
    assert against is not None
    assert against.interval is not None
    assert against.interval[1] > 0.05


def test_the_ladder_compares_the_trained_model_with_every_other_rung() -> None:
    expected, good = _draw(300, 2, right=0.95)
    frequent = [NONE] * len(expected)
    scores = {
        who: text_scores(MULTI_LABEL.name, expected, own)
        for who, own in (("tuned", good), ("frequent", frequent))
    }
    found = ladder(MULTI_LABEL.name, scores, _answers(expected, tuned=good, frequent=frequent))
    assert [rung.key for rung in found.rungs] == ["frequent", "tuned"]
    lead = found.rungs[0].against
    assert lead is not None
    assert lead.is_certain
    assert lead.gain == pytest.approx(scores["tuned"]["micro_f1"])
