"""Calls in plain words."""

from workbench.core.tools.words import growing, in_a_line, in_words, value_in_words

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


def test_values_are_read_as_they_are_said() -> None:
    told = [value_in_words(own) for own in ("a", 1, True, ["a", 2], [], [{"b": 1}], {"c": None})]
    assert told == ["a", "1", "true", "a, 2", "[]", '[{"b": 1}]', '{"c": null}']


def test_an_answer_that_grows_may_hold_half_a_call() -> None:
    assert growing(f'{BELL}\n<tool_call>\n{{"na') == "→ Calls bell\n  (no inputs)\n→ Calls …"
    assert growing(CALL) == in_words(CALL)
    assert growing("Hi <tool") == "Hi <tool"


def test_calls_fit_into_a_cell() -> None:
    assert in_a_line(f"One moment.\n{CALL}") == "One moment. → room (floor: 2, who: Ada)"
    assert in_a_line("<tool_call>x</tool_call>") == (
        "→ A call that cannot be used: it is not valid JSON (x)"
    )
