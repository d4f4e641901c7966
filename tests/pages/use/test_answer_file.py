"""Use → Answer a file: brought, looked at, answered, taken away, corrected and brought back."""

from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Job, WatchedFile
from storage.watched import watches
from tests.helpers.answered import Answered, answered, workbook
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.exams import Trained, add_trained, answer_queued
from tests.pages.opened import open_page, texts
from workbench.data.versions import latest_version
from workbench.jobs.process.specs import PredictSpec, WriteAnswersSpec
from workbench.projects import projects

PAGE = "pages/use/answer_file.py"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_trained(store, tmp_path)


def bring(at: AppTest, content: bytes, name: str = "mails.xlsx") -> AppTest:
    upload = next(one for one in at.get("file_uploader") if one.label.startswith("File to answer"))
    upload.set_value((name, content, MIME)).run()
    assert not at.exception, at.exception
    return at


def brought(trained: Trained, content: bytes | None = None) -> AppTest:
    at = bring(open_page(PAGE, project=trained.project_id), content or workbook())
    return at.selectbox(key="answer-sheet").set_value("Mails").run()


def test_without_a_trained_model_the_page_says_what_belongs_here(store: Store) -> None:
    at = open_page(PAGE, project=projects.create_project(store, "Mails"))
    assert "no trained model" in texts(at)
    assert at.button(key="go-train").label == "Go to Train"


def test_the_first_answers_come_by_themselves_and_all_on_wish(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    at = brought(trained)
    assert not at.exception, at.exception
    assert at.selectbox(key="answer-column-text").value == "email"
    answer_queued(store, tmp_path, kind="first-answers", output="Refund")
    at.run()
    first = next(one.value for one in at.dataframe if "How sure" in one.value)
    assert first["Answer"].tolist() == ["Refund"] * 4
    assert at.button(key="answer-all").label == "Answer all 4 rows"
    at.button(key="answer-all").click().run()
    assert not at.exception, at.exception
    assert "Waits for its turn" in str([one.text for one in at.get("progress")])
    assert at.button(key="answer-all").disabled
    with store.read() as session:
        job = session.query(Job).filter(Job.kind == PredictSpec.kind).one()
        assert job.spec["columns"] == {"text": "email"}
        assert job.spec["read_as"]["sheet"] == "Mails"


def test_a_file_without_such_a_column_asks_for_one(store: Store, trained: Trained) -> None:
    at = brought(trained, workbook(["xyz"] * 20, header="Other"))
    assert "No column of mails.xlsx looks like what your model has learned" in texts(at)
    at.selectbox(key="answer-column-text").set_value("Other").run()
    assert "No column" not in texts(at)
    at = open_page(PAGE, project=trained.project_id)
    assert at.selectbox(key="answer-column-text").value == "Other"
    at.button(key="answer-other").click().run()
    assert next(one.label for one in at.get("file_uploader")).startswith("File to answer")


def test_a_failed_look_says_why_and_can_be_tried_again(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    at = brought(trained)
    answer_queued(store, tmp_path, "failed", "first-answers")
    at.run()
    assert "The first rows could not be answered. The disk is full" in texts(at)
    at.button(key="answer-again").click().run()
    assert "could not be answered" not in texts(at)


def _made(store: Store, tmp_path: Path) -> Answered:
    return answered(store, tmp_path, output="Refund", probability=[0.9, 0.8, 0.7, 0.6])


def test_an_answered_file_is_written_and_offered(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    at = brought(trained)
    answer_queued(store, tmp_path, kind="first-answers")
    at.run()
    at.button(key="answer-all").click().run()
    answer_queued(store, tmp_path)
    at.run()
    with store.read() as session:
        (writer,) = session.query(Job).filter(Job.kind == WriteAnswersSpec.kind)
    worked_off(store, writer.id)
    at.run()
    assert not at.exception, at.exception
    link = next(one for one in at.get("link_button"))
    assert link.proto.label.startswith("Download mails answered.xlsx")
    assert "4 rows answered. It is your own file, nothing else in it changed" in texts(at)


def test_a_file_can_be_deleted_after_a_question(store: Store, tmp_path: Path) -> None:
    made = _made(store, tmp_path)
    at = open_page(PAGE, project=made.trained.project_id)
    at.button(key=f"answer-delete-{made.answers.job_id}").click().run()
    at.button(key="delete-answers-yes").click().run()
    assert not at.exception, at.exception
    assert "Answered files" not in texts(at)


def test_what_was_put_right_is_shown_and_becomes_examples(store: Store, tmp_path: Path) -> None:
    made = _made(store, tmp_path)
    book = openpyxl.load_workbook(made.file.path)
    book["Mails"]["C2"], book["Mails"]["C3"] = "Delivery", "Delivry"
    path = tmp_path / "back.xlsx"
    book.save(path)
    at = open_page(PAGE, project=made.trained.project_id)
    at.session_state[f"answer-back-{made.answers.job_id}"] = True
    at.run()
    upload = next(one for one in at.get("file_uploader") if "corrections" in one.label)
    upload.set_value(("back.xlsx", path.read_bytes(), MIME)).run()
    assert not at.exception, at.exception
    assert "2 answers put right" in texts(at)
    rows = next(one.value for one in at.dataframe if "After" in one.value and "Text" in one.value)
    assert rows[["Row", "Before", "After"]].values.tolist() == [
        [2, "Refund", "Delivery"],
        [3, "Refund", "Delivry"],
    ]
    meant = next(one for one in at.selectbox if "none of the categories" in one.label)
    assert meant.value == "Delivery"
    at.button(key="answer-make-examples").click().run()
    assert not at.exception, at.exception
    assert "They are examples now (version 2)" in texts(at)
    version = latest_version(store, made.answers.version.dataset_id)
    assert version.rows == made.answers.version.rows + 2


def test_stopped_answers_are_offered_as_far_as_they_came(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    at = brought(trained)
    answer_queued(store, tmp_path, kind="first-answers")
    at.run()
    at.button(key="answer-all").click().run()
    answer_queued(store, tmp_path, "cancelled")
    with store.write() as session:
        job = session.query(Job).filter(Job.kind == PredictSpec.kind).one()
        job.reason = "Stopped at your request; 4 of 9 rows are answered."
        job.result = {**(job.result or {}), "of": 9}
    at.run()
    assert "4 of 9 rows answered" in texts(at)
    assert at.button(key="answer-all").label == "Answer the rest"
    assert "Stopped at your request" in texts(at)
    with store.read() as session:
        assert session.query(Job).filter(Job.kind == WriteAnswersSpec.kind).count() == 1


def test_a_folder_is_watched_on_wish_and_its_files_are_told(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    at = open_page(PAGE, project=trained.project_id)
    at.session_state["watch-box"] = True
    at.run()
    at.text_input(key="watch-folder").set_value("inbox")
    at.button(key="watch-on").click().run()
    assert "Type the whole path" in texts(at)
    at.text_input(key="watch-folder").set_value(str(inbox))
    at.button(key="watch-on").click().run()
    assert not at.exception, at.exception
    assert "is watched; Run 1 answers" in texts(at)
    with store.write() as session:
        row = watches.of_project(session, trained.project_id)
        assert row is not None
        session.add(
            WatchedFile(
                watch_id=row.id, name="a.csv", digest="a", state="failed", reason="It is torn."
            )
        )
    at.run()
    assert "It is torn." in texts(at)
    at.button(key="watch-again-1").click().run()
    assert "It is torn." not in texts(at)
    at.button(key="watch-off").click().run()
    assert at.button(key="watch-on").label == "Watch this folder"
