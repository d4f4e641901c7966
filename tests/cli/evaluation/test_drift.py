"""`drift`: the texts of a file, or what was scored or answered, against the exam."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage import jobs
from storage.database import Store
from tests.helpers.exams import (
    Trained,
    accuracies,
    add_exam,
    add_trained,
    answer_queued,
    answers,
    exam_of_categories,
)
from workbench.cli import main
from workbench.cli.evaluation import drift as command
from workbench.jobs import record
from workbench.jobs.job import JobView, get_job
from workbench.jobs.outcome import Ending, Outcome


@pytest.fixture
def trained(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setattr(command, "working_store", lambda: store)
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(90, 60, 70)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def _file(folder: Path, header: str, ending: str) -> Path:
    path = folder / "june.csv"
    rows = [f"Where is parcel number {i}?{ending}" for i in range(40)]
    path.write_text("\n".join([header, *rows]), "utf-8")
    return path


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_texts_alone_need_no_model(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, "email", "")
    assert main(["drift", "--run", "1", "--file", str(path), "--texts-only", "--json"]) == 0
    said = _told(capsys)
    assert (said["file"], said["rows"], said["exam_rows"]) == ("june.csv", 40, 100)
    assert set(said["signs"]) == {"unlike", "likeness"}
    assert said["score"] is None


def test_a_file_without_answers_is_answered_first(
    trained: Trained,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def answered(of: Store, job_id: int) -> JobView:
        answer_queued(of, tmp_path)
        return get_job(of, job_id)

    monkeypatch.setattr(command, "finished", answered)
    path = _file(tmp_path, "body", "")
    arguments = ["drift", "--run", "1", "--file", str(path), "--map", "text=body", "--json"]
    assert main(arguments) == 0
    assert set(_told(capsys)["signs"]) == {"unlike", "likeness", "confidence", "mix"}


def test_a_file_with_answers_is_scored_first(
    trained: Trained,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def scored(of: Store, job_id: int) -> JobView:
        with of.write() as session:
            job = jobs.claim(session, ["evaluate"])
        assert job is not None
        table = answers(["Refund"] * 40, ["Delivery"] * 40)
        table.to_parquet(tmp_path / "p.parquet")
        result = {"status": "succeeded", "attempt": 1, "scores": accuracies(table), "rows": 40}
        made = {**result, "predictions": str(tmp_path / "p.parquet")}
        record.record(of, job, Outcome("succeeded", "", made), Ending(0))
        return get_job(of, job_id)

    monkeypatch.setattr(command, "finished", scored)
    path = _file(tmp_path, "email,category", ",Refund")
    assert main(["drift", "--run", "1", "--file", str(path), "--json"]) == 0
    said = _told(capsys)
    assert (said["score"]["exam"], said["score"]["file"]) == (0.9, 0.0)
    assert said["alarm"] is True
    assert "time to train again" in said["sentence"]


def test_a_file_that_cannot_be_read_so_is_refused(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, "body", "")
    assert main(["drift", "--run", "1", "--file", str(path)]) == 2
    assert "june.csv has no column 'email'" in capsys.readouterr().err
