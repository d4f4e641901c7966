import json

import pytest

from tests.helpers.check_tables import replying, sorting, talking
from workbench.data.checkup.checks import export_artifacts


def test_clean_examples_have_no_artifacts() -> None:
    assert (
        export_artifacts.check(sorting(("Ça va? Äpfel für 5 € – naïve “Übung” 😀", "Delivery")))
        is None
    )


@pytest.mark.parametrize(
    ("text", "cleaned", "note"),
    [
        ("<p>Hello <b>you</b></p><p>there</p>", "Hello you\nthere", "HTML tags"),
        ("one<br/>two", "one\ntwo", "HTML tags"),
        ("<style>p {x: y}</style>text", "text", "HTML tags"),
        ("Tom &amp; Ann&nbsp;&#8364; 5", "Tom & Ann € 5", "HTML entities"),
        ("das ist schÃ¶n fÃ¼r uns", "das ist schön für uns", "broken characters"),
        ("itâ€™s here", "it’s here", "broken characters"),
        ("zero\u200bwidth\ufeff", "zerowidth", "unseen characters"),
    ],
)
def test_artifacts_are_cleaned_away(text: str, cleaned: str, note: str) -> None:
    finding = export_artifacts.check(sorting((text, "Delivery")))
    assert finding
    (flagged,) = finding.flagged_rows
    assert (flagged.row_id, flagged.role, flagged.after, flagged.note) == (9, "text", cleaned, note)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "my <order number> is R&D; ok",
        "AT&T and P&L",
        "if x<y: z>0",
        "LAMP/STITCH <I> 62483",
        "Dear <label>, see <title>",
    ],
)
def test_signs_that_mean_something_stay(text: str) -> None:
    assert export_artifacts.check(sorting((text, "Delivery"))) is None


def test_what_cannot_be_mended_is_told_without_a_fix() -> None:
    finding = export_artifacts.check(sorting(("gr\ufffd\ufffde aus Bonn", "Delivery")))
    assert finding
    assert finding.flagged_rows[0].after is None
    assert finding.change == ""


def test_conversations_stay_readable() -> None:
    finding = export_artifacts.check(talking(('<b>"now"</b>\nplease', "ok")))
    assert finding
    turns = json.loads(finding.flagged_rows[0].after or "")
    assert turns[0] == {"role": "user", "content": '"now"\nplease'}
    assert finding.text == """Row 1 holds '<b>"now"</b> please'; it should be '"now" please'."""


def test_markup_that_a_row_speaks_of_is_its_subject() -> None:
    code = ("How do I set a link in HTML?", '<a href="page.html">there</a>')
    assert export_artifacts.check(replying(code)) is None
    finding = export_artifacts.check(
        replying(code, ("<p>Is it there?</p>", "Yes, see x.de/page.html"))
    )
    assert finding is None  # half of the rows with tags say what they are about
    mails = [(f"<p>Is parcel {n} there? See x.de/list.html</p>", "Yes.") for n in range(4)]
    finding = export_artifacts.check(replying(code, *mails))
    assert finding
    assert [flagged.row_id for flagged in finding.flagged_rows] == [10, 11, 12, 13]


def test_broken_letters_are_found_in_texts_about_markup_too() -> None:
    finding = export_artifacts.check(
        replying(("Is this HTML right: <b>schÃ¶n</b>?", "Yes, it is."))
    )
    assert finding
    assert finding.flagged_rows[0].after == "Is this HTML right: <b>schön</b>?"


def test_answers_written_in_markup_as_a_rule_are_told_but_weigh_little() -> None:
    rule = export_artifacts.check(
        replying(*[(f"May I have {n}?", "<p>Yes.</p>") for n in range(9)])
    )
    left = export_artifacts.check(
        replying(*[(f"<p>May I have {n}?</p>", "Yes.") for n in range(9)])
    )
    assert rule
    assert left
    assert rule.harm < 0.04 < 0.15 < left.harm
    assert "leave them as they are if the model is to write HTML" in rule.text
    assert "if the model is to write HTML" not in left.text


def test_an_import_counts_letters_read_in_the_wrong_encoding_and_shows_the_first() -> None:
    rows = sorting(("Is it schÃ¶n?", "Delivery"), ("A b\ufffdd one", "Return"), ("<b>x</b>", "Ä"))
    finding = export_artifacts.check_broken(rows)
    assert finding
    assert finding.title == "2 rows with broken characters"
    assert "Row 9 holds 'Is it schÃ¶n?'; it should be 'Is it schön?' (rows 9, 10)." in finding.text
    assert "'How the file was read'" in finding.text
    assert export_artifacts.check_broken(sorting(("<b>schön</b>", "Ä"))) is None


def test_a_category_read_in_the_wrong_encoding_is_seen_by_an_import() -> None:
    finding = export_artifacts.check_broken(sorting(("Is it here?", "BeschÃ¤digt")))
    assert finding
    assert "Row 9 holds 'BeschÃ¤digt'; it should be 'Beschädigt'" in finding.text
