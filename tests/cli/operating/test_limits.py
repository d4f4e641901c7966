"""`office-hours` and `limits` on the command line: set, shown, taken back."""

import json

import pytest

from storage.database import Store
from workbench.cli import main


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments]) == 0
    return capsys.readouterr().out.strip()


def test_office_hours_are_set_and_taken_back(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "office-hours") == "Trainings run at any time."
    told = said(capsys, "office-hours", "--from", "08:00", "--to", "18:00", "--days", "mon,Friday")
    assert told == "Trainings stand still from 08:00 to 18:00, Monday, Friday."
    kept = json.loads(said(capsys, "office-hours", "--json"))
    assert kept == {"office_hours": {"begins": "08:00", "ends": "18:00", "days": [0, 4]}}
    assert said(capsys, "office-hours", "--off") == "Trainings run at any time."
    assert main(["office-hours", "--from", "08:00"]) == 2
    assert main(["office-hours", "--from", "08:00", "--to", "18:00", "--days", "xyz"]) == 2
    assert "'xyz' is no day" in capsys.readouterr().err


def test_limits_are_set_one_by_one(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "limits") == "A person may take up any number of jobs and any disk space."
    said(capsys, "limits", "--jobs", "3")
    told = said(capsys, "limits", "--disk-mb", "5000")
    assert told == "A person may take up 3 jobs at a time and 5,000 MB of disk."
    assert json.loads(said(capsys, "limits", "--jobs", "0", "--json")) == {
        "limits": {"jobs": None, "disk_mb": 5000}
    }
