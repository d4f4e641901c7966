"""`fit`: whether a training fits, as one object; estimated, or measured by a job."""

import json
from typing import Any

import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers.made import add_dataset, end_job
from tests.training.test_outlook import told
from workbench.cli import fit as fit_command
from workbench.cli import main
from workbench.core.errors import WorkbenchError
from workbench.projects import projects


@pytest.fixture
def dataset(store: Store) -> int:
    """A dataset to sort; its id."""
    add_dataset(store, projects.create_project(store, "Mails"))
    return 1


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["fit", *map(str, arguments), "--json"]) == 0
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_what_a_training_takes_is_told_by_phases(
    dataset: int, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answer(capsys, "--dataset", dataset, "--base", "all-MiniLM-L6-v2")
    assert said["fits"] is True
    assert said["ladder"] == []
    assert said["memory_mb"] == max(said["phases"].values())
    assert set(said["phases"]) == {"load", "training", "exam"}
    assert said["seconds"] > 0
    assert said["disk_mb"] > 0
    assert "measured" not in said


def test_what_does_not_fit_is_an_answer_with_a_way_down(
    dataset: int, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = ["--set", "per_device_train_batch_size=1024", "--set", "r=256"]
    arguments = ["--dataset", dataset, "--base", "SmolLM2-135M-Instruct", *huge]
    said = answer(capsys, *arguments, "--set", "max_length=8192", "--set", "lora_dropout=0.5")
    if said["fits"]:  # a machine of very much memory
        return
    assert said["ladder"][0]["name"] == "batch"
    assert main(["fit", *map(str, arguments)]) == 0
    assert "1. Take" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dataset", "77", "--base", "all-MiniLM-L6-v2"], "There is no dataset 77"),
        (["--dataset", "1", "--base", "no-such-model"], "There is no model 'no-such-model'"),
        (
            ["--dataset", "1", "--base", "all-MiniLM-L6-v2", "--preset", "hasty"],
            "no preset 'hasty'",
        ),
        (["--dataset", "1", "--base", "all-MiniLM-L6-v2", "--set", "r=0"], "r must be from 1"),
    ],
)
def test_a_mistake_is_a_sentence(
    dataset: int, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["fit", *arguments, "--json"]) == 2
    assert words in capsys.readouterr().err


def with_job(monkeypatch: pytest.MonkeyPatch, store: Store, status: str, **result: Any) -> None:
    """The worker's part: the measurement ends so."""

    def finished(_: Store, job_id: int) -> None:
        end_job(store, job_id, status, **result)
        if status == "failed":
            with store.write() as session:
                session.get_one(Job, job_id).reason = "It needs more than there is."
            raise WorkbenchError("It needs more than there is.")

    monkeypatch.setattr(fit_command, "finished", finished)
    monkeypatch.setattr(fit_command, "working_store", lambda: store)


def test_measured_numbers_stand_beside_the_estimate(
    dataset: int, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_job(monkeypatch, store, "succeeded", measured=told())
    said = answer(capsys, "--dataset", dataset, "--base", "all-MiniLM-L6-v2", "--measure")
    assert said["memory_mb"] == said["measured"]["memory_mb"] == 2500
    assert said["measured"]["phases"]["training"] == 2500
    assert said["tokens"]["counted"] is True


def test_a_measurement_that_was_given_up_is_no_mistake(
    dataset: int, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"out_of_memory": True, "needed_mb": 99_000, "there_mb": 400}
    with_job(monkeypatch, store, "failed", **sizes)
    said = answer(capsys, "--dataset", dataset, "--base", "all-MiniLM-L6-v2", "--measure")
    assert said["fits"] is False
    assert said["ladder"]
    with_job(monkeypatch, store, "failed")
    assert main(["fit", "--dataset", "1", "--base", "all-MiniLM-L6-v2", "--measure"]) == 2
