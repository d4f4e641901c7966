"""Feedback on an answer, good or bad, in the words in which people and programs give it.

KTO's `label`, a thumb, a vote: a bad answer is kept out of what a model learns.
"""

import re
from collections.abc import Collection

from workbench.core.chats.unreadable import Unreadable

ROLE = "feedback"
BAD = "marked as a bad answer"
_GOOD = frozenset(
    [
        "true",
        "1",
        "1.0",
        "+1",
        "yes",
        "y",
        "good",
        "up",
        "thumbs_up",
        "thumbsup",
        "👍",
        "like",
        "liked",
        "positive",
        "accept",
        "accepted",
        "approve",
        "approved",
        "correct",
        "right",
        "helpful",
        "chosen",
        "desirable",
        "pass",
        "passed",
        "ok",
        "upvote",
        "upvoted",
    ]
)
_BAD = frozenset(
    [
        "false",
        "0",
        "0.0",
        "-1",
        "-1.0",
        "no",
        "n",
        "bad",
        "down",
        "thumbs_down",
        "thumbsdown",
        "👎",
        "dislike",
        "disliked",
        "negative",
        "reject",
        "rejected",
        "disapproved",
        "incorrect",
        "wrong",
        "unhelpful",
        "not_helpful",
        "undesirable",
        "fail",
        "failed",
        "downvote",
        "downvoted",
    ]
)
_TRUTHS = frozenset(
    [
        "true",
        "false",
        "1",
        "0",
        "1.0",
        "0.0",
        "-1",
        "-1.0",
        "+1",
        "yes",
        "no",
        "good",
        "bad",
        "desirable",
        "undesirable",
    ]
)


def is_good(cell: str) -> bool | None:
    """Whether feedback says that an answer is good; None if it says neither."""
    word = _plain(cell)
    return True if word in _GOOD else False if word in _BAD else None


def check(cell: str) -> str:
    """The cell, if it does not speak against the answer; an empty one says nothing.

    Raises:
        Unreadable: the answer is marked as bad, or the cell says something else.
    """
    if cell.strip() and (good := is_good(cell)) is not True:
        raise Unreadable(BAD if good is False else "feedback that is neither good nor bad")
    return cell


def tells_good_from_bad(values: Collection[str], *, truths_only: bool = False) -> bool:
    """Whether the values of a column are those of feedback: one for good, one for bad.

    Args:
        truths_only: whether words such as "positive" do not count, which may be categories.
    """
    words = {_plain(value) for value in values}
    if not 0 < len(words) <= 2 or (truths_only and not words <= _TRUTHS):
        return False
    verdicts = [is_good(word) for word in words]
    return None not in verdicts and len(set(verdicts)) == len(words)


def _plain(cell: str) -> str:
    return re.sub(r"(?<=\w)[\s_-]+(?=\w)", "_", cell.strip().lower())
