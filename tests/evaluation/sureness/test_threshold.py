"""A limit of a model's sureness: on what it is chosen, and where it is kept."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import Job, Run
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers, put_table
from workbench.core.errors import WorkbenchError
from workbench.evaluation import evaluations
from workbench.evaluation.scoring.choosing import EXAM, HALVES, PRACTICE, TURNS, Choice, choose_on
from workbench.evaluation.scoring.deferral import Prices, deferral
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.sureness import threshold
from workbench.jobs import record
from workbench.jobs.outcome import Ending, Outcome
from workbench.training import runs

PRICES = Prices(10.0, 1.0)


def answered(rows: int, *, wrong_below: float = 0.5, **columns: Any) -> pd.DataFrame:
    """Answers that are right where the model is surer than that."""
    sure = np.linspace(0.01, 0.99, rows)
    tuned = ["A" if share > wrong_below else "B" for share in sure]
    table = answers(["A"] * rows, tuned, probability=sure.tolist(), **columns)
    return table.sample(frac=1, random_state=0)


def judged(rows: int, **columns: Any) -> pd.DataFrame:
    return score_rows(answered(rows, **columns), "classification")


def chosen(*tables: pd.DataFrame | None) -> Choice:
    found = choose_on(*tables)
    assert found is not None
    return found


def test_practice_questions_choose_and_the_exam_reports() -> None:
    found = chosen(judged(100, wrong_below=0.7), judged(60, wrong_below=0.3))
    assert (found.way, len(found.chosen), len(found.reported)) == (PRACTICE, 60, 100)
    assert found.cheapest(PRICES) == pytest.approx(0.3, abs=0.02)
    # 40 of the exam's errors lie above that.
    assert found.report(0.3, PRICES).cost.value == pytest.approx(40 * 10 + 30, abs=12)
    assert "60 practice questions" in found.sentence


def test_too_few_practice_questions_leave_one_half_of_the_exam_to_choose() -> None:
    exam = judged(100)
    found = chosen(exam, judged(29))
    assert (found.way, len(found.chosen) + len(found.reported)) == (HALVES, 100)
    assert 35 < len(found.chosen) < 65
    again = chosen(exam.iloc[::-1], None)
    assert sorted(again.chosen.sure) == sorted(found.chosen.sure)
    assert not set(found.chosen.sure) & set(found.reported.sure)
    assert "one half of these questions" in found.sentence
    for rows in (1, 2, 3):
        assert len(chosen(judged(rows), None).reported) >= 1


def test_an_exam_by_turns_reports_each_turn_by_the_limit_of_the_others() -> None:
    exam = judged(100, turn=[number % 5 for number in range(100)])
    exam.loc[exam["turn"] == 0, "right_tuned"] = False
    found = chosen(exam, None)
    assert (found.way, found.reported.spread) == (TURNS, 1.8)
    cheapest = found.cheapest(PRICES)
    optimistic = deferral(found.reported, cheapest, PRICES).cost.value
    assert found.report(cheapest, PRICES).cost.value > optimistic
    moved = found.report(0.2, PRICES).cost.value
    assert moved == deferral(found.reported, 0.2, PRICES).cost.value


def test_a_file_is_reported_by_what_the_exam_chose() -> None:
    exam = judged(100, wrong_below=0.2)
    found = chosen(judged(50, wrong_below=0.6), None, exam)
    assert (found.way, len(found.reported)) == (EXAM, 50)
    assert found.cheapest(PRICES) == pytest.approx(0.2, abs=0.02)


def test_what_fits_no_category_never_goes_alone() -> None:
    found = chosen(judged(100, none_of_these=[True] * 40 + [False] * 60), None)
    report = found.report(0.0, PRICES)
    assert report.alone.value == pytest.approx(0.6, abs=0.15)
    assert report.all_alone.value == pytest.approx(PRICES.error * 50, abs=120)


def test_a_model_that_does_not_tell_how_sure_it_is_has_no_limit() -> None:
    assert choose_on(judged(100).drop(columns="probability"), judged(60)) is None
    assert choose_on(judged(100).iloc[:0], None) is None


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    made = add_trained(store, tmp_path)
    table = answered(100)
    add_exam(store, made.run_id, table, accuracies(table))
    return made


def keep_practice(store: Store, run_id: int, table: pd.DataFrame) -> str:
    digest = put_table(table)
    with store.write() as session:
        job = session.query(Job).filter_by(run_id=run_id).one()
        job.result = {**(job.result or {}), "practice_hash": digest}
    return digest


def choice(store: Store, run_id: int) -> Choice:
    (info,) = evaluations.list_evaluations(store, run_id)
    found = threshold.choice_of(store, info, evaluations.predictions(store, info.id))
    assert found is not None
    return found


def test_the_practice_answers_of_a_training_are_found(store: Store, trained: Trained) -> None:
    assert choice(store, trained.run_id).way == HALVES
    practice = answered(60, wrong_below=0.3).drop(columns=["baseline", "base"])
    digest = keep_practice(store, trained.run_id, practice)
    assert choice(store, trained.run_id).way == PRACTICE
    files.object_path(digest).write_bytes(b"torn")
    assert choice(store, trained.run_id).way == HALVES
    files.object_path(digest).unlink()
    assert choice(store, trained.run_id).way == HALVES


def test_scoring_the_exam_again_gives_an_earlier_run_its_practice_answers(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    evaluations.start_evaluation(store, trained.run_id)
    with store.write() as session:
        job = jobs.claim(session, ["evaluate"])
    assert job is not None
    made = {}
    for name, rows in (("predictions", 100), ("practice", 60)):
        made[name] = str(tmp_path / f"{name}.parquet")
        answered(rows).to_parquet(made[name])
    result = {"status": "succeeded", "attempt": 1, "rows": 100, "scores": {"tuned": {}}, **made}
    assert record.record(store, job, Outcome("succeeded", "", result), Ending(0))
    newest = evaluations.list_evaluations(store, trained.run_id)[0]
    found = threshold.choice_of(store, newest, evaluations.predictions(store, newest.id))
    assert found is not None
    assert (found.way, len(found.chosen)) == (PRACTICE, 60)


def test_a_limit_is_kept_with_its_run_and_can_be_forgotten(store: Store, trained: Trained) -> None:
    assert threshold.kept_threshold(store, trained.run_id) is None
    threshold.keep_threshold(store, trained.run_id, 0.8, PRICES)
    assert threshold.kept_threshold(store, trained.run_id) == threshold.Kept(0.8, PRICES)
    threshold.keep_threshold(store, trained.run_id, None, PRICES)
    assert threshold.kept_threshold(store, trained.run_id) is None
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(WorkbenchError, match="share from 0 to 1"):
            threshold.keep_threshold(store, trained.run_id, wrong, PRICES)


@pytest.mark.parametrize("stored", [{}, {"value": "0.8"}, {"value": True}, {"value": 7}])
def test_a_limit_that_cannot_be_read_is_none(
    store: Store, trained: Trained, stored: dict[str, Any]
) -> None:
    with store.write() as session:
        session.get_one(Run, trained.run_id).threshold = stored
    assert threshold.kept_threshold(store, trained.run_id) is None


def test_prices_are_kept_with_the_project(store: Store, trained: Trained) -> None:
    assert threshold.prices_of(store, trained.project_id) == threshold.USUAL
    threshold.keep_prices(store, trained.project_id, Prices(35.0, 0.5))
    assert threshold.prices_of(store, trained.project_id) == Prices(35.0, 0.5)
    assert threshold.prices_from("dear", float("inf")) == threshold.USUAL


def test_a_deleted_run_takes_its_practice_answers_along(
    store: Store, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = keep_practice(store, trained.run_id, answered(60))
    monkeypatch.setattr("storage.leftovers._GRACE_S", 0)
    runs.delete_run(store, trained.run_id)
    assert not files.object_path(digest).exists()
