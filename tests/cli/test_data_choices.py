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


def _imported(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    arguments = ["import", str(path), "--project", "Ferry", "--task", "multi_label", *more]
    assert main([*arguments, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return told


def test_the_task_of_several_categories_says_what_they_mean(
    path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _imported(path, capsys)
    assert (said["rows"], said["task"]) == (30, "multi_label")
    assert said["roles"] == {"text": "text", "label": "tags"}
    version = datasets.get_version(store, 1)
    assert version.report["labels"] == {"late": 20, "price": 20}
    assert version.mapping["read"]["choice"] == "several"
    roles = ("--map", "text=text", "--map", "label=tags")
    assert _imported(path, capsys, "--name", "Again", *roles)["rows"] == 30


def test_a_column_a_category_is_taken_as_a_set_and_all_no_as_none(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ferry.csv"
    lines = [
        f"Ferry {n} was bad.,{'yes' if n % 2 else 'no'},{'yes' if n % 3 else 'no'},no"
        for n in range(40)
    ]
    path.write_text("\n".join(["text,late,price,crew", *lines]))
    said = _imported(path, capsys)
    assert (said["rows"], said["left_out"]) == (40, {})
    labels = datasets.get_version(store, 1).report["labels"]
    assert labels == {"price": 26, "late": 20}


def test_none_of_the_others_is_no_category_where_there_may_be_several(
    path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", str(path), "--project", "F", "--task", "multi_label"]
    assert main([*arguments, "--none-of-these", "late"]) == 2
    assert "it may also have none" in capsys.readouterr().err


def test_yes_and_no_alone_are_no_categories(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ferry.csv"
    lines = [f"Ferry {n} was bad.,Holm {n % 4},{'yes' if n % 2 else 'no'}" for n in range(40)]
    path.write_text("\n".join(["text,harbour,late", *lines]))
    roles = ["--map", "text=text", "--map", "label=late"]
    arguments = ["import", str(path), "--project", "F", "--task", "multi_label", *roles]
    assert main(arguments) == 2
    assert "nothing but yes and no" in capsys.readouterr().err
