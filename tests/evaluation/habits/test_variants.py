"""The same question, written otherwise."""

import pytest

from workbench.evaluation.habits.variants import (
    VARIANTS,
    Variant,
    unaccented,
    varied,
    words_to_keep,
)

BY_NAME = {variant.name: variant for variant in VARIANTS}
QUESTION = "Where is my parcel from Köln, ordered on 12.03.2024 for 1,250.50 euros?"


def _typing() -> Variant:
    return BY_NAME["typing"]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.name)
def test_the_same_question_is_always_changed_alike(variant: Variant) -> None:
    assert varied(variant, QUESTION, 1) == varied(variant, QUESTION, 1) != QUESTION


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.name)
@pytest.mark.parametrize("text", ["", " ", "?", "ok", "🙂", "日本語で書く"])
def test_what_has_nothing_to_change_is_no_trouble(variant: Variant, text: str) -> None:
    changed = varied(variant, text, 1)
    assert changed.strip() or not text.strip()


def test_a_typing_error_changes_some_words_and_no_number() -> None:
    text = "Please tell me where the parcel with number 4711-2290 has been left behind"
    changed = varied(_typing(), text, 5)
    pairs = list(zip(text.split(), changed.split(), strict=True))
    assert sum(one != other for one, other in pairs) == 1
    assert "4711-2290" in changed
    assert all(one[0] == other[0] for one, other in pairs)
    assert len({varied(_typing(), text, seed) for seed in range(30)}) > 10


def test_longer_texts_have_more_typing_errors() -> None:
    text = " ".join(f"parcel{'abcdefgh'[i % 8]}" for i in range(50))
    changed = varied(_typing(), text, 1)
    wrong = sum(a != b for a, b in zip(text.split(), changed.split(), strict=True))
    assert wrong == 6


def test_words_of_which_the_answer_is_made_stay() -> None:
    text = "Invoice from Steinbrecher, total Ninety"
    keep = words_to_keep('{"company": "Steinbrecher", "sum": "Ninety"}')
    for seed in range(20):
        changed = varied(_typing(), text, seed, keep)
        assert "Steinbrecher" in changed
        assert "Ninety" in changed
        assert changed != text


def test_capitals_and_small_letters() -> None:
    assert varied(BY_NAME["capitals"], "Größe?", 1) == "GRÖSSE?"
    assert varied(BY_NAME["small"], "Where Is It", 1) == "where is it"


@pytest.mark.parametrize(
    ("text", "greeting"),
    [
        ("Where is my parcel?", "Hi there"),
        ("Wo ist mein Paket und wann kommt es?", "Hallo"),
        ("Où est le colis, je vous prie ?", "Bonjour"),
        ("¿Dónde están los paquetes, por favor?", "Hola"),
    ],
)
def test_the_greeting_is_in_the_questions_language(text: str, greeting: str) -> None:
    changed = varied(BY_NAME["greeting"], text, 1)
    assert changed.startswith(greeting)
    assert changed.endswith(text)


def test_punctuation_goes_but_not_within_numbers() -> None:
    changed = varied(BY_NAME["punctuation"], QUESTION, 1)
    assert changed == "Where is my parcel from Köln ordered on 12.03.2024 for 1,250.50 euros"


def test_accents_go_and_other_scripts_stay() -> None:
    assert unaccented("Crème brûlée, Größe, Łódź, ÆØ") == "Creme brulee, Grosse, Lodz, AeO"
    assert unaccented("日本 привет й") == "日本 привет й"
