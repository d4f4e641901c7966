"""The sentence of a part that was looked at."""

from typing import Any

from workbench.evaluation.habits.headlines import headlines
from workbench.evaluation.habits.parts import ROBUSTNESS


def _told(*same: float) -> str:
    titles = ("Typing errors", "All capitals")
    variants: list[dict[str, Any]] = [
        {"title": title, "same": share, "rows": 36}
        for title, share in zip(titles, same, strict=True)
    ]
    return headlines({ROBUSTNESS: {"rows": 36, "variants": variants}})[ROBUSTNESS]


def test_the_way_of_writing_that_changes_most_answers_is_named() -> None:
    assert _told(0.5, 0.9) == (
        "Of 36 questions written otherwise, the answer stays the same least often with "
        "'typing errors': 50.0 % of 36."
    )


def test_where_no_answer_changes_that_is_all_there_is_to_say() -> None:
    assert _told(1.0, 1.0) == (
        "Not at all: all 36 questions get the same answer in every way of writing that was tried."
    )
