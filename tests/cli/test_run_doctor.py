"""`run-doctor`: what a training's curves say, on the command line."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.curves import add_by_heart
from tests.helpers.exams import add_trained
from workbench.cli import main


def test_it_tells_the_sentence_and_the_setting(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    told = ["run-doctor", "--run", str(trained.run_id)]
    assert main(told) == 0
    assert "Its curves do not tell" in capsys.readouterr().out
    with store.write() as session:
        session.get_one(DatasetVersion, trained.version_id).splits = {"train": 80, "validation": 40}
    add_by_heart(store, trained.run_id)
    assert main(told) == 0
    said = capsys.readouterr().out
    assert "It began to learn by heart at step 20" in said
    assert "Worth trying: --set num_train_epochs=1" in said
    assert main([*told, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["status"], value["steps"], value["best_step"]) == ("succeeded", 60, 20)
    assert value["doctor"]["kind"] == "by_heart"
    assert value["doctor"]["change"]["setting"] == "num_train_epochs"


def test_a_run_that_is_not_there_is_one_sentence(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run-doctor", "--run", "9"]) == 2
    assert "There is no training run 9" in capsys.readouterr().err
