import pytest

from tests.workbench.checkup.tables import sorting
from workbench.checkup import languages

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
    assert [(mark.row_id, mark.note, mark.drop) for mark in finding.marks] == [
        (9, "German", True),
        (10, "German", True),
        (11, "German", True),
    ]
    assert "Most texts are English" in finding.text
    assert "others German" in finding.text


def test_a_few_foreign_words_are_no_second_language() -> None:
    assert languages.check(sorting(GERMAN[0])) is None


def test_many_rows_are_drawn_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "MOST_ROWS", 10)
    finding = languages.check(sorting(*GERMAN * 3))
    assert finding
    assert "of 10 rows drawn" in finding.text
    assert finding == languages.check(sorting(*GERMAN * 3))
