"""Fields as values that are kept."""

from workbench.core.fields.field import (
    GROUP,
    NUMBER,
    ONE_OF,
    OTHER,
    Field,
    as_dicts,
    changed,
    leaves,
    read,
    with_help,
)

BUYER = Field("buyer", GROUP, fields=(Field("name"), Field("age", NUMBER)))


def test_what_is_kept_can_be_read_again() -> None:
    fields = (
        Field("how", ONE_OF, choices=("a", 1), help="How.", is_set=True, written=("string",)),
        BUYER,
    )
    assert read(as_dicts(fields)) == fields


def test_what_cannot_be_understood_is_passed_over() -> None:
    assert read(None) == read("x") == read([1, {"kind": "text"}]) == ()
    assert read([{"name": "a", "kind": "of tomorrow"}]) == (Field("a", OTHER),)


def test_a_field_within_a_field_is_changed_by_its_title() -> None:
    assert [title for title, _ in leaves((BUYER,))] == ["buyer · name", "buyer · age"]
    made = changed((BUYER, Field("x")), "buyer · age", help="In years.")
    assert dict(leaves(made))["buyer · age"].help == "In years."


def test_sentences_of_help_stand_behind_the_instruction() -> None:
    assert with_help("Be exact.", (Field("a"),)) == "Be exact."
    assert with_help("", (Field("a", help="The sum."), Field("b"))) == "The fields:\na: The sum."
