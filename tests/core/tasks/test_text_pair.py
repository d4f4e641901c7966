"""Two texts in one question: woven under their headings, and parted again."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.tasks.text_pair import (
    columns_of,
    headings_of,
    joined_as,
    parted,
    template,
    woven_in,
)

HEADINGS = ("claim", "the evidence")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It rains.", "The street is wet."),
        ("Two\nlines: here", "and\nhere: too"),
        ("It rains.", ""),
        ("", "Wet."),
        ("claim: yes", "the evidence: no"),
    ],
)
def test_what_was_joined_is_parted_again(one: str, other: str) -> None:
    assert parted(HEADINGS, joined_as(HEADINGS, one, other)) == (one, other)


def test_a_text_without_the_headings_is_one_text() -> None:
    for text in ("It rains.", "claim: It rains.", "It rains.\nthe evidence: Wet.", ""):
        assert parted(HEADINGS, text) == (text, "")


def test_only_a_template_of_two_headed_columns_is_a_pair() -> None:
    made = template(HEADINGS, ("A", "B"))
    assert made == "claim: {A}\nthe evidence: {B}"
    assert headings_of(made) == HEADINGS
    assert columns_of(made) == ("A", "B")
    for source in ("A", "{A}\n\n{B}", "a: {A}\nb: {B}\nc: {C}", "a: {A}", ""):
        assert headings_of(source) == columns_of(source) == ()


def test_a_second_column_is_woven_into_the_question() -> None:
    roles = {"text": "claim", "text_pair": "proof", "label": "x"}
    assert woven_in(roles, "text") == {"text": "claim: {claim}\nproof: {proof}", "label": "x"}
    learned = woven_in({"text": "a", "text_pair": "b"}, "text", HEADINGS)
    assert learned == {"text": "claim: {a}\nthe evidence: {b}"}
    assert woven_in({"text": "a", "text_pair": ""}, "text") == {"text": "a"}
    with pytest.raises(WorkbenchError, match="a column each"):
        woven_in({"text_pair": "b"}, "text")
