"""`evaluate --json` tells where the model is weak."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.sliced import add_sliced
from workbench.cli import main
from workbench.cli import runs as cli_runs


def test_the_groups_of_an_exam_are_part_of_its_scores(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli_runs, "working_store", lambda: store)
    trained = add_sliced(store, tmp_path, monkeypatch)
    assert main(["evaluate", "--run", str(trained.run_id), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    weak = [one for one in said["slices"] if one["certain"] and one["difference"] < 0]
    assert [(one["column"], one["value"], one["rows"]) for one in weak] == [("region", "North", 60)]
    assert weak[0] == said["slices"][0]
    assert weak[0]["low"] <= weak[0]["score"] <= weak[0]["high"]
    assert main(["evaluate", "--run", str(trained.run_id)]) == 0
    assert "Weaker where 'region' is 'North': 0 on 60 rows" in capsys.readouterr().out
