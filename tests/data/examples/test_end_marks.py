"""Marks behind every question and answer, as OpenAI's older fine-tuning had them, are taken off."""

from workbench.core.tasks import TASKS
from workbench.data.examples.end_marks import without_end_marks

COMPLETION, SORTING = TASKS["completion"], TASKS["classification"]


def test_marks_that_all_rows_have_go_from_both_sides() -> None:
    asked = [f"Where is parcel {i}?\n\n###\n\n" for i in range(20)]
    told = [f" In town {i}. END" for i in range(20)]

    texts, notes = without_end_marks(COMPLETION, {"prompt": asked, "response": told})

    assert texts["prompt"][3] == "Where is parcel 3?"
    assert texts["response"][3] == " In town 3."
    assert notes == [
        "The mark '###' at the end of the questions is taken off.",
        "The mark 'END' at the end of the answers is taken off.",
    ]


def test_an_arrow_goes_from_texts_to_sort() -> None:
    texts, notes = without_end_marks(
        SORTING,
        {"text": ["late again ->", "all fine ->", None], "label": [" bad", " good", " bad"]},
    )
    assert texts["text"] == ["late again", "all fine", None]
    assert texts["label"] == [" bad", " good", " bad"]
    assert len(notes) == 1


def test_what_only_some_rows_have_stays() -> None:
    asked: list[str | None] = [f"Question {i}?" for i in range(18)]
    given = {
        "prompt": [*asked, "One ###", "Two ###"],
        "response": [f"Answer {i} END" for i in range(20)],
    }

    texts, notes = without_end_marks(COMPLETION, given)

    assert texts == given
    assert not notes


def test_answers_keep_their_ends_where_the_questions_have_no_mark() -> None:
    given = {"prompt": ["How does it end?", "And this?"], "response": ["With THE END", "The END"]}
    assert without_end_marks(COMPLETION, given) == (given, [])
