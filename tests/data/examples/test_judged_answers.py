"""Answers that were judged one by one, made pairs."""

from workbench.data.examples.judged_answers import ALONE, PUT_BESIDE, UNCLEAR, paired


def test_each_answer_of_a_question_with_both_kinds_is_in_a_pair() -> None:
    cells = {
        "prompt": ["a", "a ", "b", "a", "c", "b"],
        "chosen": ["good 1", "bad 1", "good 2", "bad 2", "good 3", "?"],
        "rejected": ["good 1", "bad 1", "good 2", "bad 2", "good 3", "?"],
        "feedback": ["true", "false", "True", "no", "👍", "perhaps"],
    }
    found, why = paired(cells)
    assert why == {0: PUT_BESIDE, 2: ALONE, 4: ALONE, 5: UNCLEAR}
    told = {n: (found["chosen"][n], found["rejected"][n]) for n in range(6) if n not in why}
    assert told == {1: ("good 1", "bad 1"), 3: ("good 1", "bad 2")}
