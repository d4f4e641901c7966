"""Feedback on an answer, good or bad."""

import pytest

from workbench.core.chats.unreadable import Unreadable
from workbench.core.feedback import BAD, check, is_good, tells_good_from_bad


@pytest.mark.parametrize(
    "cell", ["true", "True", "1", "1.0", "thumbs_up", "Thumbs up", "👍", "Good"]
)
def test_a_good_answer(cell: str) -> None:
    assert is_good(cell) is True
    assert check(cell) == cell


@pytest.mark.parametrize("cell", ["false", "FALSE", "0", "-1", "thumbs-down", "👎", "bad", " no "])
def test_a_bad_answer_is_refused_as_one(cell: str) -> None:
    assert is_good(cell) is False
    with pytest.raises(Unreadable, match=BAD):
        check(cell)


def test_no_feedback_says_nothing_and_any_other_word_is_refused() -> None:
    assert check(" ") == " "
    with pytest.raises(Unreadable, match="neither good nor bad"):
        check("maybe")


@pytest.mark.parametrize(
    ("values", "tells"),
    [
        (["true", "false"], True),
        (["1", "-1"], True),
        (["up", "down"], True),
        (["true"], True),
        (["1", "5"], False),
        (["1", "2", "3"], False),
        (["true", "good"], False),
        (["spam", "ham"], False),
        ([], False),
    ],
)
def test_two_values_are_feedback_if_one_is_good_and_one_bad(values: list[str], tells: bool) -> None:
    assert tells_good_from_bad(values) is tells


def test_words_that_may_be_categories_count_only_where_they_cannot_be() -> None:
    assert tells_good_from_bad(["positive", "negative"])
    assert not tells_good_from_bad(["positive", "negative"], truths_only=True)
