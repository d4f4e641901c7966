"""Names of categories as words."""

import pytest

from workbench.engine.encoder.few.category_names import words_of


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("card_not-arrived", "card not arrived"),
        ("RefundRequest", "Refund Request"),
        ("Change or cancel order", "Change or cancel order"),
        ("Rückgabe/Umtausch", "Rückgabe Umtausch"),
        ("配送", "配送"),
        ("A17", ""),
        ("3", ""),
        ("", ""),
        ("x_1", ""),
        ("no", ""),
    ],
)
def test_a_name_that_says_something_is_words(label: str, words: str) -> None:
    assert words_of(label) == words
