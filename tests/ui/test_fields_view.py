"""Fields as a page shows them."""

import json

from streamlit.testing.v1 import AppTest

from workbench.core.fields.places import places_of
from workbench.ui.fields_view import compared, marks, table

TEXT = "Shop: *Ada*\nTotal 9.00\nTotal 9.00"
FIELDS = {"who": "*Ada*", "total": "9", "tags": ["Shop", "nope"], "none": None}


def test_each_value_has_its_place_and_number() -> None:
    found = table(FIELDS, places_of(FIELDS, TEXT), TEXT, {"who": 0.9})
    assert found["Where"].tolist() == [
        "[1] line 1", "[2] line 2, written otherwise", "[3] line 1", "⚠ nowhere in the text", "missing"
    ]  # fmt: skip
    assert found["Value"].tolist()[-1] == "–"
    assert found["How sure"].tolist() == ["90.0 %", "", "", "", ""]


def test_marks_carry_a_number_and_hold_what_others_wrote() -> None:
    shown = marks(places_of(FIELDS, TEXT), TEXT)
    assert ":blue-background[\\*Ada\\* \\[1\\]]" in shown
    assert ":blue-background[9.00 \\[2\\]]  \nTotal 9.00" in shown


def test_values_of_several_lines_are_marked_line_by_line() -> None:
    text = "at Main\nStreet 5"
    assert marks(places_of({"a": "Main Street"}, text), text) == (
        "at :blue-background[Main]  \n:blue-background[Street \\[1\\]] 5"
    )


def test_answers_are_compared_with_a_sign_each() -> None:
    wanted = json.dumps({"a": "x", "b": "9.00", "c": "z", "g": {"h": 1}})
    given = json.dumps({"a": "x", "b": "9", "d": "more", "g": {"h": 2}})
    found = compared(wanted, {"Tuned": given, "Base": "no json"})
    assert dict(zip(found["Field"], found["Tuned"], strict=True)) == {
        "a": "✓ x", "b": "✓ 9", "c": "– missing", "g · h": "✗ 2", "d": "+ more (too much)"
    }  # fmt: skip
    assert found["Base"].tolist() == ["– missing"] * 4 + [""]


def test_a_page_tells_what_was_cut_and_read_in_parts() -> None:
    def page() -> None:
        from workbench.ui import fields_view

        told = {"cut": ["who_"], "parts": 3, "sure": {}}
        assert fields_view.show('{"who_": "Ada", "x": "no*where"}', "Ada", told, "1")
        assert not fields_view.show("[1]", "Ada", None, "2")

    at = AppTest.from_function(page).run()
    assert not at.exception, at.exception
    said = " ".join(caption.value for caption in at.caption)
    assert "Stands nowhere in the text: **x**" in said
    assert "no room for **who\\_**" in said
    assert "read in 3 parts" in said
