"""`preference-pairs`: pairs from what people said, on the command line."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from tests.evaluation.people.test_preferred import said
from tests.helpers.exams import add_trained
from workbench.cli import main
from workbench.projects import projects
from workbench.use import conversations


def test_pairs_are_counted_then_made_a_dataset(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    project = projects.project_names(store)[trained.project_id]
    told = ["preference-pairs", "--project", project]
    assert main(told) == 2
    assert "There are no pairs yet" in capsys.readouterr().err
    for number in range(12):
        answer = said(store, trained, f"Where is {number}?", f"Go away {number}.")
        conversations.correct(store, answer, f"It is on its way, {number}.")
    assert main([*told, "--count"]) == 0
    assert "12 pairs: 12 corrections." in capsys.readouterr().out
    assert main([*told, "--name", "Tone", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["rows"], value["by_source"], value["created"]) == (12, {"correction": 12}, True)
    assert main(told) == 0
    assert "version 1: 12 pairs of answers (12 corrections)" in capsys.readouterr().out
