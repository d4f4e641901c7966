"""Which answers count as right, and how like the wanted ones texts are."""

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.evaluation.scoring.row_scores import score_rows


def _right(task: str, expected: str, answer: str) -> bool:
    return bool(score_rows(answers([expected], [answer]), task)["right_tuned"][0])


def test_blanks_and_line_ends_do_not_make_an_answer_wrong() -> None:
    assert _right("classification", "card arrival", " card  arrival\n")
    assert not _right("classification", "card arrival", "card")
    assert not _right("classification", "Refund", "refund")


def test_fields_are_equal_in_any_order_but_not_in_any_type() -> None:
    assert _right("extraction", '{"a": 1, "b": "x"}', '{"b":"x","a":1}')
    assert not _right("extraction", '{"a": 1}', '{"a": "1"}')
    assert not _right("extraction", '{"a": 1}', "a is 1")


def test_likeness_is_sentence_level_chrf() -> None:
    """chrF2 of "abcd" against "abce": 3/4, 2/3, 1/2 and 0 of the 1- to 4-grams match, in both
    directions, so precision = recall = F = their mean."""
    frame = score_rows(answers(["abce"], ["abcd"], base=["abce"]), "completion")
    assert frame["chrf_tuned"][0] == pytest.approx(100 * (3 / 4 + 2 / 3 + 1 / 2 + 0) / 4)
    assert frame["chrf_base"][0] == pytest.approx(100)


def test_summaries_have_their_rouge_row_by_row() -> None:
    """Of five and four words three are in common in their order: 2 · 3 / 9."""
    wanted, given = "the bridge costs too much", "the bridge costs nothing"
    frame = score_rows(answers([wanted], [given], base=["a road"]), "summarization")
    assert frame["rouge_l_tuned"][0] == pytest.approx(100 * 6 / 9)
    assert frame["rouge_l_base"][0] == 0
    assert "rouge_l_tuned" not in score_rows(answers([wanted], [given]), "completion")


def test_likeness_that_the_trainer_measured_is_kept() -> None:
    frame = answers(["abc"], ["abc"]).assign(chrf_tuned=12.5)
    assert score_rows(frame, "chat")["chrf_tuned"][0] == 12.5


def test_who_was_not_asked_is_left_out_and_silence_is_an_answer() -> None:
    frame = score_rows(answers(["a", "b"], ["a", None]), "classification")  # type: ignore[list-item]
    assert "baseline" not in frame
    assert "right_base" not in frame
    assert list(frame["tuned"]) == ["a", ""]
    assert list(frame["right_tuned"]) == [True, False]


def test_a_document_goes_on_neither_right_nor_wrong() -> None:
    frame = score_rows(answers(["a"], ["b"], base=["c"]), "language-modelling")
    assert set(frame.columns) == {"row_id", "input", "expected", "base", "tuned"}


def test_the_given_table_is_left_as_it_was() -> None:
    given = answers(["a"], ["a"], base=["b"])
    before = given.copy()
    score_rows(given, "classification")
    pd.testing.assert_frame_equal(given, before)
