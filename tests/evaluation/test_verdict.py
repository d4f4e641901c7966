"""The verdict says what the numbers say, and no more."""

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.verdict import ALONE, BETTER, UNSURE, WORSE, Verdict, bars, verdict


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
    assert found.level == BETTER
    assert found.headline == (
        "On 3,080 exam questions the trained model gets 93.7 % right – 4.3 points better than the "
        "simple baseline (89.4 %) and 0.7 better than before training (93.0 %)."
    )
    assert found.evidence[0] == "Both differences are larger than chance alone would make."
    assert "between 92.8 % and 94.5 %" in found.evidence[1]


def test_a_gain_within_chance_is_called_that() -> None:
    """100 questions, 3 of them better and none worse: p = 0.25."""
    found = _judged(100, 83, 80, 50)
    assert found.level == UNSURE
    assert found.evidence[0] == (
        "The difference to the model before training is within what chance alone could do."
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
    assert found.level == UNSURE
    assert "but 1.0 worse than before training" in found.headline
    assert found.next_step.startswith("Training has not paid off yet.")


def test_a_small_exam_is_a_rough_hint() -> None:
    found = _judged(12, 11, 8, 9)
    assert "Only 12 exam questions: take the number as a rough hint." in found.evidence
    assert "Both differences are within what chance alone could do." in found.evidence


def test_equal_scores_are_the_same() -> None:
    found = _judged(50, 40, 40, None)
    assert "the same as it was before training (80.0 %)" in found.headline
    assert found.level == UNSURE


def test_a_model_on_its_own_is_only_described() -> None:
    found = _judged(200, 150, None, None)
    assert found.level == ALONE
    assert found.headline.endswith("there is nothing to compare it with.")


def test_without_a_score_there_is_no_verdict() -> None:
    found = verdict("classification", {}, _exam(5, 3, None, None))
    assert found.headline == "The trained model has not answered the exam questions yet."


def _texts(n: int, gain: float, spread: float) -> pd.DataFrame:
    """Texts whose likeness rises by `gain`, give or take `spread` from row to row."""
    frame = answers(["a"] * n, ["b"] * n, base=["c"] * n)
    steps = pd.Series([spread if i % 2 else -spread for i in range(n)])
    return frame.assign(chrf_base=40.0 + steps, chrf_tuned=40.0 + gain - steps)


def test_likeness_is_compared_row_by_row() -> None:
    scores = {"base": {"chrf": 41.0}, "tuned": {"chrf": 55.2}}
    found = verdict(
        "completion", scores, score_rows(_texts(40, 14, 5), "completion"), "exam question"
    )
    assert found.level == BETTER
    assert found.headline == (
        "On 40 exam questions the likeness of the trained model's answers to your own is 55.2 "
        "of 100 – 14.2 points better than before training (41.0)."
    )
    assert found.evidence[0] == "The difference is larger than chance alone would make."


def test_likeness_that_jumps_about_proves_nothing() -> None:
    scores = {"base": {"chrf": 40.0}, "tuned": {"chrf": 41.0}}
    found = verdict("chat", scores, score_rows(_texts(40, 1, 20), "chat"), "exam question")
    assert found.level == UNSURE
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
    assert found.level == BETTER


def test_bars_carry_their_intervals() -> None:
    frame = _exam(20, 0, 20, None)
    scores = {"tuned": {"accuracy": 0.0}, "base": {"accuracy": 1.0}}
    base, model = bars("classification", scores, frame)
    assert (base.system, model.system) == ("base", "tuned")
    assert (model.low, model.high) == pytest.approx((0, 0.1611), abs=5e-5)


def test_the_interval_of_likeness_lies_around_the_score() -> None:
    """The score of the whole exam is not the mean of its rows; the spread is taken from them."""
    frame = score_rows(_texts(100, 10, 5), "completion")
    (bar,) = bars("completion", {"tuned": {"chrf": 60.0}}, frame)
    assert bar.low is not None
    assert bar.high is not None
    assert bar.low < 60 < bar.high
    assert bar.high - bar.low == pytest.approx(2 * 1.96 * 5 / 10, rel=0.1)


def test_an_exam_by_turns_is_trusted_less_than_as_many_questions() -> None:
    frame = _exam(320, 240, 230, 200)
    scores = {"tuned": {"accuracy": 240 / 320}}
    apart, by_turns = (
        bars("classification", scores, table)[0] for table in (frame, frame.assign(turn=0))
    )
    assert by_turns.low is not None
    assert apart.low is not None
    assert by_turns.low < apart.low
    clear, doubtful = _exam(100, 83, 77, None), _exam(100, 83, 77, None).assign(turn=0)
    both = {"base": {"accuracy": 0.77}, "tuned": {"accuracy": 0.83}}
    assert verdict("classification", both, clear).level == BETTER
    assert verdict("classification", both, doubtful).level == UNSURE
