"""The user's own workbook with the model's answers: asked, answered, written, listed, deleted."""

from pathlib import Path

import openpyxl
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.helpers.answered import MAILS, answered, order_of, workbook, written_file
from tests.helpers.exams import add_trained, answer_queued
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions
from workbench.evaluation.sureness import threshold
from workbench.jobs.job import get_job
from workbench.use.answered import answered_files, asking, written
from workbench.use.answered.answers import answers_of, first_rows, to_check
from workbench.use.answered.asking import Order


def test_the_answers_stand_behind_the_columns_of_the_users_own_sheet(
    store: Store, tmp_path: Path
) -> None:
    labels = ["Delivery", "Refund", "Product question", "Delivery"]
    made = answered(store, tmp_path, output=labels, probability=[0.9, 0.8, 0.7, 0.6])
    assert made.file.name == "mails answered.xlsx"
    assert made.file.titles == ("category (answer)", "How sure")
    assert made.file.patched
    book = openpyxl.load_workbook(made.file.path)
    assert book.sheetnames == ["Sheet", "Mails"]
    rows = [[cell.value for cell in row] for row in book["Mails"].iter_rows()]
    assert rows[0] == ["Number", "email", "category (answer)", "How sure"]
    assert rows[1] == ["=1*2", MAILS[0], "Delivery", 0.9]
    assert rows[3] == ["=3*2", None, None, None]
    assert rows[5] == ["=5*2", MAILS[4], "Delivery", 0.6]


def test_a_limit_that_is_kept_later_marks_what_to_check(store: Store, tmp_path: Path) -> None:
    made = answered(store, tmp_path, probability=[0.9, 0.8, 0.7, 0.6])
    assert to_check(made.answers) is None
    threshold.keep_threshold(store, made.trained.run_id, 0.75, threshold.USUAL)
    found = answers_of(store, made.answers.job_id)
    assert to_check(found) == 2
    assert written.newest(store, found) is None
    file = written_file(store, found)
    assert file.titles == ("category (answer)", "How sure", "Please check")
    sheet = openpyxl.load_workbook(file.path)["Mails"]
    assert [cell.value for cell in sheet["E"]] == ["Please check", "no", "no", None, "yes", "yes"]
    assert not made.file.path.exists()


def test_the_column_is_found_by_what_stands_in_it(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    texts = [f"Where is parcel number {i}?" for i in range(30)]
    order = order_of(store, trained, workbook(texts, header="What they wrote"))
    assert order.columns == {"text": "What they wrote"}
    strange = order_of(store, trained, workbook(["xyz"] * 30, header="Other"))
    assert strange.columns == {"text": ""}


def test_the_first_answers_are_asked_by_a_job_beside_the_trainings(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    order = order_of(store, trained, workbook())
    read = asking.table(store, order).options
    assert asking.newest(store, order, read, first=True) is None
    job_id = asking.start(store, order, first=True)
    spec = answer_queued(store, tmp_path, kind="first-answers")
    assert spec["most"] == 20
    found = asking.newest(store, order, read, first=True)
    assert found is not None
    assert found.id == job_id
    assert found.about.lane == "data"
    rows = first_rows(answers_of(store, job_id), 20)
    assert rows.columns.tolist() == ["Row", "Text", "Answer", "How sure"]
    assert rows["Row"].tolist() == [2, 3, 5, 6]
    others = [
        Order(order.project_id, order.run_id, order.source, order.read, {"text": "Number"}),
        Order(order.project_id, 99, order.source, order.read, order.columns),
    ]
    assert all(asking.newest(store, other, read, first=True) is None for other in others)
    assert asking.newest(store, order, ReadOptions(), first=True) is None


def test_what_was_answered_before_a_stop_can_be_taken_away(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    job_id = asking.start(store, order_of(store, trained, workbook()))
    with pytest.raises(WorkbenchError, match="is answered yet"):
        written.start(store, answers_of(store, job_id))
    parts = files.job_folder(job_id) / "parts"
    parts.mkdir(parents=True)
    spec = answer_queued(store, tmp_path, "cancelled")
    (tmp_path / "predictions.parquet").replace(parts / "000000000-000000004.parquet")
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.result, job.progress = None, {"total_steps": 9}
    (file,) = answered_files.list_files(store, trained.project_id)
    assert file.line == "4 of 9 rows answered"
    assert written_file(store, answers_of(store, job_id)).rows == 4
    assert spec["source"]["name"] == "mails.xlsx"


def test_deleted_answers_are_gone_with_what_was_written(store: Store, tmp_path: Path) -> None:
    made = answered(store, tmp_path)
    (file,) = answered_files.list_files(store, made.trained.project_id)
    assert (file.name, file.model, file.line) == ("mails.xlsx", "Run 1", "4 rows answered")
    writer = written.newest(store, made.answers)
    assert writer is not None
    answered_files.delete(store, made.answers.job_id)
    assert answered_files.list_files(store, made.trained.project_id) == []
    assert not made.file.path.exists()
    assert get_job(store, writer.id).result is None
    with pytest.raises(WorkbenchError, match="ask the file again"):
        answers_of(store, made.answers.job_id)


def test_a_file_that_nothing_can_be_added_to_comes_as_a_workbook_of_its_table(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    content = b"- email: Where is my parcel?\n  number: 1\n- email: Money back\n  number: 2\n"
    job_id = asking.start(store, order_of(store, trained, content, "mails.yaml"))
    answer_queued(store, tmp_path)
    file = written_file(store, answers_of(store, job_id))
    assert file.name == "mails answered.xlsx"
    assert not file.patched
    assert "cannot be put into" in file.notes[0]
    sheet = openpyxl.load_workbook(file.path).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["email", "number", "category (answer)", "How sure"]
    assert rows[1] == ["Where is my parcel?", "1", "=Delivery", 0.75]
    assert {cell.data_type for cell in sheet[2]} == {"s", "n"}


def test_a_file_that_was_stopped_is_gone_on_with(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    order = order_of(store, trained, workbook())
    first = asking.start(store, order)
    answer_queued(store, tmp_path, "cancelled")
    second = asking.start(store, order)
    with store.read() as session:
        assert session.get_one(Job, second).spec["former"] == str(files.job_folder(first))
    answer_queued(store, tmp_path)
    third = asking.start(store, order)
    with store.read() as session:
        assert "former" not in session.get_one(Job, third).spec


def test_a_look_at_another_file_lets_go_of_the_earlier_ones(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    order = order_of(store, trained, workbook())
    asking.start(store, order, first=True)
    answer_queued(store, tmp_path, kind="first-answers")
    other = order_of(store, trained, workbook(["Where is parcel number 7?"]))
    for asked in (order, other):
        asking.start(store, asked, first=True)
    read = asking.table(store, order).options
    assert asking.newest(store, order, read, first=True) is None
    assert asking.newest(store, other, read, first=True) is not None
