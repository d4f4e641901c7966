"""The command line: one object with --json, one sentence and exit code 2 for a mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from workbench import projects
from workbench.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Sixty questions in two categories."""
    path = tmp_path / "questions.csv"
    rows = [f"Where is parcel {i}?,delivery\nHow do I pay bill {i}?,payment" for i in range(30)]
    path.write_text("text,category\n" + "\n".join(rows) + "\n")
    return path


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_import_prints_what_became_of_the_file(
    table: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", str(table), "--project", "Shop", "--task", "classification", "--json"]
    assert main(arguments) == 0
    said = _said(capsys)
    assert said["rows"] == 60
    assert said["dropped"] == 0
    assert sum(said["splits"].values()) == 60
    assert list(projects.project_names(store).values()) == ["Shop"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import", "no.csv", "--project", "P", "--task", "classification"], "There is no file"),
        (["import", "{table}", "--project", "P", "--task", "poetry"], "There is no task 'poetry'"),
        (
            ["import", "{table}", "--project", "P", "--task", "classification", "--map", "text=a"],
            "has no column 'a'",
        ),
        (
            ["import", "{table}", "--project", "P", "--task", "classification", "--map", "text"],
            "--map takes NAME=VALUE",
        ),
        (["cancel", "7"], "7"),
        (["chat", "--run", "the best", "Hello"], "number of a run"),
        (["predict", "--run", "1", "--file", "{table}", "--out", "x.pdf"], ".csv or .xlsx"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(
    arguments: list[str],
    sentence: str,
    table: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([argument.format(table=table) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert not said.out
    assert projects.project_names(store) == {}


def test_jobs_of_a_fresh_home_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "--json"]) == 0
    assert _said(capsys) == {"jobs": []}


def test_doctor_tells_cores_and_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "processor cores" in said
    assert "all-MiniLM-L6-v2" in said
