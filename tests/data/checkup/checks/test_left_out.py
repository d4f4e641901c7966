import dataclasses

from tests.helpers.check_tables import sorting
from workbench.data.checkup.checks import left_out
from workbench.data.checkup.finding import Finding
from workbench.data.examples import left_out as dropped


def _check(**numbers: list[int]) -> list[Finding]:
    reasons = {reason.replace("_", " "): rows for reason, rows in numbers.items()}
    return left_out.check(dataclasses.replace(sorting(), left_out=dropped.left_out(reasons)))


def test_a_checkup_knows_of_nothing_that_was_left_out() -> None:
    assert left_out.check(sorting()) == []
    assert left_out.check_columns(sorting()) is None


def test_what_could_not_be_used_is_worth_a_look_however_little_it_is() -> None:
    (finding,) = _check(too_many_cells=[4, 7], empty_text=[5])
    assert finding.title == "3 rows were left out"
    assert finding.text == "The reasons: 2 × too many cells (rows 4, 7), 1 × empty text (row 5)."
    assert finding.effect.startswith("The model cannot learn from them: fill in what they lack")
    assert (finding.rows, finding.level) == (3, "serious")


def test_one_row_and_one_reason_read_as_such() -> None:
    (finding,) = _check(empty_text=[5])
    assert finding.title == "1 row was left out"
    assert finding.text == "The reason: empty text (row 5)."
    assert finding.effect.startswith("The model cannot learn from it: fill in what it lacks")

    (finding,) = _check(empty_text=[5, 8])
    assert finding.title == "2 rows were left out"
    assert finding.text == "The reason: empty text (rows 5, 8)."


def test_copies_are_left_out_without_harm() -> None:
    (finding,) = _check(exact_duplicate=[4])
    assert finding.title == "1 row said exactly the same as an earlier one"
    assert (finding.harm, finding.rows) == (0.0, 1)


def test_bad_answers_are_left_out_on_purpose() -> None:
    (finding,) = _check(marked_as_a_bad_answer=[4, 9])
    assert finding.title == "2 answers marked as bad by their feedback"
    assert finding.text == "They were left out (rows 4, 9)."
    assert (finding.harm, finding.rows, finding.effect) == (0.0, 2, "A bad answer is never taught.")
