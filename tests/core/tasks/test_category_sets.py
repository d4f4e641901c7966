"""Sets of categories as texts: read in every form, written in one, compared."""

import pytest

from workbench.core.chats.unreadable import Unreadable
from workbench.core.tasks.category_sets import (
    NONE,
    canonical,
    categories_in,
    f1_of,
    known_in,
    labels_in,
    right_in,
    written,
)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("late; price", ["late", "price"]),
        ("price|late", ["late", "price"]),
        ("price, late, price", ["late", "price"]),
        ("price\nlate\n", ["late", "price"]),
        ('["price", "late"]', ["late", "price"]),
        ("['price', 'late']", ["late", "price"]),
        ("[1, 2]", ["1", "2"]),
        ("Sales, Inc.; late", ["Sales, Inc.", "late"]),
        ('["a; b", "c"]', ["a, b", "c"]),
        ("  late  ", ["late"]),
        ("none", []),
        ("[]", []),
        (NONE, []),
        ("Größe | Ürün", ["Größe", "Ürün"]),
    ],
)
def test_a_cell_is_read_in_every_form(cell: str, names: list[str]) -> None:
    assert categories_in(canonical(cell)) == names
    assert canonical(canonical(cell)) == canonical(cell)


def test_no_category_is_written_in_words() -> None:
    assert written([]) == written(["", " "]) == NONE
    assert categories_in(NONE) == categories_in("") == []


@pytest.mark.parametrize("cell", ["#N/A", '[{"a": 1}]', "[[1]]"])
def test_what_holds_no_categories_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        canonical(cell)


@pytest.mark.parametrize(
    ("text", "known", "strange"),
    [
        ("late; price", "late; price", []),
        ("Price, LATE.", "late; price", []),
        ("late\nprice", "late; price", []),
        ("late; fast", "late", ["fast"]),
        ("none", NONE, []),
        ("-", NONE, []),
        ("Sales, Inc.; late", "Sales, Inc.; late", []),
        ("Sales, Inc., late", "late", ["Sales", "Inc"]),
        ('["late"]', "late", []),
        ("none of them.", NONE, []),
        ("", NONE, []),
        ("I think it is late", NONE, ["I think it is late"]),
    ],
)
def test_what_a_model_wrote_is_held_to_known_categories(
    text: str, known: str, strange: list[str]
) -> None:
    assert known_in(text, ["late", "price", "Sales, Inc."]) == (known, strange)


def test_a_name_with_a_sign_between_names_is_one() -> None:
    assert known_in("X|y", ["x|y", "z"]) == ("x|y", [])


def test_sets_are_compared_whatever_their_order() -> None:
    assert right_in("a; b; c", "c; a; d") == 2
    assert f1_of("a; b", "b; c") == 0.5
    assert f1_of(NONE, NONE) == 1.0
    assert f1_of("a", NONE) == 0.0
    assert labels_in(["b; a", NONE, "c; a"]) == ["a", "b", "c"]
