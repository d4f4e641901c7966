import pytest

from tests.helpers.exams import answers
from workbench.core.metrics import METRICS
from workbench.core.tasks.rungs import NAMES, RUNGS, rung_named
from workbench.evaluation.ladder import OlderAnswers, ladder
from workbench.evaluation.scoring.intervals import mcnemar, wilson_interval
from workbench.evaluation.scoring.paired import tango_interval
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.evaluation.verdict import verdict_on

WANTED = ["yes"] * 60 + ["no"] * 40


def _column(right: int, start: int = 0) -> list[str]:
    """Answers of which so many, from a row on, are right."""
    turned = {"yes": "no", "no": "yes"}
    return [w if start <= i < start + right else turned[w] for i, w in enumerate(WANTED)]


def _exam(**columns: list[str]) -> tuple[dict[str, dict[str, float]], object]:
    frame = score_rows(answers(WANTED, columns.pop("tuned"), **columns), "classification")
    scores = {
        who: text_scores("classification", WANTED, frame[who].tolist())
        for who in NAMES
        if who in frame
    }
    return scores, frame


def test_every_rung_stands_in_order_with_its_scores_and_intervals() -> None:
    scores, frame = _exam(
        tuned=_column(90),
        base=_column(50),
        baseline=_column(70),
        frequent=["yes"] * 100,
        nearest=_column(65),
    )
    scores["nearest"]["seconds"] = 0.002
    found = ladder("classification", scores, frame, probe=True).as_dict()
    assert list(found) == ["frequent", "baseline", "nearest", "probe", "tuned"]
    assert found["frequent"]["scores"] == {"accuracy": 0.6, "macro_f1": pytest.approx(0.375)}
    assert found["frequent"]["intervals"]["accuracy"] == list(wilson_interval(60, 100))
    low, high = found["tuned"]["intervals"]["macro_f1"]
    assert low < scores["tuned"]["macro_f1"] < high
    assert (found["nearest"]["seconds"], found["nearest"]["rows"]) == (0.002, 100)
    assert "seconds" not in found["nearest"]["scores"]
    assert "difference" not in found["tuned"]


def test_the_model_that_a_training_started_from_is_a_rung_to_beat() -> None:
    scores, frame = _exam(tuned=_column(70), base=_column(50), parent=_column(85, 5))
    found = ladder("classification", scores, frame)
    assert [rung.key for rung in found.rungs] == ["base", "parent", "tuned"]
    parent = found.named("parent")
    assert parent in found.simpler
    assert parent is not None
    assert parent.against is not None
    assert parent.against.interval is not None
    told = verdict_on(found)
    assert (told.level, told.use) == ("worse", "parent")
    assert "the model that this training started from is better" in told.sentence


def test_a_difference_is_told_with_its_interval_and_p() -> None:
    scores, frame = _exam(tuned=_column(80), base=_column(70, 15))
    lead = ladder("classification", scores, frame).rungs[0].against
    assert lead is not None
    assert lead.gain == pytest.approx(0.1)
    assert lead.interval == tango_interval(15, 5, 100)
    assert (lead.p, lead.adjusted_p) == (mcnemar(15, 5), mcnemar(15, 5))


def test_the_p_values_of_several_comparisons_are_enlarged() -> None:
    scores, frame = _exam(tuned=_column(80), base=_column(70, 15), baseline=_column(20))
    baseline, base, _ = ladder("classification", scores, frame).rungs
    assert base.against is not None
    assert baseline.against is not None
    assert base.against.adjusted_p == base.against.p == mcnemar(15, 5)
    assert baseline.against.adjusted_p == pytest.approx(2 * mcnemar(60, 0))


