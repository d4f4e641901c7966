"""Calls as cards: nothing in them is formatting, and half a call says so."""

import json

import pandas as pd
from streamlit.testing.v1 import AppTest

from workbench.ui.calls_view import compared, in_cells, in_table, lines

CALL = '<tool_call>\n{"name": "room", "arguments": {"floor": 2, "who": "Ada"}}\n</tool_call>'


def test_an_answer_is_shown_in_its_pieces() -> None:
    def shown() -> None:
        from workbench.ui import calls_view

        nasty = '{"name": "**r**", "arguments": {":red[x]": "$a$", "e": ""}}'
        text = f"One *moment*.\n<tool_call>\n{nasty}\n</tool_call>"
        assert calls_view.show(text)
        assert calls_view.show("<tool_response>\n**free**\n</tool_response>")
        assert calls_view.show('<tool_call>\n{"name": "ro')
        assert calls_view.show('<tool_call>{"name": "bell", "arguments": {}}</tool_call>')
        assert not calls_view.show("Hello.")

    at = AppTest.from_function(shown).run()
    assert not at.exception, at.exception
    said = [element.value for element in at.markdown]
    assert said[0] == r":blue-badge[:material/build: Calls a tool] **\*\*r\*\***"
    assert said[1] == "\\:red\\[x\\]: **\\$a\\$**  \ne: (empty)"
    assert "What the tool gave back" in said[2]
    assert "A call that cannot be used" in said[3]
    assert said[5] == ":gray[without any input]"
    assert [e.value for e in at.text] == ["One *moment*.", "**free**", '{"name": "ro']
    assert at.caption[0].value == "Nothing can carry it out: it breaks off."


def test_calls_are_told_where_no_card_fits() -> None:
    assert lines(f"user: hi\n{CALL}") == (
        "user: hi  \n:blue-badge[:material/build: Calls] **room**  \nfloor: **2**  \nwho: **Ada**"
    )
    assert lines("a *b*") == r"a \*b\*"
    table = in_table(pd.DataFrame({"a": [1, None], "b": [CALL, "x"], "c": [True, False]}))
    assert table["b"].tolist() == ["→ room (floor: 2, who: Ada)", "x"]
    assert (table["c"].dtype, table["a"].dtype) == (bool, float)
    assert in_cells([CALL, None]) == ["→ room (floor: 2, who: Ada)", "None"]


def test_wanted_inputs_stand_beside_those_that_were_given() -> None:
    inputs = {"floor": 3, "day": "Mon"}
    call = json.dumps({"name": "room", "arguments": inputs})
    table = compared(CALL, f"<tool_call>{call}</tool_call>")
    assert [tuple(row) for row in table.itertuples(index=False)] == [
        ("The tool", "room", "✓ room"),
        ("floor", "2", "✗ 3"),
        ("who", "Ada", "– missing"),
        ("day", "–", "+ Mon (too much)"),
    ]
    assert compared(CALL, "No.")["Its answer"].tolist() == ["– missing"] * 3
    assert compared("No.", CALL)["Its answer"].tolist()[0] == "+ room (too much)"
    broken = compared(CALL, "<tool_call>x")
    assert broken["Its answer"][0] == "✗ a call that cannot be used: it breaks off"
