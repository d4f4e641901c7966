"""The verdict says what the numbers say, and no more."""

import pandas as pd

from tests.helpers.exams import answers
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.evaluation.verdict import (
    ALONE,
    NOT_YET,
    SIMPLE,
    USE_TUNED,
    WORSE,
    Verdict,
    verdict,
)


def _exam(n: int, tuned: int, base: int | None, baseline: int | None) -> pd.DataFrame:
    """An exam of n questions, of which the first so many are right."""

    def column(right: int | None) -> list[str | None]:
        return [None if right is None else "yes" if i < right else "no" for i in range(n)]

    tuned_answers = [str(answer) for answer in column(tuned)]
    frame = answers(["yes"] * n, tuned_answers, base=column(base), baseline=column(baseline))
    return score_rows(frame, "classification")


def _judged(n: int, tuned: int, base: int | None, baseline: int | None) -> Verdict:
    right = {"baseline": baseline, "base": base, "tuned": tuned}
    scores = {system: {"accuracy": k / n} for system, k in right.items() if k is not None}
    return verdict("classification", scores, _exam(n, tuned, base, baseline), "exam question")


def test_the_whole_sentence_of_a_good_model() -> None:
    found = _judged(3080, 2886, 2864, 2753)
    assert found.level == USE_TUNED
    assert found.headline == (
        "On 3,080 exam questions the trained model gets 93.7 % right – 4.3 points better than the "
        "simple baseline (89.4 %) and 0.7 better than before training (93.0 %)."
    )
    assert (found.sentence, found.use) == ("Use the trained model.", "tuned")
    assert found.evidence[0] == "Both differences are larger than chance alone would make."
    assert "between 92.8 % and 94.5 %" in found.evidence[1]


def test_a_gain_within_chance_is_called_that() -> None:
    """100 questions, 3 of them better and none worse: p = 0.25."""
    found = _judged(100, 83, 80, 50)
    assert found.level == NOT_YET
    assert found.evidence[0] == (
        "The difference to the model before training is within what chance alone could do."
    )
    assert found.headline.endswith(
        " 3.0 better than before training (80.0 %) (which may be chance)."
    )
    assert "the gain is not proven" in found.next_step


def test_a_loss_against_the_baseline_is_never_hidden() -> None:
    found = _judged(500, 400, 20, 450)
    assert found.level == WORSE
    assert (
        "10.0 points worse than the simple baseline (90.0 %) but 76.0 better than" in found.headline
    )
    assert found.next_step.startswith(
        "The trained model is worse than the simple baseline: do not use it."
    )


def test_a_loss_against_before_training_is_never_hidden() -> None:
    found = _judged(500, 400, 450, 300)
    assert found.level == WORSE
    assert "worse than before training: do not use it" in found.next_step


def test_a_small_loss_is_not_a_gain() -> None:
    found = _judged(100, 79, 80, 50)
    assert found.level == NOT_YET
    assert "but 1.0 worse than before training" in found.headline
    assert found.next_step.startswith("Training has not paid off yet.")


def test_without_a_mistake_nobody_is_sent_to_look_at_mistakes() -> None:
    found = _judged(12, 12, 12, 12)
    assert found.level == NOT_YET
    assert "mistakes" not in found.next_step
    assert "It got all of them right" in found.next_step


def test_a_small_exam_is_a_rough_hint() -> None:
    found = _judged(12, 11, 8, 9)
    assert found.headline.endswith(", which may be chance.")
    assert "Only 12 exam questions: take the number as a rough hint." in found.evidence
    assert "Both differences are within what chance alone could do." in found.evidence


def test_equal_scores_are_the_same() -> None:
    found = _judged(50, 40, 40, None)
    assert "the same as it was before training (80.0 %)" in found.headline
    assert found.level == NOT_YET


def test_a_model_on_its_own_is_only_described() -> None:
    found = _judged(200, 150, None, None)
    assert found.level == ALONE
    assert found.headline.endswith("there is nothing to compare it with.")


def test_without_a_score_there_is_no_verdict() -> None:
    found = verdict("classification", {}, _exam(5, 3, None, None))
    assert found.headline == "The trained model has not answered the exam questions yet."


def _texts(likeness: list[tuple[float, float]]) -> pd.DataFrame:
    """Texts of 100 letters, of which before and after training so many of a hundred are alike."""
    wanted = "".join(chr(0x4E00 + i) for i in range(100))

    def told(share: float) -> str:
        kept = round(share)
        return wanted[:kept] + "x" * (100 - kept)

    base, tuned = ([told(pair[i]) for pair in likeness] for i in (0, 1))
    return score_rows(answers([wanted] * len(likeness), tuned, base=base), "completion")


