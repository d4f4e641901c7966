"""People with accounts, and passwords that cost no time."""

import argon2
import pytest

from storage.acting import Acting
from storage.database import Store
from workbench.system.accounts import passwords, people, signing_in
from workbench.system.accounts.sign_ins import Place, Standing
from workbench.ui import context
from workbench.ui.accounts import cookie

PASSWORD = "violet anchor tuesday 7"
HERE = Place("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let argon2id do as little as it can."""
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: quick)


def person(store: Store, name: str, *, administrator: bool = False) -> int:
    """Somebody who signs in as name@company.example with PASSWORD."""
    return people.add(store, email(name), name, PASSWORD, administrator=administrator)


def email(name: str) -> str:
    """The address of such a person."""
    return f"{name.lower()}@company.example"


def acting(store: Store, person_id: int) -> Store:
    """The store as that person has it."""
    view = people.get(store, person_id)
    return store.acting_as(Acting(view.id, view.name, view.administrator))


def signed_in(store: Store, name: str) -> str:
    """The secret of a new cookie of theirs."""
    return signing_in.sign_in(store, email(name), PASSWORD, HERE)


def on_page(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """Let pages be opened with this secret in their cookie."""
    monkeypatch.setattr(cookie, "of_page", lambda: secret)


def act_as(monkeypatch: pytest.MonkeyPatch, who: Acting | None) -> None:
    """Let pages be opened by somebody; by None as where nobody has an account."""
    found = Standing(who is not None, who)
    monkeypatch.setattr(context, "standing", lambda anew=False: found)
