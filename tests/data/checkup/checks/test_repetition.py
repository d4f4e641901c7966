from tests.helpers.check_tables import CLEAN, replying
from workbench.data.checkup.checks import repetition


def test_clean_answers_repeat_nothing() -> None:
    assert repetition.check(replying()) == []


def test_an_answer_that_repeats_its_question_is_told() -> None:
    text = CLEAN[0][0]
    (finding,) = repetition.check(replying((text, text.upper().rstrip("?"))))
    assert finding.kind == repetition.ECHO
    assert [(flagged.row_id, flagged.drop) for flagged in finding.flagged_rows] == [(9, True)]


def test_the_same_answer_to_many_questions_is_told_with_its_share() -> None:
    same = [(f"What about number {i}, is it there?", "Please call us.") for i in range(12)]
    (finding,) = repetition.check(replying(*same))
    assert finding.kind == repetition.TEMPLATE
    assert finding.title == "60.0 % of the answers give the same answer"
    assert finding.rows == 12
    assert not finding.remove


def test_answers_that_begin_alike_are_told() -> None:
    alike = [
        (f"What about {i}?", f"Thank you very much for asking us about {i}.") for i in range(15)
    ]
    (finding,) = repetition.check(replying(*alike))
    assert "begin with the same words: 'Thank you very much for asking …'" in finding.text
