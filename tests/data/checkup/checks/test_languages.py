import pytest

from tests.helpers.check_tables import CLEAN, sorting
from workbench.data.checkup.checks import languages

GERMAN = [
    ("Wo bleibt das Paket, das ich letzte Woche bestellt habe?", "Delivery"),
    ("Bitte schicken Sie mir die Rechnung noch einmal zu.", "Invoice"),
    ("Der Kugelschreiber schmiert und ist schon wieder kaputt.", "Complaint"),
]


def test_one_language_is_nothing_to_tell() -> None:
    assert languages.check(sorting()) is None


def test_rows_of_another_language_are_marked() -> None:
    finding = languages.check(sorting(*GERMAN, ("Oui, merci", "Return")))
    assert finding
    assert [(flagged.row_id, flagged.note, flagged.drop) for flagged in finding.flagged_rows] == [
        (9, "German", True),
        (10, "German", True),
        (11, "German", True),
    ]
    assert "Most texts are English" in finding.text
    assert "others German" in finding.text


def test_a_few_foreign_words_are_no_second_language() -> None:
    assert languages.check(sorting(GERMAN[0])) is None


def test_many_rows_are_drawn_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "MOST_ROWS", 25)
    rows = sorting(*CLEAN * 2, *GERMAN * 2)
    finding = languages.check(rows)
    assert finding
    assert "of 25 rows drawn" in finding.text
    assert finding == languages.check(rows)


def test_two_languages_that_share_the_texts_are_both_at_home() -> None:
    finding = languages.check(sorting(*GERMAN * 2))
    assert finding
    assert finding.title == "The texts are in 2 languages"
    assert "English (57.1 %) and German (42.9 %)" in finding.text
    assert (finding.flagged_rows, finding.remove) == ([], "")
    assert finding.harm < 0.04


def test_beside_two_languages_at_home_a_third_is_rare() -> None:
    french = [(f"Bonjour, où est le colis numéro {n} de la semaine ?", "Delivery") for n in "123"]
    finding = languages.check(sorting(*GERMAN * 3, *french))
    assert finding
    assert {flagged.note for flagged in finding.flagged_rows} == {"French"}
    assert "are German and English (85.0 %), others French" in finding.text


def test_receipts_and_addresses_are_in_no_language() -> None:
    receipts = [
        (f"NO.{n} JALAN PERMAS 9/5, 8175{n} JOHOR BAHRU TEL: 07-386 75{n}4 TUNAI 12.50", "Return")
        for n in range(5)
    ]
    assert languages.check(sorting(*receipts)) is None
