"""`predict`: the user's own file comes back with the answers, or its table does."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage.database import Store
from storage.tables import Release
from tests.fakes.harness import job_of
from tests.helpers.answered import workbook
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.exams import add_trained, answer_queued
from workbench.cli import answering, main
from workbench.jobs.job import JobView, get_job
from workbench.jobs.process.specs import PredictSpec


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def _answer_at_once(
    monkeypatch: pytest.MonkeyPatch, store: Store, folder: Path, **told: Any
) -> None:
    """Do what the command waits for, in this process."""

    def finish(_: Store, job_id: int) -> JobView:
        if job_of(store, job_id).kind == PredictSpec.kind:
            answer_queued(store, folder, **told)
        else:
            worked_off(store, job_id)
        return get_job(store, job_id)

    monkeypatch.setattr(answering, "finished", finish)


def _asked(run: object, path: Path, out: Path, *more: str) -> list[str]:
    return ["predict", "--run", str(run), "--file", str(path), "--out", str(out), *more]


@pytest.mark.parametrize(
    ("columns", "counted", "told"),
    [
        ({"none_of_these": [True, False]}, 1, "; 1 row fits none of the categories."),
        ({"none_of_these": [False, False]}, 0, ".csv."),
        ({}, None, ".csv."),
    ],
)
def test_answers_tell_how_many_rows_fit_no_category(
    columns: dict[str, Any],
    counted: int | None,
    told: str,
    tmp_path: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_trained(store, tmp_path)
    mails = tmp_path / "mails.csv"
    mails.write_text("email\nLa la la\nMoney back\n")
    _answer_at_once(monkeypatch, store, tmp_path, **columns)
    out = tmp_path / "answers.csv"
    asked = ["predict", "--run", str(trained.run_id), "--file", str(mails), "--out", str(out)]
    assert main([*asked, "--json"]) == 0
    titles = ["answer", "probability", *columns]
    assert _said(capsys) == {
        "rows": 2, "rows_in_file": 2, "none_of_these": counted, "please_check": None, "out": str(out),
        "patched": True, "titles": titles, "notes": [],
    }  # fmt: skip
    assert main(asked) == 0
    assert capsys.readouterr().out.strip().endswith(told)
    assert ("none_of_these" in out.read_text("utf-8-sig")) == bool(columns)


def test_a_workbook_comes_back_with_new_columns_and_nothing_else(
    tmp_path: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_trained(store, tmp_path)
    path, out = tmp_path / "mails.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(workbook(header="What"))
    _answer_at_once(monkeypatch, store, tmp_path, output="Refund", none_of_these=False)
    told = ["--sheet", "Mails", "--map", "text=What", "--json"]
    assert main(_asked(trained.run_id, path, out, *told)) == 0
    said = _said(capsys)
    assert (said["rows"], said["patched"]) == (4, True)
    assert said["titles"] == ["category (answer)", "How sure", "None of these"]
    sheet = openpyxl.load_workbook(out)["Mails"]
    assert [cell.value for cell in sheet[1]] == ["Number", "What", *said["titles"]]
    assert [cell.value for cell in sheet[2]][2:] == ["Refund", 0.75, "no"]


def test_a_table_of_another_kind_is_made_where_out_asks_for_it(
    tmp_path: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_trained(store, tmp_path)
    path, out = tmp_path / "mails.xlsx", tmp_path / "out.csv"
    path.write_bytes(workbook())
    _answer_at_once(monkeypatch, store, tmp_path, output="Refund")
    assert main(_asked(trained.run_id, path, out, "--sheet", "Mails", "--json")) == 0
    said = _said(capsys)
    assert (said["patched"], said["titles"]) == (False, ["answer", "probability"])
    assert out.read_text("utf-8-sig").splitlines()[0] == "Number,email,answer,probability"


def test_a_text_table_keeps_its_own_form(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_trained(store, tmp_path)
    path, out = tmp_path / "mails.csv", tmp_path / "out.csv"
    path.write_bytes("email;Preis\r\nWo ist es?;3,50 €\r\nGeld zurück;\r\n".encode("cp1252"))
    _answer_at_once(monkeypatch, store, tmp_path, output="Refund")
    assert main(_asked(trained.run_id, path, out)) == 0
    lines = out.read_bytes().decode("cp1252").split("\r\n")
    rows = list(csv.reader(lines[:3], delimiter=";"))
    assert rows[0] == ["email", "Preis", "answer", "probability"]
    assert rows[1] == ["Wo ist es?", "3,50 €", "Refund", "0.75"]


def test_the_live_run_of_a_project_answers(
    tmp_path: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_trained(store, tmp_path)
    path, out = tmp_path / "mails.csv", tmp_path / "out.csv"
    path.write_text("email\nMoney back\n")
    _answer_at_once(monkeypatch, store, tmp_path)
    asked = ["predict", "--project", "Mails", "--file", str(path), "--out", str(out), "--json"]
    assert main(asked) == 2
    assert "Nothing is live in 'Mails'" in capsys.readouterr().err
    with store.write() as session:
        about = {"run_id": trained.run_id, "gate": {}, "about": {}, "approver": "Ann"}
        session.add(Release(project_id=trained.project_id, **about))
    assert main(asked) == 0
    assert _said(capsys)["rows"] == 1


def test_only_who_fits_the_task_answers_in_a_models_place(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    mails, out = tmp_path / "emails.csv", tmp_path / "out.csv"
    arguments = ["predict", "--run", str(trained.run_id), "--file", str(mails), "--out", str(out)]
    assert main([*arguments, "--rung", "baseline"]) == 2
    assert "'baseline' cannot answer such questions" in capsys.readouterr().err
