"""`accounts` on the command line: the console makes the first administrator, and lets others in."""

import io
import json

import pytest

from storage.acting import EDITOR
from storage.database import Store
from tests.helpers import accounts as helper
from tests.helpers.accounts import PASSWORD, email
from workbench.cli import main
from workbench.projects import projects
from workbench.system.accounts import invitations, members, people, sign_ins


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    helper.make_quick(monkeypatch)


def run(*words: str, code: int = 0) -> None:
    assert main(["accounts", *words]) == code


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


def add(monkeypatch: pytest.MonkeyPatch, name: str, *more: str, code: int = 0) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("add", "--email", email(name), "--name", name, "--password-stdin", *more, code=code)


def test_the_first_account_is_an_administrator_s(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("list")
    assert "Nobody has an account" in capsys.readouterr().out
    add(monkeypatch, "Ada", code=2)
    assert "--administrator" in capsys.readouterr().err
    run("invite", "--email", email("Bob"), code=2)
    assert not people.are_there(store)
    add(monkeypatch, "Ada", "--administrator")
    shown = capsys.readouterr().out
    assert "From now on the pages ask everybody to sign in" in shown
    assert PASSWORD not in shown
    assert sign_ins.standing(store, helper.signed_in(store, "Ada")).acting
    run("list", "--json")
    assert '"administrator": true' in capsys.readouterr().out


def test_a_password_is_typed_twice_without_echo(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["add", "--email", email("Ada"), "--name", "Ada", "--administrator"]
    run(*words, code=2)
    assert "--password-stdin" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    typed = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    run(*words, code=2)
    assert "differ" in capsys.readouterr().err
    run(*words)
    assert people.are_there(store)


def test_a_weak_password_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("passwordpassword\n"))
    words = ("--email", email("Ada"), "--name", "Ada", "--administrator", "--password-stdin")
    run("add", *words, code=2)
    assert "commonest" in capsys.readouterr().err
    assert not people.are_there(store)


def test_colleagues_are_invited_changed_and_shut_out(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add(monkeypatch, "Ada", "--administrator")
    mails = projects.create_project(store, "Mails")
    run("invite", "--email", email("Bob"), "--project", "mails", "--role", EDITOR, "--json")
    link = said(capsys)["link"]
    token = link.partition("?invitation=")[2]
    invitations.accept(store, token, "Bob", PASSWORD, helper.HERE)
    assert [(one.name, one.role) for one in members.listing(store, mails)] == [("Bob", EDITOR)]
    run("role", "--email", email("Bob"), "--project", "Mails", "--role", "none")
    assert members.listing(store, mails) == []
    run("role", "--email", email("Bob"), "--administrator", "yes")
    cookie = helper.signed_in(store, "Bob")
    run("sign-out", "--email", email("Bob"))
    assert not sign_ins.standing(store, cookie).acting
    cookie = helper.signed_in(store, "Bob")
    run("disable", "--email", email("Bob"))
    assert not sign_ins.standing(store, cookie).acting
    run("enable", "--email", email("Bob"))
    capsys.readouterr()
    run("reset", "--email", email("Bob"), "--json")
    token = said(capsys)["link"].partition("?invitation=")[2]
    invitations.accept(store, token, "", "seven green kettles", helper.HERE)
    run("disable", "--email", "nobody@company.example", code=2)
    assert "Nobody has an account with the address" in capsys.readouterr().err


def test_removing_all_asks(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add(monkeypatch, "Ada", "--administrator")
    run("remove-all", code=2)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _prompt: "no")
    run("remove-all", code=2)
    assert people.are_there(store)
    monkeypatch.setattr("builtins.input", lambda _prompt: "remove")
    run("remove-all")
    assert not people.are_there(store)
    assert "1 account removed" in capsys.readouterr().out
