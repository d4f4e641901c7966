"""The Evaluate page: an exam that is taken, again, on another file or by turns."""

from pathlib import Path

import pyarrow.parquet as pq

from storage.database import Store
from storage.tables import Job, Run, now
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_scored,
    add_trained,
    answers,
    exam_of_categories,
)
from tests.pages.opened import open_page, texts
from workbench.evaluation import evaluations
from workbench.jobs.job import get_job

PAGE = "pages/evaluate/evaluate.py"


def test_a_run_without_an_exam_is_scored_at_a_click(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, status="cancelled")
    at = open_page(PAGE, project=trained.project_id)
    assert "'Run 1' has not taken its exam" in at.info[0].value
    at.button(key="score-exam").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.status == "queued"
    assert "**Scoring of Run 1 on the exam**" in texts(at)
    assert [button.key for button in at.button if button.key == "score-exam"] == []
    at.button(key=f"cancel-{job.id}").click().run()
    assert get_job(store, job.id).status == "cancelled"
    assert "Scoring of Run 1 on the exam was cancelled." in texts(at)


def test_a_file_is_scored_and_a_wrong_one_is_explained(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert "with the columns **email** and **category**" in texts(at)
    upload = at.get("file_uploader")[0]
    upload.set_value(("broken.csv", b"\x89PNG and so on", "text/csv")).run()
    assert "broken.csv is a picture" in at.error[0].value
    upload = at.get("file_uploader")[0]
    upload.set_value(("my mails.csv", b"email,category\nHello,Refund\n", "text/csv")).run()
    at.button(key="score-file").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.title == "Scoring of Run 1 on my mails.csv"


def test_columns_with_other_names_are_chosen(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    upload = at.get("file_uploader")[0]
    upload.set_value(("mine.csv", b"email,topic\nHello,Refund\n", "text/csv")).run()
    assert "mine.csv has no column 'category'" in at.info[-1].value
    assert "score-file" not in [button.key for button in at.button]
    assert at.selectbox(key="exam-column-text").value == "email"
    at.selectbox(key="exam-column-label").set_value("topic").run()
    at.button(key="score-file").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.title == "Scoring of Run 1 on mine.csv"


def test_categories_that_the_model_does_not_know_are_said_before_the_score(
    store: Store, tmp_path: Path
) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    content = b"email,category\nHello,REFUND\nHi,Refund\nWho,Career\n"
    at.get("file_uploader")[0].set_value(("new.csv", content, "text/csv")).run()
    (warning,) = [w.value for w in at.warning if "does not know" in w.value]
    assert "2 rows have a category" in warning
    assert "'REFUND' in 1 row (differs only in capitals from 'Refund')" in warning
    assert "'Career' in 1 row" in warning

    at.checkbox(key="exam-same-spelling").check().run()
    (warning,) = [w.value for w in at.warning if "does not know" in w.value]
    assert "'Career'" in warning
    assert "REFUND" not in warning
    at.button(key="score-file").click().run()
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    with store.read() as session:
        data = session.get_one(Job, job.id).spec["data"]
    assert pq.read_table(data)["label"].to_pylist() == ["Refund", "Refund", "Career"]


def test_a_failed_scoring_says_why_until_a_newer_result(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    with store.write() as session:
        session.add(
            Job(
                kind="evaluate",
                title="Scoring of Run 1 on a.csv",
                spec={},
                run_id=trained.run_id,
                project_id=trained.project_id,
                status="failed",
                reason="Row 3 has no text: fill it in.",
                finished_at=now(),
            )
        )
    at = open_page(PAGE, project=trained.project_id)
    assert "Scoring of Run 1 on a.csv failed. Row 3 has no text: fill it in." in at.error[0].value
    table = exam_of_categories(90, 60, 70)
    newer = add_exam(store, trained.run_id, table, accuracies(table), split="a.csv")
    at.run()
    assert not at.error
    assert at.selectbox(key=f"exam-{trained.run_id}-{newer}").value == newer
    assert "On 100 questions the trained model" in at.success[0].value


def test_a_part_of_the_exam_is_called_a_part(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["Refund"], ["Refund"])
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    assert "The model answered 1 of the exam's 6 questions, drawn at random" in texts(at)
    assert "Only 1 exam question: take the number as a rough hint." in at.info[0].value


def test_answers_that_are_gone_are_explained_and_can_be_made_again(
    store: Store, tmp_path: Path, home: Path
) -> None:
    trained = add_scored(store, tmp_path, right=89, base=60, baseline=70)
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    (home / "objects" / info.predictions_hash[:2] / info.predictions_hash).unlink()
    at = open_page(PAGE, project=trained.project_id)
    assert "not on the disk any more" in at.error[0].value
    assert at.button(key="score-exam").label == "Score the exam again"


def by_turns(store: Store, run_id: int) -> None:
    """As a training leaves a run whose exam was by turns."""
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), "exam": "turns"}


def test_an_exam_by_turns_says_how_it_came_about(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70).assign(
        turn=[i % 5 for i in range(100)]
    )
    add_exam(store, trained.run_id, table, accuracies(table))
    by_turns(store, trained.run_id)
    at = open_page(PAGE, project=trained.project_id)
    assert not at.exception
    assert "Each of 100 rows is an exam question once: the model is trained 5 times" in texts(at)
    assert "score-exam" not in [button.key for button in at.button]


def test_one_that_was_stopped_is_not_asked_what_it_learned(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    by_turns(store, trained.run_id)
    at = open_page(PAGE, project=trained.project_id)
    assert "it has learned from every row" in texts(at)
    assert "score-exam" not in [button.key for button in at.button]
