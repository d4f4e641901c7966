"""`sweep` and `compare` on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers import sweeps as made
from tests.helpers.made import end_job
from tests.helpers.sweeps import Ground
from workbench.cli import main
from workbench.cli.training import sweep as cli_sweep
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.timer import Timer
from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER
from workbench.projects import projects


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    found = made.ground(store, tmp_path)
    projects.choose_model(store, found.project_id, found.model.id)
    return found


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def conduct(store: Store, sweep_id: int, scores: list[float], folder: Path) -> None:
    """What its job does: each try ends with its score."""
    conductor = Conductor(store, sweep_id, made.spec_of(store, sweep_id), Timer(folder))
    for score in scores:
        conductor.look()
        run_ids = [t.run.id for t in conductor.sweep.trials if t.run]
        made.end_try(store, run_ids[-1], score)
    for _ in range(2):
        conductor.look()
        for run_id in made.exams(store):
            made.set_job(store, run_id, "succeeded", "evaluate")
    assert conductor.look()
    end_job(store, sweep_id, **conductor.result())


def test_a_sweep_tells_its_tries_their_scores_and_the_best(
    store: Store,
    ground: Ground,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(
        cli_sweep,
        "finished",
        lambda store, job_id: conduct(store, job_id, [0.8, 0.9, 0.7], tmp_path),
    )
    command = ["sweep", "--project", "Mails", "--minutes", "30", "--runs", "3", "--json"]
    assert (
        main([*command, "--vary", "learning_rate=1e-5:1e-3", "--vary", "weight_decay=0,0.1"]) == 0
    )
    told = said(capsys)
    assert (told["status"], told["minutes"], told["chosen_by"]) == ("succeeded", 30, "practice")
    assert [run["practice"]["score"] for run in told["runs"]] == [0.8, 0.9, 0.7]
    assert [run["practice"]["interval"] for run in told["runs"]] == [[0.1, 0.9]] * 3
    assert told["best"] == told["runs"][1]["run_id"]
    assert all(set(run["settings"]) == {"learning_rate", "weight_decay"} for run in told["runs"])
    assert set(told["runs"][0]["differs"]) <= {"learning_rate", "weight_decay"}
    assert told["seconds"] >= 0
    assert "number 2 is the best on practice questions: 90.0 %" in told["sentences"][0]
    assert "in place of" in told["sentences"][1]
    assert main(["sweep", "--sweep", str(told["sweep_id"])]) == 0
    assert "3 of at most 3 tries" in capsys.readouterr().out


def test_of_equal_scores_it_is_said_what_decided(
    store: Store, ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sweep_id = ground.start(store, most=2)
    conduct(store, sweep_id, [0.8, 0.8], tmp_path)
    assert main(["sweep", "--sweep", str(sweep_id)]) == 0
    assert "The settings that it began with are the best: 80.0 %" in capsys.readouterr().out
    made.end_try(store, 2, 0.8, loss=0.3)
    assert main(["sweep", "--sweep", str(sweep_id)]) == 0
    assert "number 2 is the best" in (said := capsys.readouterr().out)
    assert "as much as with the settings that it began with, but less wrong (loss)" in said


def test_while_several_run_only_those_that_are_over_are_counted(
    store: Store,
    ground: Ground,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    placing.put_project(store, ground.project_id, CLUSTER)
    sweep_id = ground.start(store, most=5)
    conductor = Conductor(store, sweep_id, made.spec_of(store, sweep_id), Timer(tmp_path))
    for run_id in (1, 2, 3, 4):
        conductor.look()
        made.set_job(store, run_id, "running")
    made.end_try(store, 1, 0.8)
    made.end_try(store, 2, 0.9)
    assert main(["sweep", "--sweep", str(sweep_id)]) == 0
    text = capsys.readouterr().out
    assert "4 of at most 5 tries (2 of them not over yet)" in text
    assert "Of 2 tries number 2 is the best on practice questions" in text
    assert "3 (run 3): no score; running" in text


def test_the_same_sweep_is_not_started_twice_while_it_is_open(
    store: Store, ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["sweep", "--project", "mails", "--no-wait", "--json"]
    assert main(command) == 0
    first = said(capsys)["sweep_id"]
    assert main(command) == 0
    assert said(capsys)["sweep_id"] == first
    assert main([*command, "--runs", "5"]) == 0
    assert said(capsys)["sweep_id"] != first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--project", "Nobody"], "There is no project named 'Nobody'"),
        ([], "Say where to try"),
        (["--project", "Mails", "--minutes", "0"], "may take 0.5 to"),
        (["--project", "Mails", "--runs", "0"], "may try 1 to 100 times"),
        (["--project", "Mails", "--vary", "seed=1,2"], "'seed' cannot be tried out"),
        (["--sweep", "77"], "There is no sweep 77"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    ground: Ground, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["sweep", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_any_trainings_are_compared_by_what_differs(
    store: Store, ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sweep_id = ground.start(store, most=2)
    conduct(store, sweep_id, [0.8, 0.9], tmp_path)
    assert main(["compare", "--run", "1", "--run", "2", "--json"]) == 0
    told = said(capsys)
    assert set(told["differs"]) == {"learning_rate", "weight_decay"}
    assert [run["practice"]["score"] for run in told["runs"]] == [0.8, 0.9]
    assert [run["seconds"] for run in told["runs"]] == [60.0, 60.0]
    assert main(["compare", "--run", "1"]) == 2
    assert "--run ID twice" in capsys.readouterr().err
