"""Two versions on the same rows: matched by question, judged alike, counted by hand."""

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.evaluation.release.groups import GroupDifference, by_group, categories
from workbench.evaluation.release.paired import BROKEN, MENDED, changed, difference, paired
from workbench.evaluation.scoring.intervals import mcnemar, mcnemar_by_turns
from workbench.evaluation.scoring.row_scores import score_rows

SORTS = "classification"


def judged(
    expected: list[str], tuned: list[str], task: str = SORTS, **others: object
) -> pd.DataFrame:
    return score_rows(answers(expected, tuned, **others), task)  # type: ignore[arg-type]


def groups_of(task: str, rows: pd.DataFrame) -> list[GroupDifference]:
    return by_group(task, rows, categories(task, rows))


def test_rows_are_matched_by_their_question_and_counted() -> None:
    new = judged(["a", "a", "b", "b", "c"], ["a", "b", "b", "b", "c"], inputs=list("12345"))
    old = judged(["b", "a", "a", "b"], ["b", "a", "b", "a"], inputs=list("4219"))
    rows = paired(SORTS, new, old)
    assert list(rows["input"]) == ["1", "2", "4"]
    assert list(rows["change"]) == [MENDED, BROKEN, ""]
    found = difference(SORTS, rows)
    assert found is not None
    assert (found.rows, found.mended, found.broken) == (3, 1, 1)
    assert (found.new, found.old, found.gain) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 0.0)
    assert list(changed(rows, BROKEN)["input"]) == ["2"]
    assert list(changed(rows, MENDED)["row_id"]) == [2], "the number in the new one's table"


def test_a_question_asked_twice_is_matched_as_often_as_both_have_it() -> None:
    new = judged(["a", "a", "b"], ["a", "b", "b"], inputs=["same", "same", "same"])
    old = judged(["a", "a"], ["b", "b"], inputs=["same", "same"])
    assert list(paired(SORTS, new, old)["change"]) == [MENDED, ""]


def test_an_answer_that_was_corrected_meanwhile_counts_for_both() -> None:
    new = judged(["b", "a"], ["b", "a"], inputs=["1", "2"])
    old = judged(["a", "a"], ["b", "a"], inputs=["1", "2"])
    rows = paired(SORTS, new, old)
    assert list(rows["old_score"]) == [1.0, 1.0], "what it said then is right by the new exam"
    assert list(rows["change"]) == ["", ""]


def test_a_difference_is_certain_only_beyond_chance() -> None:
    """Against McNemar's test itself, for exams apart and by turns."""
    n = 100
    old = judged(["a"] * n, ["a"] * 80 + ["b"] * 20)
    for lost in (3, 6):
        new = judged(["a"] * n, ["b"] * lost + ["a"] * (80 - lost) + ["b"] * 20)
        found = difference(SORTS, paired(SORTS, new, old))
        assert found is not None
        assert found.certain == (mcnemar(0, lost) < 0.05)
        assert found.is_worse == (lost == 6)
    turns = {"turn": [i % 5 for i in range(n)]}
    new = judged(["a"] * n, ["b"] * 6 + ["a"] * 74 + ["b"] * 20).assign(**turns)
    found = difference(SORTS, paired(SORTS, new, old.assign(**turns)))
    assert found is not None
    assert found.certain == (mcnemar_by_turns(0, 6) < 0.05)
    assert not found.certain, "rows by turns tell less"


def test_texts_are_mended_or_broken_by_their_likeness() -> None:
    wanted = ["Dear Ann, it is on its way."] * 3
    new = judged(wanted, [wanted[0], "no", "Dear Ann, it is on its way"], "completion")
    old = judged(wanted, ["no", wanted[0], wanted[0]], "completion")
    rows = paired("completion", new, old)
    assert list(rows["change"]) == [MENDED, BROKEN, ""], "a full stop less is no loss"
    found = difference("completion", rows)
    assert found is not None
    assert found.new != found.old
    assert 0 < found.new < 100


def test_documents_have_no_row_scores() -> None:
    table = judged(["and left."], ["and stayed."], "language-modelling")
    rows = paired("language-modelling", table, table)
    assert difference("language-modelling", rows) is None
    assert groups_of("language-modelling", rows) == []


def test_groups_are_counted_by_hand_the_worst_first() -> None:
    expected = ["a"] * 20 + ["b"] * 20 + ["c"] * 4
    old = judged(expected, expected)
    new = judged(expected, ["b"] * 6 + ["a"] * 14 + ["a"] * 3 + ["b"] * 17 + ["x"] * 4)
    groups = groups_of(SORTS, paired(SORTS, new, old))
    assert [(g.name, g.rows, g.gain, g.broken) for g in groups] == [
        ("a", 20, -30.0, 6),
        ("b", 20, -15.0, 3),
        ("c", 4, -100.0, 4),
    ]
    assert [g.is_worse_by(5) for g in groups] == [True, False, False]
    assert [g.chance for g in groups] == [1 / 64, 1 / 8, 1 / 16]
    assert not groups[0].is_worse_by(30)
    assert not groups[1].is_worse_by(5), "3 rows of 20 are within chance"
    assert groups[2].is_small
