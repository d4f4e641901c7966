"""`audit` on the command line: what it prints, and that a log that was changed is no success."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.acting import Acting
from storage.database import Store
from storage.tables import Person
from workbench.cli import main
from workbench.projects import projects
from workbench.system.accounts import console

JO = Acting(person_id=2, name="Jo", address="10.0.0.2")


@pytest.fixture
def logged(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    with store.write() as session:
        session.add_all(
            Person(id=n, email=f"{name.lower()}@example.org", name=name, administrator=n == 1)
            for n, name in enumerate(("Root", JO.name), 1)
        )
    monkeypatch.setenv(console.VARIABLE, "root@example.org")
    asked = store.acting_as(JO)
    projects.create_project(asked, "Letters")
    projects.create_project(asked, "Calls")
    return store


def test_it_lists_what_was_looked_for(logged: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "list", "--person", "jo", "--project", "Calls", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["count"] == 1
    assert found["lines"][0]["did"] == "Created a project"
    assert main(["audit", "--limit", "1"]) == 0
    said = capsys.readouterr().out
    assert "Jo from 10.0.0.2: Created a project: project 2 “Calls”" in said
    assert "The newest 1 of 2" in said


@pytest.mark.parametrize(
    ("asked", "why"),
    [(["--person", "Bo"], "nobody called 'Bo'"), (["--did", "created"], "try 'Created a project'")],
)
def test_it_says_what_it_does_not_know(
    logged: Store, capsys: pytest.CaptureFixture[str], asked: list[str], why: str
) -> None:
    assert main(["audit", "list", *asked]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.sqlite
def test_a_log_that_was_changed_is_told_and_no_success(
    logged: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify"]) == 0
    assert "All of 2 lines fit." in capsys.readouterr().out
    with logged.write() as session:
        session.execute(sa.text("DROP TRIGGER audit_no_update"))
        session.execute(sa.text("UPDATE audit SET person = 'Al' WHERE number = 1"))
    assert main(["audit", "verify"]) == 1
    assert "Line 1 was changed" in capsys.readouterr().out


def test_it_writes_a_file(logged: Store, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    assert main(["audit", "export", str(path)]) == 0
    assert len(path.read_text("utf-8-sig").splitlines()) == 3
