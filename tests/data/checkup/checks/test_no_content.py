import pytest

from tests.helpers.check_tables import replying, sorting
from workbench.data.checkup.checks import no_content


def test_clean_examples_have_content() -> None:
    assert no_content.check(sorting()) is None
    assert no_content.check(replying()) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("???", "only punctuation"),
        ("-", "only punctuation"),
        ("12 345", "only digits"),
        ("N/A", "a placeholder"),
        ("Test", "a placeholder"),
        ("TODO", "a placeholder"),
        ("xxx", "a placeholder"),
        ("#DIV/0!", "a spreadsheet's error"),
        (" #WERT! ", "a spreadsheet's error"),
        ("#NAME?", "a spreadsheet's error"),
        ("asdf", "keys pressed at random"),
        ("asdf asdfasdf", "keys pressed at random"),
        ("aaaaaaaa", "the same letters again and again"),
        ("hahahahaha", "the same letters again and again"),
        ("Lorem ipsum dolor sit amet", "filler text"),
        ("ab", "too short"),
        ("+49 (0) 12345 / 67890-" * 4, "without any letter"),
    ],
)
def test_no_content_is_told_by_what_it_is(text: str, why: str) -> None:
    finding = no_content.check(sorting((text, "Delivery")))
    assert finding
    assert [(flagged.row_id, flagged.drop, flagged.note) for flagged in finding.flagged_rows] == [
        (9, True, why)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Great!",
        "退款",
        "Testing the new app fails",
        "QB-48341",
        "#name change",
        "were",
        "Banana",
        "What?",
        "10/10",
        "4.5/5!",
        "👍👍👍👍👍👍",
        "ok",
        "No",
    ],
)
def test_short_texts_with_a_meaning_are_left_alone(text: str) -> None:
    assert no_content.check(sorting((text, "Delivery"))) is None


def test_answers_may_be_short_but_no_placeholders() -> None:
    assert (
        no_content.check(replying(("How many days may I wait?", "30"), ("Is there any?", "None")))
        is None
    )
    finding = no_content.check(replying(("How many days may I wait?", "TBD")))
    assert finding
    assert finding.flagged_rows[0].note == "answer is a placeholder"
    assert "Row 9 says 'TBD'" in finding.text


def test_texts_that_are_all_numbers_or_codes_are_the_wrong_column() -> None:
    for texts in (["851.61", "12,50", "7"], ["CUST-100001", "CUST-100002", "2024-05-01"]):
        finding = no_content.check(sorting(*[(text, "Return") for text in texts], clean=False))
        assert finding
        assert finding.title == "100.0 % of the texts are numbers or codes"
        assert f"such as '{texts[0]}', '{texts[1]}' and '{texts[2]}'" in finding.text
        assert (finding.remove, finding.harm) == ("", 0.6)
    assert no_content.check(sorting(("CUST-100001", "Return"))) is None


def test_an_import_sees_that_the_wrong_column_was_chosen() -> None:
    codes = sorting(*[(f"A-{n}", "Delivery") for n in range(20)])
    finding = no_content.check_column(codes)
    assert finding
    assert "Was another column meant?" in finding.text
    assert no_content.check_column(sorting(("A-1", "Delivery"))) is None
