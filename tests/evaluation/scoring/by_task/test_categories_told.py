"""Each category in plain values, equal to scikit-learn's, of one category a text and of several."""

import json

import pandas as pd
import pytest
from sklearn.metrics import precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from workbench.core.tasks import CLASSIFICATION, MULTI_LABEL
from workbench.core.tasks.category_sets import NONE, categories_in
from workbench.evaluation.scoring.by_task.categories_told import categories_told
from workbench.evaluation.scoring.row_scores import score_rows

EXPECTED = ["a; b", "a", NONE, "c", "b; c", "a; c"] * 4
GIVEN = ["a", "a; b", "d", "c", "b; c", NONE] * 4


def _told(task: str, expected: list[str], given: list[str]) -> pd.DataFrame:
    columns = {"row_id": range(len(expected)), "input": "x", "expected": expected, "tuned": given}
    return score_rows(pd.DataFrame(columns), task)


def test_of_several_categories_each_is_counted_as_scikit_learn_does() -> None:
    answers = _told(MULTI_LABEL.name, EXPECTED, GIVEN)
    found = categories_told(MULTI_LABEL, answers, ["tuned", "base"])
    assert list(found) == ["tuned"]
    binary = MultiLabelBinarizer().fit([categories_in(text) for text in EXPECTED + GIVEN])
    both = [binary.transform([categories_in(t) for t in own]) for own in (EXPECTED, GIVEN)]
    shares = precision_recall_fscore_support(*both, zero_division=0)
    for place, name in enumerate(binary.classes_):
        own = found["tuned"][name]
        for kind, values in zip(("precision", "recall", "f1"), shares[:3], strict=True):
            assert (own[kind] or 0.0) == pytest.approx(values[place])
        assert own["wanted"] == own["right"] + own["missed"] == shares[3][place]
    assert found["tuned"]["d"]["recall"] is None
    assert found["tuned"]["d"]["too_many"] == 4
    low, high = found["tuned"]["a"]["intervals"]["recall"]
    assert low < found["tuned"]["a"]["recall"] < high
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_of_one_category_a_text_they_are_told_too() -> None:
    answers = _told(CLASSIFICATION.name, ["x", "y", "y", "z"], ["x", "x", "y", "y"])
    found = categories_told(CLASSIFICATION, answers, ["tuned"])["tuned"]
    assert found["y"] | {"intervals": {}, "f1": 0.5} == {
        "wanted": 2, "given": 2, "right": 1, "missed": 1, "too_many": 1, "precision": 0.5,
        "recall": 0.5, "f1": 0.5, "intervals": {},
    }  # fmt: skip
    assert found["z"]["precision"] is None
