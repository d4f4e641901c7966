"""The command line's checkup and mend, over a checkup that is there."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.fakes.looked import duplicates, looked_through, mails
from workbench.cli import main
from workbench.data import changes
from workbench.data.versions import VersionInfo


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", "service")


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    found = mails(store, tmp_path)
    looked_through(store, found, duplicates(), score=77)
    return found


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_a_checkup_is_printed_with_the_fixes_that_there_are(
    version: VersionInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["checkup", "--dataset", str(version.dataset_id), "--json"]) == 0
    said = _said(capsys)
    assert (said["score"], said["rows"], said["version"]) == (77, 60, 1)
    (finding,) = said["findings"]
    assert finding["kind"] == "duplicates"
    assert set(finding["fixes"]) == {"change", "remove"}


def test_a_finding_is_mended_as_the_next_version(
    store: Store, version: VersionInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = ["--dataset", str(version.dataset_id)]
    assert main(["mend", *dataset, "--finding", "duplicates", "--fix", "remove", "--json"]) == 0
    assert _said(capsys) == {"dataset_id": version.dataset_id, "version": 2, "rows": 58}
    assert changes.history(store, version)[0].number == 2


def test_a_fix_that_there_is_not_is_refused_with_those_that_there_are(
    version: VersionInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = ["--dataset", str(version.dataset_id)]
    assert main(["mend", *dataset, "--finding", "labels", "--fix", "change"]) == 2
    assert "what can be mended is duplicates (change, remove)" in capsys.readouterr().err


def test_a_fix_whose_rows_are_to_be_chosen_is_left_to_the_page(
    store: Store, version: VersionInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_through(store, version, replace(duplicates(), ticked=False))
    dataset = ["--dataset", str(version.dataset_id)]
    assert main(["mend", *dataset, "--finding", "duplicates", "--fix", "remove"]) == 2
    assert "many may be right: choose under Check up and mend" in capsys.readouterr().err
    assert main(["mend", *dataset, "--finding", "labels", "--fix", "change"]) == 2
    assert "what can be mended is nothing" in capsys.readouterr().err
    assert changes.history(store, version)[0].number == 1
