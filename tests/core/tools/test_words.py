"""Calls in plain words."""

from workbench.core.tools.words import in_a_line, in_words

CALL = '<tool_call>\n{"name": "room", "arguments": {"floor": 2, "who": "Ada"}}\n</tool_call>'
BELL = '<tool_call>\n{"name": "bell", "arguments": {}}\n</tool_call>'


def test_calls_are_told_line_by_line() -> None:
    assert in_words(f"One moment.\n{CALL}\n{BELL}") == (
        "One moment.\n→ Calls room\n  floor: 2\n  who: Ada\n→ Calls bell\n  (no inputs)"
    )
    assert in_words("<tool_response>\nfree\n</tool_response>") == "← The tool gave back: free"
    assert in_words('<tool_call>{"name": "ro') == (
        '→ A call that cannot be used (it breaks off): {"name": "ro'
    )
    assert in_words("Hello\n") == "Hello\n"


def test_calls_fit_into_a_cell() -> None:
    assert in_a_line(f"One moment.\n{CALL}") == "One moment. → room (floor: 2, who: Ada)"
    assert in_a_line("<tool_call>x</tool_call>") == (
        "→ A call that cannot be used: it is not valid JSON (x)"
    )
