"""Commands act for the person who is named, and see what that person sees."""

import pytest

from storage.database import Store
from tests.helpers.people import MARK, settle
from workbench.cli import main
from workbench.cli.accounts import acting
from workbench.projects import projects


def test_commands_are_as_before_where_nobody_has_an_account(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    projects.create_project(store, "Mails")
    assert main(["jobs"]) == 0
    assert acting.open_store().acting is None


def test_a_command_needs_somebody(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    settle(store)
    assert main(["jobs"]) == 2
    assert "say for whom this is, with --as EMAIL" in capsys.readouterr().err
    assert main(["--as", "nobody@example.com", "jobs"]) == 2
    assert "Nobody has an account with the address 'nobody@example.com'" in capsys.readouterr().err


def test_a_command_sees_what_its_person_sees(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(store)
    name = f"project {MARK}"
    assert main(["--as", "Olga@example.com", "jobs"]) == 0
    assert projects.project_named(acting.open_store(), name) == 1
    monkeypatch.setenv("WORKBENCH_PERSON", "sam@example.com")
    assert main(["jobs"]) == 0
    with pytest.raises(Exception, match="There is no project named"):
        projects.project_named(acting.open_store(), name)
    assert main(["--as", "olga@example.com", "jobs"]) == 0  # what is said counts before the setting
    assert projects.project_named(acting.open_store(), name) == 1
