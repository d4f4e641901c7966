"""`import` of a file that only the user can explain: a refusal with the choices, or --choose."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from workbench.cli import main
from workbench.data import datasets
from workbench.projects import projects


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Thirty texts, a third of them with two categories."""
    path = tmp_path / "ferry.jsonl"
    sets = [["late"], ["price"], ["late", "price"]] * 10
    rows = [{"text": f"Ferry {n} was an hour late.", "tags": s} for n, s in enumerate(sets)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_without_a_choice_the_question_is_said(
    path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(path), "--project", "Ferry"]) == 2
    said = capsys.readouterr().err
    assert "10 of 30 rows have several categories in 'tags'" in said
    assert "--choose NAME" in said
    assert "first (Only the first category of each row)" in said
    assert not projects.project_names(store)


def test_a_choice_that_does_not_exist_is_said(
    path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(path), "--project", "Ferry", "--choose", "all"]) == 2
    assert "There is no choice 'all' for ferry.jsonl." in capsys.readouterr().err


def test_a_choice_is_made_and_kept_with_the_version(
    path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", str(path), "--project", "Ferry", "--choose", "single", "--json"]
    assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["rows"], said["task"]) == (20, "classification")
    assert said["left_out"]["several categories"]["count"] == 10
    version = datasets.get_version(store, 1)
    assert version.mapping["read"]["choice"] == "single"


def test_task_and_columns_that_say_it_all_need_no_choice(path: Path, store: Store) -> None:
    roles = ["--map", "text=text", "--map", "label=tags"]
    assert main(["import", str(path), "--project", "F", "--task", "classification", *roles]) == 0
    assert main(["import", str(path), "--project", "F", "--task", "classification"]) == 2
