from tests.helpers.check_tables import CLEAN, REPLIES, replying, sorting, talking
from workbench.data.checkup.checks import duplicates
from workbench.data.checkup.rows import Rows


def _dropped(rows: Rows) -> list[int]:
    finding = duplicates.check(rows)
    return [flagged.row_id for flagged in finding.flagged_rows if flagged.drop] if finding else []


def test_clean_examples_have_no_copies() -> None:
    assert duplicates.check(sorting()) is None
    assert duplicates.check(replying()) is None


def test_a_copy_goes_and_the_first_stays() -> None:
    finding = duplicates.check(
        sorting(("where is the parcel, that i ordered last WEEK", "Delivery"))
    )
    assert finding
    assert [(flagged.row_id, flagged.drop, flagged.note) for flagged in finding.flagged_rows] == [
        (1, False, "stays"),
        (9, True, "as row 1"),
    ]
    assert finding.title == "1 row says nearly the same as another one"
    assert "1 row says the same word for word." in finding.text
    assert finding.remove == "Take out 1 copy"


def test_a_word_exchanged_is_a_copy_and_the_sentence_shows_it() -> None:
    finding = duplicates.check(
        sorting(("Where is the present that I ordered last week?", "Delivery"))
    )
    assert finding
    assert "Row 9 ('Where is the present" in finding.text
    assert "row 1 ('Where is the parcel" in finding.text
    assert 0.8 < finding.flagged_rows[1].value < 1


def test_the_word_that_decides_the_category_makes_no_copy() -> None:
    assert (
        duplicates.check(sorting(("Where is the refund that I ordered last week?", "Return")))
        is None
    )


def test_a_question_with_another_answer_is_no_copy() -> None:
    question = CLEAN[0][0]
    assert _dropped(replying((question, REPLIES[0]))) == [9]
    assert (
        _dropped(replying((question, "Nobody knows; ask again in spring, when we are back."))) == []
    )


def test_fields_must_be_the_same_to_the_letter() -> None:
    receipts = [("Receipt of shop number 12 on Monday", '{"total": "9.00"}')]
    same = ("Receipt of shop number 12 on Tuesday", '{"total":  "9.00"}')
    other = ("Receipt of shop number 12 on Sunday", '{"total": "8.00"}')
    assert _dropped(replying(*receipts, same, other, task="extraction", clean=False)) == [2]


def test_conversations_are_compared_by_both_sides() -> None:
    asked = "Can you tell me where my parcel is?"
    rows = talking(
        (asked, "It is on its way."), (asked, "It is on its way!"), (asked, "Not yet sent out.")
    )
    assert _dropped(rows) == [2]


def test_the_practice_question_stays_and_its_copy_among_the_rest_goes() -> None:
    assert _dropped(sorting(CLEAN[0], splits=["validation"])) == [1]


def test_copies_between_exam_and_training_are_not_its_matter() -> None:
    assert duplicates.check(sorting(CLEAN[0], splits=["test"])) is None
    assert _dropped(sorting(CLEAN[0], CLEAN[0], splits=["test", "test"])) == [10]


def test_hundreds_of_copies_leave_one() -> None:
    rows = sorting(*[("my card is still not here", "Delivery")] * 300)
    assert _dropped(rows) == list(range(10, 309))
