"""Exams: queued, kept and read."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import DatasetVersion, Run
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers
from workbench.core.errors import WorkbenchError
from workbench.data.mapped_file import MappedFile, map_file
from workbench.evaluation import evaluations
from workbench.jobs import record
from workbench.jobs.job import get_job
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.queue import cancel_job
from workbench.use import suggestions


def _spec(store: Store, job_id: int) -> dict[str, object]:
    with store.read() as session:
        job = jobs.get(session, job_id)
        assert job is not None
        return dict(job.spec)


def test_the_exam_is_the_test_split_and_nothing_else(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    spec = _spec(store, evaluations.start_evaluation(store, trained.run_id))
    asked = pd.read_parquet(str(spec["data"]))
    with store.read() as session:
        version = session.get_one(DatasetVersion, trained.version_id)
    examples = pd.read_parquet(files.object_path(version.content_hash))
    assert set(asked["row_id"]) == set(examples.query("split == 'test'")["row_id"])
    assert len(asked) == version.splits["test"] > 0


def test_the_job_asks_the_model_as_it_was_trained(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    spec = _spec(store, evaluations.start_evaluation(store, trained.run_id))
    with store.read() as session:
        run = session.get_one(Run, trained.run_id)
    assert spec | {"data": None} == {
        "kind": "evaluate",
        "run_id": trained.run_id,
        "task": "classification",
        "data": None,
        "system": "Be kind.",
        "base": {"name": "tiny", "path": "/models/tiny", "kind": "encoder", "revision": "abc"},
        "adapter": str(tmp_path / "adapter of Run 1"),
        "recipe": run.recipe,
        "split": "test",
    }


def mapped(store: Store, trained: Trained, path: Path, name: str) -> MappedFile:
    """The questions in a file, read as the run's own examples were."""
    return map_file(store, trained.version_id, path, need_answers=True, name=name)


def test_another_file_is_mapped_like_the_examples(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / "upload"
    path.write_text("Category,note,Email\nRefund,x,Money back\nDelivery,y,Where is it?\n")
    job_id = evaluations.start_evaluation(
        store, trained.run_id, mapped(store, trained, path, "new mails.csv")
    )
    spec = _spec(store, job_id)
    table = pq.read_table(str(spec["data"])).to_pydict()
    assert table["text"] == ["Money back", "Where is it?"]
    assert table["label"] == ["Refund", "Delivery"]
    assert spec["split"] == "new mails.csv"
    assert get_job(store, job_id).title == "Scoring of Run 1 on new mails.csv"


def test_a_file_without_answers_is_refused_by_its_name(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / "upload"
    path.write_text("email\nMoney back\n")
    with pytest.raises(WorkbenchError, match=r"asked\.csv has no column 'category'"):
        evaluations.start_evaluation(
            store, trained.run_id, mapped(store, trained, path, "asked.csv")
        )


def test_a_file_called_test_is_not_the_exam(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / "upload"
    path.write_text("email,category\nMoney back,Refund\n")
    job_id = evaluations.start_evaluation(
        store, trained.run_id, mapped(store, trained, path, "test")
    )
    assert _spec(store, job_id)["split"] == "test (file)"


def test_the_same_questions_are_not_queued_twice(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    first = evaluations.start_evaluation(store, trained.run_id)
    assert evaluations.start_evaluation(store, trained.run_id) == first
    cancel_job(store, first)
    assert evaluations.start_evaluation(store, trained.run_id) != first
    assert [job.status for job in evaluations.evaluation_jobs(store, trained.run_id)] == [
        "queued",
        "cancelled",
    ]


def test_what_a_job_scored_can_be_read(store: Store, tmp_path: Path) -> None:
    """From the queue through the worker's recording to the answers."""
    trained = add_trained(store, tmp_path)
    evaluations.start_evaluation(store, trained.run_id)
    table = answers(["Refund", "Delivery"], ["Refund", "Refund"], base=["x", "Delivery"])
    table.to_parquet(tmp_path / "predictions.parquet")
    result = {
        "status": "succeeded",
        "attempt": 1,
        "scores": accuracies(table),
        "rows": 2,
        "predictions": str(tmp_path / "predictions.parquet"),
    }
    with store.write() as session:
        job = jobs.claim(session, ["evaluate"])
    assert job is not None
    assert record.record(store, job, Outcome("succeeded", "", result), Ending(0))
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    assert info.is_exam
    assert (info.rows, info.task) == (2, "classification")
    assert info.scores["tuned"] == {"accuracy": 0.5}
    frame = evaluations.predictions(store, info.id)
    assert list(frame["right_tuned"]) == [True, False]
    assert list(frame["right_base"]) == [False, True]


def test_the_newest_evaluation_comes_first(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["a"], ["a"])
    first = add_exam(store, trained.run_id, table, accuracies(table))
    second = add_exam(store, trained.run_id, table, accuracies(table), split="more.csv")
    found = evaluations.list_evaluations(store, trained.run_id)
    assert [info.id for info in found] == [second, first]
    assert [info.questions for info in found] == ["question", "exam question"]


def test_answers_that_are_gone_are_explained(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["a"], ["a"])
    exam_id = add_exam(store, trained.run_id, table, accuracies(table))
    files.object_path(evaluations.get_evaluation(store, exam_id).predictions_hash).unlink()
    with pytest.raises(WorkbenchError, match="score the model again"):
        evaluations.predictions(store, exam_id)


def test_what_is_not_there_is_explained(store: Store, tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="no training run 7"):
        evaluations.start_evaluation(store, 7)
    with pytest.raises(WorkbenchError, match="no evaluation 7"):
        evaluations.predictions(store, 7)
    trained = add_trained(store, tmp_path)
    (tmp_path / "adapter of Run 1").rmdir()
    with pytest.raises(WorkbenchError, match=r"'Run 1' is not at .* any more: train it again"):
        evaluations.start_evaluation(store, trained.run_id)


def test_a_run_without_a_model_cannot_be_scored(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    with store.write() as session:
        session.get_one(Run, trained.run_id).result = {"status": "cancelled", "adapter": None}
    with pytest.raises(WorkbenchError, match="'Run 1' has no trained model"):
        evaluations.start_evaluation(store, trained.run_id)


def test_a_version_without_exam_questions_is_explained(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    with store.write() as session:
        version = session.get_one(DatasetVersion, trained.version_id)
        table = pd.read_parquet(files.object_path(version.content_hash))
        table["split"] = "train"
        table.to_parquet(tmp_path / "all.parquet")
        version.content_hash = files.put_file(tmp_path / "all.parquet")
    with pytest.raises(WorkbenchError, match="no exam questions"):
        evaluations.start_evaluation(store, trained.run_id)


def test_a_model_that_learned_every_row_is_not_asked_again(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    with store.write() as session:
        run = session.get_one(Run, trained.run_id)
        run.result = {**(run.result or {}), "exam": "turns"}
    with pytest.raises(WorkbenchError, match="'Run 1' has learned from every row"):
        evaluations.start_evaluation(store, trained.run_id)
    assert suggestions.has_learned_all(store, trained.run_id)
    path = tmp_path / "upload"
    path.write_text("category,email\nRefund,Money back\n")
    file = mapped(store, trained, path, "more.csv")
    assert _spec(store, evaluations.start_evaluation(store, trained.run_id, file))["split"]
