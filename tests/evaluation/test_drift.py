"""A newer file against the exam: like it, or not, and what to do then."""

from pathlib import Path

import pandas as pd
import pytest

from storage.database import Store
from tests.helpers.exams import (
    LABELS,
    Trained,
    accuracies,
    add_exam,
    add_trained,
    answer_queued,
    answers,
)
from workbench.data.mapped_file import map_file
from workbench.evaluation import drift, evaluations
from workbench.evaluation.drift import Drift
from workbench.evaluation.rows.learned_rows import LearnedRows, learned_by
from workbench.use import batch

OTHER = "La caldera del edificio hace un ruido extraño por las noches"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    """A run whose exam has 60 questions, nine of ten right, and sure of them."""
    trained = add_trained(store, tmp_path)
    table = _table(60, wrong=6)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


@pytest.fixture
def learned(store: Store, trained: Trained) -> LearnedRows:
    found = learned_by(store, trained.run_id, numbers=False)
    assert found is not None
    return found


def _table(rows: int, wrong: int, *, sure: float = 0.9) -> pd.DataFrame:
    """Questions like those learned from; the first so many are answered wrongly."""
    expected = [LABELS[i % 3] for i in range(rows)]
    given = [LABELS[(i + (i < wrong)) % 3] for i in range(rows)]
    inputs = [f"Where is parcel number {i + 100}?" for i in range(rows)]
    return answers(
        expected, given, inputs=inputs, probability=[sure + i / 1e4 for i in range(rows)]
    )


def _scored(store: Store, trained: Trained, table: pd.DataFrame, learned: LearnedRows) -> Drift:
    exam = add_exam(store, trained.run_id, table, accuracies(table), split="june.csv")
    return drift.of_evaluation(store, evaluations.get_evaluation(store, exam), learned)


def test_a_file_like_the_exam_needs_no_training(
    store: Store, trained: Trained, learned: LearnedRows
) -> None:
    found = _scored(store, trained, _table(90, wrong=8), learned)
    assert not found.alarm
    assert (found.rows, found.exam_rows) == (90, 60)
    said = drift.sentence(found)
    assert said.startswith("On june.csv it is as good as in its exam, give or take: 91.1 % right")
    assert said.endswith("no need to train again.")


def test_a_score_that_fell_says_train_again_and_where(
    store: Store, trained: Trained, learned: LearnedRows
) -> None:
    table = _table(90, wrong=0)
    lost = table["expected"] == "Refund"
    found = _scored(
        store, trained, table.assign(tuned=table["tuned"].mask(lost, "Delivery")), learned
    )
    assert found.worse
    said = drift.sentence(found)
    assert (
        "On june.csv it is worse than in its exam: 66.7 % right against 90.0 % right, 23.3" in said
    )
    assert "Most of that is 'Refund'." in said
    assert "asked for other things" not in said, "only the model's answers moved"
    assert "It is time to train again" in said
    told = found.as_dict()
    assert told["alarm"] is True
    assert told["score"]["low"] < told["score"]["difference"] < told["score"]["high"] < 0
    assert told["categories"][0]["category"] == "Refund"


def test_texts_of_another_kind_alarm_without_answers(
    store: Store, trained: Trained, learned: LearnedRows, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text("email\n" + "\n".join(f"{OTHER} {i}" for i in range(60)), "utf-8")
    file = map_file(store, trained.version_id, path, need_answers=False)
    found = drift.of_texts(store, trained.run_id, file, learned)
    assert found.alarm
    assert found.change is None
    said = drift.sentence(found)
    assert "Its texts are less like those that were learned from" in said
    assert "Give some of these texts their right answers" in said


def test_like_texts_do_not(
    store: Store, trained: Trained, learned: LearnedRows, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    lines = [f"Where is parcel number {i}?" for i in range(300, 360)]
    path.write_text("email\n" + "\n".join(lines), "utf-8")
    file = map_file(store, trained.version_id, path, need_answers=False)
    found = drift.of_texts(store, trained.run_id, file, learned)
    assert not found.alarm
    assert "are like those of its exam: no need to train again" in drift.sentence(found)


def test_answers_that_are_less_sure_and_of_one_kind_alarm(
    store: Store, trained: Trained, learned: LearnedRows, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    lines = [f"Where is parcel number {i}?" for i in range(300, 360)]
    path.write_text("email\n" + "\n".join(lines), "utf-8")
    job_id = batch.start_prediction(store, trained.run_id, path)
    answer_queued(store, tmp_path)
    found = drift.of_prediction(store, job_id, learned)
    assert {sign.name for sign in found.signs if sign.alarm} == {"confidence", "mix"}
    said = drift.sentence(found)
    assert "The model is less sure: 75.0 % in the middle, in its exam 90.3 %." in said
    assert "'=Delivery' is its answer to 100.0 %, in its exam to 0.0 %." in said


def test_without_an_exam_texts_are_compared_with_those_learned_from(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    learned = learned_by(store, trained.run_id, numbers=False)
    assert learned is not None
    texts = pd.DataFrame({"input": [f"{OTHER} {i}" for i in range(40)]})
    found = drift.compare(store, trained.run_id, "new.csv", texts, learned)
    assert found.exam_rows == 0
    assert found.alarm
    assert "among the rows it learned from" in drift.sentence(found)


def test_few_rows_are_a_hint(store: Store, trained: Trained, learned: LearnedRows) -> None:
    found = _scored(store, trained, _table(9, wrong=1), learned)
    assert drift.sentence(found).startswith("With only 9 rows this is no more than a hint.")


def test_of_free_texts_likenesses_are_compared(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    learned = learned_by(store, trained.run_id, numbers=False)
    assert learned is not None
    inputs = [f"Where is parcel number {i + 100}?" for i in range(40)]
    replies = [f"Parcel {i} is on its way." for i in range(40)]
    for split, given in (("test", replies), ("june.csv", ["No."] * 40)):
        table = answers(replies, given, inputs=inputs)
        add_exam(store, trained.run_id, table, {"tuned": {"chrf": 50.0}}, split=split)
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    found = drift.of_evaluation(store, info, learned)
    assert found.worse
    assert found.moved == ()
    assert "of 100 against 100.0 of 100" in drift.sentence(found)


def test_of_documents_the_texts_are_compared(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal")
    learned = learned_by(store, trained.run_id, numbers=False)
    assert learned is not None
    own = [f"Parcel {i} is on its way." for i in range(40)]
    for split, inputs in (("test", own), ("june.csv", [f"{OTHER} {i}" for i in range(40)])):
        table = answers([""] * 40, [""] * 40, inputs=inputs).drop(columns=["tuned"])
        add_exam(store, trained.run_id, table, {"tuned": {"loss": 2.0}}, split=split)
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    found = drift.of_evaluation(store, info, learned)
    assert found.alarm
    assert (found.change, found.moved) == (None, ())
    assert [sign.name for sign in found.signs] == ["unlike", "likeness"]