def test_an_exam_by_turns_tells_less_than_as_many_questions() -> None:
    scores, frame = _exam(tuned=_column(80), base=_column(70, 15))
    by_turns = score_rows(frame.assign(turn=0), "classification")
    (base, tuned), (wide_base, wide) = (
        ladder("classification", scores, table).rungs for table in (frame, by_turns)
    )
    assert wide.intervals["accuracy"][0] < tuned.intervals["accuracy"][0]
    assert wide.intervals["macro_f1"][0] < tuned.intervals["macro_f1"][0]
    assert wide_base.against is not None
    assert base.against is not None
    assert wide_base.against.p is not None
    assert base.against.p is not None
    assert wide_base.against.p > base.against.p
    assert wide_base.against.interval is not None
    assert base.against.interval is not None
    assert wide_base.against.interval[0] < base.against.interval[0]


def test_an_old_exam_has_the_rungs_that_it_has() -> None:
    frame = score_rows(answers(WANTED, _column(80), base=_column(70)), "classification")
    scores = {"baseline": None, "base": {"accuracy": 0.7}, "tuned": {"accuracy": 0.8}}
    found = ladder("classification", scores, frame)
    assert [rung.key for rung in found.rungs] == ["base", "tuned"]
    assert found.rungs[0].seconds is None
    assert found.rungs[0].against is not None
    assert found.rungs[0].against.interval is not None


def test_an_older_version_is_compared_on_the_rows_in_common() -> None:
    scores, frame = _exam(tuned=_column(80), base=_column(70))
    common = frame.iloc[:50].assign(**{"run 3": WANTED[:50], "right_run 3": True})
    older = OlderAnswers("run 3", "First try", common, {"accuracy": 1.0}, 0.5)
    found = ladder("classification", scores, frame, older=[older])
    last = found.rungs[-1]
    assert (last.title, last.rows, last.seconds) == ("First try", 50, 0.5)
    assert last.against is not None
    assert last.against.gain == 0.0  # of the first 50 the trained model has all right, too
    assert [rung.name for rung in found.simpler] == ["base"]


def test_documents_are_judged_by_their_loss() -> None:
    frame = score_rows(answers(["x"], ["y"], base=["z"]), "language-modelling")
    scores = {"base": {"loss": 3.0}, "tuned": {"loss": 2.5}}
    base, tuned = ladder("language-modelling", scores, frame).rungs
    assert tuned.intervals == {}
    assert base.against is not None
    assert (base.against.gain, base.against.p) == (0.5, None)


def test_of_few_questions_a_category_no_interval_of_macro_f1_is_told() -> None:
    wanted = [f"category {i % 30}" for i in range(290)]
    frame = score_rows(answers(wanted, wanted[1:] + wanted[:1]), "classification")
    scores = {"tuned": {"accuracy": 0.0, "macro_f1": 0.0}}
    assert set(ladder("classification", scores, frame).rungs[0].intervals) == {"accuracy"}
    more = score_rows(answers(wanted * 2, wanted * 2), "classification")
    scores = {"tuned": {"accuracy": 1.0, "macro_f1": 1.0}}
    told = ladder("classification", scores, more).rungs[0].intervals
    assert set(told) == {"accuracy", "macro_f1"}


def test_an_answers_cost_follows_from_its_time() -> None:
    scores, frame = _exam(tuned=_column(80))
    scores["tuned"]["seconds"] = 0.9
    tuned = ladder("classification", scores, frame).rungs[0]
    assert tuned.cost(2.0) == pytest.approx(0.5)  # 1,000 answers take a quarter of an hour


def test_the_interval_of_likeness_lies_around_the_score_that_was_kept() -> None:
    wanted = [f"parcel number {i} is on its way" for i in range(40)]
    given = [text if i % 2 else text[:12] for i, text in enumerate(wanted)]
    frame = score_rows(answers(wanted, given), "completion")
    (bar,) = ladder("completion", {"tuned": {"chrf": 60.0}}, frame).rungs
    low, high = bar.intervals["chrf"]
    assert low < 60 < high
    assert METRICS["chrf"].unit.top == 100


def test_a_rung_that_nobody_knows_is_an_older_version() -> None:
    assert rung_named("run 7").itself == "run 7"
    assert [rung.name for rung in RUNGS if rung.is_simple] == [
        "frequent",
        "median",
        "baseline",
        "nearest",
        "lead",
        "longer",
        "shorter",
    ]
