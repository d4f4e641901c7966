"""Where a classifier goes wrong, on an exam small enough to count by hand."""

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.evaluation import confusion
from workbench.evaluation.scoring.row_scores import score_rows


@pytest.fixture
def exam() -> pd.DataFrame:
    """a: 3 of 4 right, once taken for b. b: 0 of 2, once for a, once something else. c: 1 of 1."""
    expected = ["a", "a", "a", "a", "b", "b", "c"]
    tuned = ["a", "a", "a", "b", "a", "who knows", "c"]
    return score_rows(answers(expected, tuned), "classification")


def test_the_weakest_category_comes_first(exam: pd.DataFrame) -> None:
    table = confusion.per_category(exam)
    assert list(table["category"]) == ["b", "a", "c"]
    assert list(table["examples"]) == [2, 4, 1]
    assert list(table["right"]) == pytest.approx([0, 0.75, 1])
    assert list(table["mistaken_for"]) == ["a", "b", ""]
    assert list(table["mistakes"]) == [1, 1, 0]


def test_the_most_frequent_mixup_comes_first() -> None:
    exam = score_rows(answers(["a"] * 3 + ["b"] * 2, ["b", "b", "c", "a", "b"]), "classification")
    assert confusion.pairs(exam).to_numpy().tolist() == [
        ["a", "b", 2],
        ["a", "c", 1],
        ["b", "a", 1],
    ]


def test_the_matrix_counts_every_question_once(exam: pd.DataFrame) -> None:
    table = confusion.matrix(exam)
    assert table["examples"].sum() == 7
    cells = table.set_index(["expected", "answered"])
    assert cells.loc[("a", "a"), "examples"] == 3
    assert cells.loc[("a", "b"), "share"] == pytest.approx(0.25)
    assert cells.loc[("b", confusion.OTHER), "examples"] == 1


def test_a_short_matrix_keeps_the_most_mixed_up(exam: pd.DataFrame) -> None:
    table = confusion.matrix(exam, limit=2)
    assert set(table["expected"]) == {"a", "b"}
    cells = table.set_index(["expected", "answered"])
    assert cells.loc[("b", "a"), "share"] == pytest.approx(0.5), "of all questions of b"


def test_an_exam_without_mistakes_has_no_mixups() -> None:
    exam = score_rows(answers(["a", "b"], ["a", "b"]), "classification")
    assert confusion.pairs(exam).empty
    assert list(confusion.per_category(exam)["mistaken_for"]) == ["", ""]
    assert len(confusion.matrix(exam, limit=1)) == 1
