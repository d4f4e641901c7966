"""`keys` on the command line."""

import json

import pytest

from storage.database import Store
from workbench.cli import main
from workbench.projects import projects


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


def test_a_key_is_made_listed_and_revoked(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    projects.create_project(store, "Mails")
    asked = ["keys", "make", "Excel", "--project", "mails", "--tokens-a-day", "1000", "--json"]
    assert main(asked) == 0
    made = said(capsys)
    secret = str(made["key"])
    assert secret.startswith("slm-")
    assert (made["project"], made["tokens_a_day"]) == ("Mails", 1000)
    assert main(["keys", "list"]) == 0
    line = capsys.readouterr().out
    assert "Excel" in line
    assert "1,000 tokens a day" in line
    assert secret not in line
    assert main(["keys", "revoke", "excel", "--json"]) == 0
    assert said(capsys)["revoked"]
    assert main(["keys", "list", "--json"]) == 0
    assert said(capsys) == {"keys": []}


def test_what_cannot_be_is_said(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in (
        ["keys", "revoke", "Excel"],
        ["keys", "make", "Excel", "--project", "Nowhere"],
        ["serve", "--project", "Nowhere"],
    ):
        assert main(asked) == 2
        assert "There is no" in capsys.readouterr().err
    projects.create_project(store, "Mails")
    assert main(["serve", "--project", "Mails"]) == 2
    assert "Nothing is live in 'Mails'" in capsys.readouterr().err