def _scores_of_texts(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    expected = frame["expected"].tolist()
    return {
        who: text_scores("completion", expected, frame[who].tolist()) for who in ("base", "tuned")
    }


def test_likeness_is_compared_row_by_row() -> None:
    frame = _texts([(30 + i % 5, 45 + i % 7) for i in range(40)])
    scores = _scores_of_texts(frame)
    found = verdict("completion", scores, frame, "exam question")
    assert found.level == USE_TUNED
    gain = round(scores["tuned"]["chrf"], 1) - round(scores["base"]["chrf"], 1)
    assert found.headline == (
        "On 40 exam questions the likeness of the trained model's answers to your own is "
        f"{scores['tuned']['chrf']:.1f} of 100 – {gain:.1f} points better than before training "
        f"({scores['base']['chrf']:.1f})."
    )
    assert found.evidence[0] == "The difference is larger than chance alone would make."


def test_likeness_that_jumps_about_proves_nothing() -> None:
    frame = _texts([(60, 21), (20, 62)] * 20)
    found = verdict("completion", _scores_of_texts(frame), frame, "exam question")
    assert found.level == NOT_YET
    assert "within what chance alone could do" in found.evidence[0]


def test_a_smaller_loss_is_better() -> None:
    frame = score_rows(answers(["x"], ["y"], base=["z"]), "language-modelling")
    scores = {"base": {"loss": 3.31}, "tuned": {"loss": 2.74}}
    found = verdict("language-modelling", scores, frame, "exam text")
    assert found.headline == (
        "On 1 exam text the trained model is still wrong by 2.74 (loss) – "
        "0.57 better than before training (3.31)."
    )
    assert "chance cannot be ruled out" in found.evidence[0]


def test_a_larger_loss_is_worse_even_if_chance_is_unknown() -> None:
    frame = score_rows(answers(["x"], ["y"], base=["z"]), "language-modelling")
    scores = {"base": {"loss": 2.0}, "tuned": {"loss": 2.5}}
    assert verdict("language-modelling", scores, frame, "exam text").level == WORSE


def test_loss_of_each_text_tells_chance_when_the_exam_has_it() -> None:
    frame = answers(["x"] * 50, ["y"] * 50, base=["z"] * 50)
    frame = frame.assign(loss_base=3.0, loss_tuned=[2.4 + 0.01 * i for i in range(50)])
    scores = {"base": {"loss": 3.0}, "tuned": {"loss": 2.65}}
    found = verdict(
        "language-modelling", scores, score_rows(frame, "language-modelling"), "exam text"
    )
    assert found.level == USE_TUNED


def test_of_a_simple_way_that_is_as_good_the_simple_one_is_to_be_used() -> None:
    scores = {
        "baseline": {"accuracy": 0.9, "seconds": 0.0005},
        "base": {"accuracy": 0.3, "seconds": 0.1},
        "tuned": {"accuracy": 0.9, "seconds": 0.1},
    }
    found = verdict("classification", scores, _exam(2000, 1800, 600, 1800), "exam question")
    assert found.level == SIMPLE
    assert found.sentence == "The simple baseline is as good and 200 times faster: use that."
    assert found.use == "baseline"
    assert "predict --rung baseline" in found.next_step
    assert "at most 0.2 points are lost (95 % interval)" in " ".join(found.evidence)
    assert found.more_questions is None


def test_a_model_that_is_as_good_as_one_and_the_same_answer_has_learned_nothing() -> None:
    frame = score_rows(
        _exam(2000, 1800, 600, None).assign(frequent=["yes"] * 1800 + ["no"] * 200),
        "classification",
    )
    scores = {"frequent": {"accuracy": 0.9}, "base": {"accuracy": 0.3}, "tuned": {"accuracy": 0.9}}
    found = verdict("classification", scores, frame, "exam question")
    assert (found.level, found.use) == (SIMPLE, "frequent")
    assert found.sentence.startswith("Do not rely on it: always giving the same answer scores as")


def test_a_small_but_certain_gain_is_a_gain() -> None:
    """20 of 3,000 questions, none worse: far more than chance, though under two points."""
    assert _judged(3000, 2720, 2700, None).level == USE_TUNED


def test_a_difference_that_stays_open_says_how_many_questions_would_tell() -> None:
    found = _judged(100, 83, 80, 50)
    assert (
        found.sentence == "Not yet: about 160 more exam questions would tell whether it is better."
    )
    assert found.proven == "", "nothing is marked as the one to use"
    assert found.more_questions == 160
    assert found.as_dict()["more_questions"] == 160


def test_what_only_thousands_of_questions_would_tell_counts_as_equal() -> None:
    frame = _exam(1000, 500, 490, None)
    mixed = frame["tuned"].tolist()
    mixed = mixed[250:] + mixed[:250]  # right elsewhere: they differ on half of the questions
    frame = score_rows(frame.assign(tuned=mixed).drop(columns="right_tuned"), "classification")
    scores = {"base": {"accuracy": 0.49}, "tuned": {"accuracy": 0.5}}
    found = verdict("classification", scores, frame)
    assert (found.level, found.more_questions, found.use) == (NOT_YET, 5000, "base")
    assert "more than 5,000 more exam questions" in found.sentence
    assert "Treat the trained model and the model before training as equal" in found.sentence


def test_many_comparisons_are_allowed_for() -> None:
    """A gain of 6 of 6 differing questions has p = 0.03: alone it counts, beside another it does not."""
    alone, beside = _judged(100, 86, 80, None), _judged(100, 86, 80, 80)
    assert (alone.level, beside.level) == (USE_TUNED, NOT_YET)


def test_where_the_answers_are_gone_the_scores_are_still_told() -> None:
    scores = {"base": {"accuracy": 0.5}, "tuned": {"accuracy": 0.9}}
    found = verdict("classification", scores, pd.DataFrame())
    assert found.level == NOT_YET
    assert found.sentence == "Not yet: this exam cannot tell whether it is worth it."


def test_an_exam_by_turns_is_trusted_less_than_as_many_questions() -> None:
    clear, doubtful = _exam(100, 83, 77, None), _exam(100, 83, 77, None).assign(turn=0)
    both = {"base": {"accuracy": 0.77}, "tuned": {"accuracy": 0.83}}
    assert verdict("classification", both, clear).level == USE_TUNED
    assert verdict("classification", both, doubtful).level == NOT_YET
