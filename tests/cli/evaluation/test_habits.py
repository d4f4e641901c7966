"""`habits`: what else a model learned, on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers.exams import add_trained
from tests.helpers.habits import FOUND, habits_of_writer
from tests.helpers.made import end_job
from workbench.cli import main, output
from workbench.cli.evaluation import habits as cli_habits
from workbench.evaluation import habit_checks
from workbench.jobs.job import get_job


def test_it_is_asked_once_and_again_on_demand(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    done: list[int] = []

    def finished(_store: Store, job_id: int) -> Any:
        done.append(job_id)
        end_job(store, job_id, habits=habits_of_writer(FOUND), seconds=12.0)
        return get_job(store, job_id)

    monkeypatch.setattr(output, "ensure_worker", lambda: None)
    monkeypatch.setattr(cli_habits, "finished", finished)
    arguments = ["habits", "--run", str(trained.run_id), "--json"]
    for _ in range(2):
        assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(done) == 1
    assert said["job_id"] == done[0]
    assert said["memorised"]["found"] == [FOUND]
    assert set(said["sentences"]) == {"memorised", "forgetting", "provocations", "robustness"}
    assert said["seconds"] == 12.0
    assert main([*arguments[:-1], "--again"]) == 0
    assert len(done) == 2
    words = capsys.readouterr().out
    assert "Does it give your rows away?\n  1 thing from 1 row was said" in words
    assert habit_checks.last_found(store, trained.run_id) is not None


def test_a_run_without_a_model_is_one_sentence(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "ensure_worker", lambda: None)
    assert main(["habits", "--run", "7"]) == 2
    assert "There is no training run 7" in capsys.readouterr().err
