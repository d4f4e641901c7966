"""Batch prediction: the user's table comes back with answers."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers.exams import add_trained, answer_queued
from workbench.core.errors import WorkbenchError
from workbench.evaluation.sureness import threshold
from workbench.use import batch

MAILS = "email,customer,answer\nWhere is it?,=cmd(),old\n,Ann,\nMoney back,Bob,older\n"


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """Three rows: the second has no question."""
    path = tmp_path / "upload"
    path.write_text(MAILS)
    return path


def test_the_answers_stand_beside_the_users_own_columns(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    spec = answer_queued(store, tmp_path)
    assert spec["kind"] == "predict"
    assert spec["adapter"] == str(tmp_path / "adapter of Run 1")
    assert spec["source"]["name"] == "mails.csv"
    table = batch.answers(store, job_id)
    assert list(table.columns) == ["email", "customer", "answer", "answer (2)", "probability"]
    assert list(table["customer"]) == ["=cmd()", "Ann", "Bob"]
    assert list(table["answer (2)"].fillna("")) == ["=Delivery", "", "=Delivery"]
    assert list(table["probability"].fillna(-1)) == [0.75, -1, 0.75]
    assert batch.answered_rows(store, job_id) == 2


def test_a_simple_way_can_answer_in_the_models_place(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv", rung="baseline")
    with store.read() as session:
        job = session.get_one(Job, job_id)
        assert job.title == "Answers of 'baseline' in place of Run 1 to mails.csv"
        assert (job.spec["rung"], job.spec["adapter"]) == (
            "baseline",
            str(tmp_path / "adapter of Run 1"),
        )


def test_rows_that_fit_no_category_are_marked_and_counted(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    answer_queued(store, tmp_path, none_of_these=[False, True])
    table = batch.answers(store, job_id)
    assert list(table["none_of_these"].fillna("")) == ["false", "", "true"]
    assert batch.none_of_these(store, job_id) == 1
    text = batch.answers_file(store, job_id, "csv").read_text("utf-8-sig")
    assert text.splitlines()[-1].endswith(",0.75,true")


def test_a_model_that_cannot_tell_marks_none(store: Store, tmp_path: Path, mails: Path) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    answer_queued(store, tmp_path)
    assert "none_of_these" not in batch.answers(store, job_id)
    assert batch.none_of_these(store, job_id) is None


def test_answers_that_are_not_sure_enough_are_to_be_checked(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    answer_queued(store, tmp_path, none_of_these=[False, True])
    without = batch.answers_file(store, job_id, "csv").read_text("utf-8-sig")
    assert "please_check" not in without
    assert batch.please_check(store, job_id) is None
    for limit, marks in ((0.75, ["true", "", "true"]), (0.7, ["false", "", "true"])):
        threshold.keep_threshold(store, trained.run_id, limit, threshold.USUAL)
        table = batch.answers(store, job_id)
        assert list(table["please_check"].fillna("")) == marks
        assert batch.please_check(store, job_id) == marks.count("true")
        text = batch.answers_file(store, job_id, "csv").read_text("utf-8-sig")
        assert text.splitlines()[1].endswith(f",0.75,false,{marks[0]}")


def test_the_file_is_harmless_in_a_spreadsheet(store: Store, tmp_path: Path, mails: Path) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    answer_queued(store, tmp_path)
    text = batch.answers_file(store, job_id, "csv").read_text("utf-8-sig")
    assert text.splitlines()[:2] == [
        "email,customer,answer,answer (2),probability",
        "Where is it?,'=cmd(),old,'=Delivery,0.75",
    ]
    path = batch.answers_file(store, job_id, "xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["Where is it?", "=cmd()", "old", "=Delivery", 0.75]
    assert {cell.data_type for cell in sheet[2]} == {"s", "n"}
    assert batch.answers_file(store, job_id, "xlsx") == path


def test_the_base_model_can_be_asked_for_comparison(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    batch.start_prediction(store, trained.run_id, mails, untrained=True)
    spec = answer_queued(store, tmp_path)
    assert "adapter" not in spec
    assert spec["system"] == "Be kind."
    assert "prompt" in pd.read_parquet(spec["data"])


def test_an_untrained_encoder_cannotanswer_queued(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    with pytest.raises(WorkbenchError, match="only reads texts"):
        batch.start_prediction(store, trained.run_id, mails, untrained=True)


def test_a_file_without_the_questions_column_is_refused(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / "upload"
    path.write_text("subject\nHello\n")
    with pytest.raises(WorkbenchError, match=r"mails\.csv has no column 'email'"):
        batch.start_prediction(store, trained.run_id, path, "mails.csv")


def test_answers_that_are_not_there_are_explained(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    with pytest.raises(WorkbenchError, match=r"mails\.csv has no answers: the job is queued"):
        batch.answers(store, job_id)
    answer_queued(store, tmp_path, status="failed")
    with pytest.raises(WorkbenchError, match="no answers: The disk is full"):
        batch.answered_rows(store, job_id)
    with pytest.raises(WorkbenchError, match="no answers with the number 99"):
        batch.answers(store, 99)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("email\nWhere is it?\n\n\nMoney back\n", ["Where is it?", "", "", "Money back"]),
        ("email,customer\n,\nWhere is it?,Bob\n,\nMoney back,\n", ["", "Where is it?", "", "Money back"]),
    ],
)  # fmt: skip
def test_rows_that_say_nothing_come_back_in_their_place(
    store: Store, tmp_path: Path, content: str, texts: list[str]
) -> None:
    path = tmp_path / "upload"
    path.write_text(content)
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, path, "mails.csv")
    answer_queued(store, tmp_path)
    table = batch.answers(store, job_id)
    assert list(table["email"].fillna("")) == texts
    assert list(table["answer"].fillna("")) == ["=Delivery" if text else "" for text in texts]


def test_a_cell_far_below_makes_no_million_of_rows(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_MOST_EMPTY", 1)
    path = tmp_path / "upload"
    path.write_text("email\nWhere is it?\n\n\n\nMoney back\n")
    trained = add_trained(store, tmp_path)
    job_id = batch.start_prediction(store, trained.run_id, path, "mails.csv")
    answer_queued(store, tmp_path)
    assert len(batch.answers(store, job_id)) == 2


def test_what_nobody_told_the_model_has_a_column_of_its_own(
    store: Store, tmp_path: Path, mails: Path
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    job_id = batch.start_prediction(store, trained.run_id, mails, "mails.csv")
    answer_queued(store, tmp_path, invented="2.50 euros")
    table = batch.answers(store, job_id)
    assert list(table["not in your examples"].fillna("")) == ["2.50 euros", "", "2.50 euros"]
