"""Where values stand in a text."""

import pytest

from workbench.core.fields.places import marked, places_of

TEXT = (
    "BOOK SHOP  SDN\nNo 5, Main  Street\nDate 25/12/2018\nTotal RM 1,234.50\nNote: pen(s), 15 paid"
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Book Shop SDN", "BOOK SHOP  SDN"),
        ("Main Street", "Main  Street"),
        ("25 Dec 2018", "25/12/2018"),
        ("2018-12-25", "25/12/2018"),
        ("1234.5", "1,234.50"),
        (1234.5, "1,234.50"),
        ("pen(s)", "pen(s)"),
        (5, "5"),
        ("1,234.50", "1,234.50"),
        ("Main Stree", None),
        ("26/12/2018", None),
        ("7", None),
        (True, None),
    ],
)
def test_a_value_is_found_however_it_is_written(value: object, found: str | None) -> None:
    (place,) = places_of({"a": value}, TEXT)
    assert (None if place.start is None else TEXT[place.start : place.end]) == found


def test_items_and_groups_are_looked_for_each() -> None:
    fields = {"tags": ["pen(s)", "ink"], "shop": {"street": "Main Street", "town": ""}, "x": None}
    found = places_of(fields, TEXT)
    assert [(p.name, p.start is None) for p in found] == [
        ("tags", False), ("tags", True), ("shop · street", False)
    ]  # fmt: skip


def test_pieces_say_which_places_cover_them() -> None:
    places = places_of({"a": "Main Street", "b": "Street", "c": "nowhere"}, TEXT)
    pieces = marked(places, TEXT)
    assert "".join(text for text, _ in pieces) == TEXT
    assert [(text, own) for text, own in pieces if own] == [("Main  ", [0]), ("Street", [0, 1])]
