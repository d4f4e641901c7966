import json

from tests.helpers.check_tables import CLEAN, REPLIES, replying, sorting
from workbench.data.checkup.checks import contradictions

TEXT = "I cannot find my order anywhere in the app"


def test_clean_examples_do_not_contradict_each_other() -> None:
    assert contradictions.check(sorting(CLEAN[0])) is None
    assert contradictions.check(replying()) is None


def test_what_most_say_is_written_to_the_others() -> None:
    finding = contradictions.check(
        sorting((TEXT, "Delivery"), (f"{TEXT}!", "Invoice"), (TEXT.upper(), "Delivery"))
    )
    assert finding
    flagged_rows = {
        flagged.row_id: (flagged.drop, flagged.role, flagged.after)
        for flagged in finding.flagged_rows
    }
    assert flagged_rows == {
        9: (False, "", None),
        10: (True, "label", "Delivery"),
        11: (False, "", None),
    }
    assert finding.change == "Give 1 row what most say"


def test_another_spelling_of_a_category_is_no_contradiction() -> None:
    rows = sorting((TEXT, "Delivery"), (f"{TEXT}!", "delivery "), *CLEAN)

    assert contradictions.check(rows) is None
    assert rows.meant[8:10] == ["Delivery", "Delivery"]

    finding = contradictions.check(
        sorting((TEXT, "delivery"), (f"{TEXT}!", "Delivery"), (TEXT.upper(), "Invoice"), *CLEAN)
    )
    assert finding
    assert [flagged.drop for flagged in finding.flagged_rows] == [False, False, True]


def test_without_a_majority_nothing_is_written_and_one_stays() -> None:
    finding = contradictions.check(sorting((TEXT, "Delivery"), (TEXT, "Invoice")))
    assert finding
    assert [(flagged.row_id, flagged.drop, flagged.after) for flagged in finding.flagged_rows] == [
        (9, False, None),
        (10, True, None),
    ]
    assert finding.change == ""
    assert "Row 9 ('I cannot find my order" in finding.text


def test_in_doubt_the_exam_question_stays() -> None:
    finding = contradictions.check(
        sorting((TEXT, "Delivery"), (TEXT, "Invoice"), splits=["train", "test"])
    )
    assert finding
    assert {flagged.row_id: flagged.drop for flagged in finding.flagged_rows} == {
        9: True,
        10: False,
    }


def test_a_typo_does_not_hide_a_contradiction() -> None:
    assert contradictions.check(
        sorting((TEXT, "Delivery"), (TEXT.replace("anywhere", "anywehre"), "Invoice"))
    )


def test_a_word_that_is_another_one_may_decide_the_category() -> None:
    assert (
        contradictions.check(
            sorting((TEXT, "Delivery"), (TEXT.replace("order", "invoice"), "Invoice"))
        )
        is None
    )


def test_fields_that_differ_for_one_text_contradict() -> None:
    receipt = "Receipt 12 of the shop"
    finding = contradictions.check(
        replying(
            (receipt, '{"total": "9"}'),
            (receipt, '{"total": "8"}'),
            (receipt, '{"total": "9"}'),
            task="extraction",
            clean=False,
        )
    )
    assert finding
    assert [flagged.after for flagged in finding.flagged_rows] == [None, '{"total": "9"}', None]


def test_of_fields_those_that_differ_are_told() -> None:
    receipt = "Paper, pens and ink from the stationery shop, in all eight or nine"
    company = "The stationery shop at the corner of the old market square"
    finding = contradictions.check(
        replying(
            (receipt, json.dumps({"company": company, "total": "9"})),
            (receipt, json.dumps({"company": company})),
            task="extraction",
            clean=False,
        )
    )
    assert finding
    assert "has 'total: 9', but row 2" in finding.text
    assert "has 'total: nothing'" in finding.text
    assert [flagged.note for flagged in finding.flagged_rows] == [
        "response: total: 9",
        "response: total: nothing",
    ]


def test_replies_may_differ_but_very_different_ones_are_told() -> None:
    alike = ("It left on Monday, dear customer.", "It left on Monday, dear client.")
    unlike = ("Yes, it left on Monday.", "Our shop has no such goods whatsoever; ask a jeweller.")
    assert contradictions.check(replying(*[(TEXT, answer) for answer in alike])) is None
    finding = contradictions.check(replying(*[(TEXT, answer) for answer in unlike]))
    assert finding
    assert not any(flagged.drop or flagged.after for flagged in finding.flagged_rows)
    assert finding.harm <= 0.1


def test_a_question_that_is_asked_for_many_answers_weighs_little() -> None:
    slogans = ("Pens of joy", "Wake up, write", "Ink: blue", "Just do letters", "Hold my quill 7")
    few, many = (
        contradictions.check(replying(*[(TEXT, said) for said in some]))
        for some in (slogans[:2], slogans)
    )
    assert few
    assert many
    assert "a mixture of both" in few.effect
    assert "many ways, which is fine where all are right" in many.effect
    assert many.harm < 0.04 < few.harm


def test_fields_that_differ_in_spaces_capitals_or_order_are_the_same() -> None:
    text = "Receipt of shop number 12 on Monday"
    answers = ('{"where": "No.12, High St", "sum": 3}', '{"sum": 3, "where": "NO.12,High St"}')
    rows = replying(*[(text, answer) for answer in answers], task="extraction", clean=False)
    assert contradictions.check(rows) is None
    other = replying((text, '{"sum": 3}'), (text, '{"sum": 4}'), task="extraction", clean=False)
    assert contradictions.check(other)


def test_an_import_sees_the_same_texts_alone() -> None:
    typo = CLEAN[0][0].replace("ordered", "orderd")
    rows = sorting((CLEAN[1][0].upper(), "Invoice"), (typo, "Return"))
    finding, all_pairs = contradictions.check_same(rows), contradictions.check(rows)
    assert finding
    assert all_pairs
    assert {flagged.row_id for flagged in finding.flagged_rows} == {2, 9}
    assert {flagged.row_id for flagged in all_pairs.flagged_rows} == {1, 2, 9, 10}


def test_an_import_counts_questions_with_several_answers() -> None:
    again = [(CLEAN[0][0], "Another answer."), (CLEAN[1][0].upper(), REPLIES[1])]
    finding = contradictions.check_same(replying(*again))
    assert finding
    assert finding.title == "1 question comes more than once with different answers"
    assert "Such as rows 1, 9" in finding.text
    assert (finding.rows, finding.level) == (2, "minor")
    apart = contradictions.check_same(replying(*again[:1], splits=["test"]))
    assert apart
    assert "on the same side" not in apart.text
