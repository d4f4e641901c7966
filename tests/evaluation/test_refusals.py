"""What the Evaluate page says of questions that fit none of the categories."""

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.evaluation.refusals import Refusals, refusals, sentences
from workbench.evaluation.scoring.row_scores import score_rows

EXPECTED = ["A", "A", "B", "B", "C"]
TUNED = ["A", "B", "B", "B", "A"]


def judged(**columns: list[bool]) -> pd.DataFrame:
    return score_rows(answers(EXPECTED, TUNED, **columns), "classification")


def test_refused_questions_are_counted_apart_from_the_score() -> None:
    found = refusals(judged(none_of_these=[True, False, False, False, True]), {"C"})
    assert found == Refusals(
        questions=5, refused=2, would_be_right=1, right=2, unknown=1, unknown_refused=1
    )
    assert sentences(found, "exam question") == (
        "Of 5 exam questions it says 'none of these' to 2 (40.0 %); the nearest category is right "
        "for 1 of them. Of the other 3, 66.7 % are right. The score counts the nearest category "
        "of every question. Of the 1 that belong to none of the categories it learned, "
        "it says so of 1."
    )


def test_the_category_of_texts_that_belong_nowhere_is_no_nearest_category() -> None:
    found = refusals(judged(none_of_these=[False, False, True, True, False]), {"C"}, "B")
    assert found is not None
    assert (found.refused, found.would_be_right) == (2, 0)
    assert (found.unknown, found.unknown_refused) == (3, 2)


def test_where_nothing_is_refused_it_says_so() -> None:
    found = refusals(judged(none_of_these=[False] * 5))
    assert found is not None
    assert sentences(found, "exam question") == (
        "It says 'none of these' to none of the 5 exam questions."
    )


@pytest.mark.parametrize("rows", [slice(0), slice(5)])
def test_a_model_that_cannot_tell_has_no_refusals(rows: slice) -> None:
    assert refusals(judged().iloc[rows]) is None
