"""`release` and `must-pass`: what is live, from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, add_trained, answer_queued, exam_of_categories
from workbench.cli import main, output
from workbench.cli.evaluation import releases as cli_releases


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "ensure_worker", lambda: None)


@pytest.fixture
def two(store: Store, tmp_path: Path) -> list[str]:
    """A good run and a worse one of one project; their numbers."""
    ids: list[str] = []
    project_id: int | None = None
    for name, right in (("Good", 95), ("Worse", 70)):
        place = tmp_path / name
        place.mkdir()
        trained = add_trained(store, place, project_id=project_id, name=name)
        project_id = trained.project_id
        table = exam_of_categories(right, 40, 50)
        add_exam(store, trained.run_id, table, accuracies(table))
        ids.append(str(trained.run_id))
    return ids


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_a_run_goes_live_and_the_project_tells(
    two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    project = ["release", "--project", "Mails", "--json"]
    assert main(project) == 0
    assert _said(capsys) == {"live": None, "history": []}
    told = ["--approver", "Ann", "--note", "First one"]
    assert main(["release", "--run", two[0], *told, "--json"]) == 0
    said = _said(capsys)
    assert said["released"] is True
    assert said["gate"]["passed"] is True
    assert main(project) == 0
    live = _said(capsys)["live"]
    assert (live["run_id"], live["run"], live["approver"]) == (int(two[0]), "Good", "Ann")
    assert (live["note"], live["dataset"], live["version"]) == (
        "First one",
        "E-mails for classification",
        1,
    )


def test_a_refusal_is_a_sentence_and_no_zero(
    two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "--run", two[0]]) == 0, "approved by who is logged in"
    capsys.readouterr()
    assert main(["release", "--run", two[1], "--json"]) == 2
    printed = capsys.readouterr()
    said = json.loads(printed.out.splitlines()[-1])
    assert said["released"] is False
    assert [check["passed"] for check in said["gate"]["checks"]] == [False, None, False]
    assert printed.err.startswith("It does not go live: On the same 100 exam questions: 70.0 %")
    assert main(["release", "--run", two[1]]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)

    for half in (["--force"], ["--reason", "because"]):
        assert main(["release", "--run", two[1], *half]) == 2
        assert "go together" in capsys.readouterr().err
    forced = ["release", "--run", two[1], "--force", "--reason", "The other leaks names", "--json"]
    assert main(forced) == 0
    assert _said(capsys)["gate"]["overruled"] == "The other leaks names"

    assert main(["release", "--project", "Mails", "--back", "--json"]) == 0
    said = _said(capsys)
    assert said["live"]["run"] == "Good"
    assert [one["run"] for one in said["history"]] == ["Good", "Worse", "Good"]
    assert main(["release", "--project", "Mails"]) == 0
    assert "against the gate: The other leaks names" in capsys.readouterr().out
    assert main(["release", "--project", "Mails", "--back"]) == 2
    assert "No other version was live before" in capsys.readouterr().err
    assert main(["release", "--project", "Mails", "--off", "--json"]) == 0
    assert _said(capsys)["live"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--project", "No such"], "no project named 'No such'"),
        (["--run", "4711"], "no training run 4711"),
        (["--run", "1", "--back"], "go with --project"),
    ],
)
def test_mistakes_are_sentences(
    store: Store, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_must_pass_examples_are_asked_before_the_gate_decides(
    two: list[str],
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def finished(*_: object) -> None:
        answer_queued(store, tmp_path, kind="must-pass", output="Delivery")

    monkeypatch.setattr(cli_releases, "finished", finished)
    must = ["must-pass", "--run", two[0], "--json"]
    assert main([*must, "--add", "Money back?", "--expect", "Refund"]) == 0
    assert main([*must, "--row", "2"]) == 0
    said = _said(capsys)["must_pass"]
    assert [(one["expected"], one["passed"]) for one in said] == [
        ("Refund", None),
        ("Delivery", True),
    ]
    assert main(["release", "--run", two[0]]) == 2
    assert "1 of 2 must-pass examples came out wrong: 'Money back?'" in capsys.readouterr().err
    assert main([*must, "--remove", str(said[0]["id"])]) == 0
    assert main(["release", "--run", two[0]]) == 0
