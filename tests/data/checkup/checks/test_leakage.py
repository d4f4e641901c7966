import json

import pytest

from tests.helpers.check_tables import CLEAN, replying, sorting
from workbench.data.checkup.checks import leakage


def test_clean_examples_give_nothing_away() -> None:
    assert leakage.check(sorting(*CLEAN[:1], splits=["train"])) is None
    assert leakage.check(sorting(splits=["test"] * 3)) is None
    assert leakage.check(replying()) is None


def test_the_twin_goes_and_the_exam_stays() -> None:
    finding = leakage.check(
        sorting(("Where is the present that I ordered last week?", "Delivery"), splits=["test"])
    )
    assert finding
    assert [(flagged.row_id, flagged.drop) for flagged in finding.flagged_rows] == [
        (9, False),
        (1, True),
    ]
    assert finding.flagged_rows[1].note == "learned from, as exam row 9"
    assert "Exam row 9" in finding.text
    assert "row 1" in finding.text


def test_a_practice_question_gives_the_exam_away_too() -> None:
    finding = leakage.check(sorting(CLEAN[2], CLEAN[2], splits=["validation", "test"]))
    assert finding
    assert {flagged.row_id: flagged.drop for flagged in finding.flagged_rows} == {
        3: True,
        9: True,
        10: False,
    }
    assert "for practice, as exam row 10" in [flagged.note for flagged in finding.flagged_rows]


def test_nearly_the_same_in_another_category_is_no_twin_but_the_same_text_is() -> None:
    near = ("Where is the refund that I ordered last week?", "Return")
    assert leakage.check(sorting(near, splits=["test"])) is None
    assert leakage.check(sorting((CLEAN[0][0], "Return"), splits=["test"]))


def test_nearly_the_same_question_with_another_answer_is_no_twin() -> None:
    asked = "What are the usual symptoms of {} disease in adults?"
    answers = ("Joints that ache on cold mornings.", "A cough, and fever in the evening.")
    pairs = [
        (asked.format(name), answer) for name, answer in zip(("Alva", "Bror"), answers, strict=True)
    ]
    for task in ("completion", "extraction"):
        told = [(text, json.dumps({"signs": answer})) for text, answer in pairs]
        assert leakage.check(replying(*told, task=task, splits=["test"])) is None
    copied = [pairs[0], (pairs[1][0], answers[0])]
    assert leakage.check(replying(*copied, splits=["test"]))
    again = [pairs[0], (pairs[0][0], answers[1])]
    assert leakage.check(replying(*again, splits=["test"]))


def test_exact_twins_are_worse_than_near_ones() -> None:
    others = [(f"number {i} of {i * i} is a question", "Delivery") for i in range(12)]
    splits = ["test"] * 13
    text = "Where is the present that I ordered last week?"
    near = leakage.check(sorting(*others, (text, "Delivery"), splits=splits))
    exact = leakage.check(sorting(*others, CLEAN[0], splits=splits))
    assert near
    assert exact
    assert exact.harm > 1.5 * near.harm
    assert "1 of them is the same word for word" in exact.text


def test_one_question_of_a_hundred_costs_little_and_a_third_of_them_nearly_all() -> None:
    exam = [(f"{a} of {b} is asked here", "Delivery") for a in "abcdefghij" for b in "klmnopqrst"]
    one = leakage.check(sorting(exam[0], *exam, splits=["train", *["test"] * 100]))
    third = leakage.check(sorting(*exam[:33], *exam, splits=[*["train"] * 33, *["test"] * 100]))
    assert one
    assert third
    assert one.harm < 0.08
    assert third.harm == pytest.approx(0.8)


def test_an_import_sees_the_same_texts_alone() -> None:
    near = CLEAN[0][0].replace("parcel", "package")
    pairs = ((CLEAN[2][0].upper(), "Invoice"), (near, "Delivery"))
    rows = sorting(*pairs, splits=["test", "test"])
    finding, all_twins = leakage.check_same(rows), leakage.check(rows)
    assert finding
    assert all_twins
    assert [(flagged.row_id, flagged.drop) for flagged in finding.flagged_rows] == [
        (9, False),
        (3, True),
    ]
    assert {flagged.row_id for flagged in all_twins.flagged_rows} == {1, 3, 9, 10}
