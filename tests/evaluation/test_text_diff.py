"""Differences between two texts, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.text_diff import differences

TEXTS = st.text(alphabet="ab _.\né→", max_size=20)


def _marked(text: str, other: str) -> str:
    return "".join(f"[{p.text}]" if p.differs else p.text for p in differences(text, other))


def test_words_that_differ_are_marked() -> None:
    assert _marked("The red parcel left.", "The blue parcel left.") == "The [red] parcel left."


def test_a_phrase_is_one_piece() -> None:
    assert _marked("Dear all my friends", "Dear you") == "Dear [all my friends]"


def test_equal_texts_have_no_marks() -> None:
    assert _marked("same,\nsame", "same,\nsame") == "same,\nsame"


def test_a_mark_does_not_join_lines() -> None:
    assert _marked("one\ntwo", "a\nb") == "[one]\n[two]"


def test_very_long_texts_are_shown_without_marks() -> None:
    assert _marked("a " * 3000, "b") == "a " * 3000


@given(TEXTS, TEXTS)
def test_no_character_is_lost(text: str, other: str) -> None:
    assert "".join(piece.text for piece in differences(text, other)) == text
