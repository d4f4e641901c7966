"""General questions, and which of them were forgotten."""

import re

import pytest

from workbench.evaluation.habits.general import is_right, summary
from workbench.evaluation.habits.general_set import QUESTIONS

ANSWERS = {
    1: "The capital of France is Paris.", 2: "Earth", 3: "There are seven days.", 4: "Ice.",
    5: "A dog barks.", 6: "Tokyo is in Japan.", 7: "Oxygen", 8: "William Shakespeare", 9: "Green",
    10: "24 hours", 11: "The Pacific Ocean", 12: "Honey", 13: "2 + 2 = 4", 14: "63", 15: "It is 50.",
    16: "5", 17: "You have 9 apples.", 18: "15", 19: "12", 20: "children", 21: "went", 22: "cold",
    23: "large", 24: "She goes to school every day.", 25: "He has a car.", 26: "Yes.",
    27: "Apples,\nbananas and pears", 28: "STONE", 29: "1, 2, 3, 4, 5", 30: "window",
    31: "Berlin", 32: "Acht", 33: "Häuser", 34: "dog", 35: "Rome", 36: "20", 37: "petit",
    38: "Madrid", 39: "6", 40: "libros",
}  # fmt: skip
WRONG = {
    1: "Lyon, not Parisian", 3: "17", 10: "240", 13: "2 + 2 = 14", 14: "6.3", 16: "55", 26: "Yes, of course!",
    27: "An apple and a pear", 28: "stone", 29: "1, 5", 32: "18",
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: str(one.number))
def test_a_right_answer_is_right_and_the_question_alone_or_nothing_is_not(question: object) -> None:
    one = QUESTIONS[question.number - 1]  # type: ignore[attr-defined]
    assert is_right(one, ANSWERS[one.number])
    assert not is_right(one, "")
    assert not is_right(one, "I am sorry, I cannot help with that.")


@pytest.mark.parametrize(("number", "answer"), WRONG.items())
def test_a_wrong_answer_is_wrong(number: int, answer: str) -> None:
    assert not is_right(QUESTIONS[number - 1], answer)


def test_there_are_forty_in_four_languages() -> None:
    assert len({one.text for one in QUESTIONS}) == len(QUESTIONS) == 40
    assert {one.language for one in QUESTIONS} == {"en", "de", "fr", "es"}
    assert all(re.compile(one.right) for one in QUESTIONS)


def test_what_was_forgotten_is_counted_and_tested() -> None:
    base = [ANSWERS[one.number] for one in QUESTIONS]
    tuned = ["Your parcel is on its way." if one.number <= 12 else a for one, a in zip(QUESTIONS, base, strict=True)]  # fmt: skip
    found = summary(base, tuned)
    assert (found["rows"], found["base"], found["tuned"]) == (40, 40, 28)
    assert (found["forgotten"], found["gained"]) == (12, 0)
    assert found["p_value"] == pytest.approx(2 * 0.5**12)
    assert found["skills"]["facts"] == {"rows": 15, "base": 15, "tuned": 3}  # type: ignore[index]
    same = summary(tuned, tuned)
    assert (same["forgotten"], same["p_value"]) == (0, 1.0)
