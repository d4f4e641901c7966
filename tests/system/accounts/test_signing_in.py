"""Signing in: who is let in, who is told what, and who has to wait."""

import datetime as dt
import threading
from collections.abc import Callable
from unittest import mock

import argon2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.accounts import failures, persons
from storage.database import Store
from storage.tables import Person, SignIn, SignInFailure, now
from tests.helpers.accounts import HERE, PASSWORD, email, person, signed_in
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import delays, passwords, people, sign_ins, signing_in
from workbench.system.accounts.delays import TooSoon
from workbench.system.accounts.sign_ins import Place
from workbench.system.accounts.signing_in import Refused


def fail(store: Store, who: str, times: int, address: str = HERE.address) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            signing_in.sign_in(store, email(who), "wrong wrong wrong", Place(address))


def test_a_person_signs_in_and_is_known(store: Store) -> None:
    ada = person(store, "Ada", administrator=True)
    token = signing_in.sign_in(store, "  ADA@company.EXAMPLE ", PASSWORD, HERE)
    found = sign_ins.standing(store, token)
    assert found.accounts_on
    assert found.acting is not None
    assert (found.acting.person_id, found.acting.name, found.acting.administrator) == (
        ada,
        "Ada",
        True,
    )


def test_no_secret_is_kept(store: Store) -> None:
    person(store, "Ada")
    token = signed_in(store, "Ada")
    with store.read() as session:
        kept = [
            row for table in (Person, SignIn) for row in session.execute(sa.select(table.__table__))
        ]
    assert len(kept) == 2
    assert token not in str(kept)
    assert PASSWORD not in str(kept)


def test_wrong_passwords_and_strangers_are_told_the_same(store: Store) -> None:
    person(store, "Ada")
    said = set()
    for who, password in ((email("Ada"), "wrong wrong wrong"), (email("Eve"), PASSWORD), ("", "")):
        with pytest.raises(Refused) as error:
            signing_in.sign_in(store, who, password, HERE)
        said.add(str(error.value))
    assert len(said) == 1


def test_a_stranger_costs_a_hash_too(store: Store) -> None:
    person(store, "Ada")
    hasher = mock.Mock(wraps=passwords.hasher())
    with mock.patch.object(passwords, "hasher", return_value=hasher):
        for who in ("Ada", "Eve"):
            fail(store, who, 1)
    assert hasher.verify.call_count == 2


def test_a_disabled_account_is_told_to_its_owner_alone(store: Store) -> None:
    person(store, "Ada", administrator=True)
    people.disable(store, person(store, "Bob"))
    fail(store, "Bob", 1)
    with pytest.raises(Refused, match="disabled"):
        signing_in.sign_in(store, email("Bob"), PASSWORD, HERE)


def test_a_weaker_hash_is_made_anew(store: Store) -> None:
    ada = person(store, "Ada")
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16)
    with store.write() as session:
        _person(session, ada).password_hash = weak.hash(PASSWORD)
    signed_in(store, "Ada")
    with store.read() as session:
        kept = _person(session, ada).password_hash
    assert not passwords.is_weaker(kept)
    assert passwords.is_right(kept, PASSWORD)


def test_who_fails_waits_longer_each_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    person(store, "Ada")
    clock = Clock(monkeypatch)
    fail(store, "Ada", 4)
    waits = []
    for _ in range(9):
        with pytest.raises(TooSoon, match="try again in"):
            signing_in.sign_in(store, email("Ada"), PASSWORD, Place("198.51.100.9"))
        waits.append(clock.until(lambda: fail(store, "Ada", 1)))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    clock.pass_s(300)
    signed_in(store, "Ada")
    fail(store, "Ada", 4)


def test_strangers_wait_alike(store: Store) -> None:
    fail(store, "Nobody", 4)
    with pytest.raises(TooSoon):
        fail(store, "Nobody", 1)


def test_one_address_waits_whoever_is_tried(store: Store) -> None:
    person(store, "Ada")
    for number in range(20):
        fail(store, f"Person{number}", 1)
    with pytest.raises(TooSoon, match="from your network"):
        signed_in(store, "Ada")
    signing_in.sign_in(store, email("Ada"), PASSWORD, Place("198.51.100.9"))


def test_a_right_one_between_does_not_free_an_address(store: Store) -> None:
    person(store, "Ada")
    for number in range(20):
        signed_in(store, "Ada")
        fail(store, f"Person{number}", 1)
    with pytest.raises(TooSoon):
        signed_in(store, "Ada")


def test_many_tries_at_once_are_many(store: Store) -> None:
    person(store, "Ada")
    said: list[type[Exception]] = []

    def attempt() -> None:
        try:
            signing_in.sign_in(store, email("Ada"), "wrong wrong wrong", HERE)
        except WorkbenchError as error:
            said.append(type(error))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said.count(kind) for kind in (Refused, TooSoon)) == [4, 4]


def test_failures_name_nobody_and_are_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    with pytest.raises(Refused):
        signing_in.sign_in(store, "my password, mistyped here", "", HERE)
    with store.read() as session:
        kept = list(session.scalars(sa.select(SignInFailure.about)))
    assert "mistyped" not in str(kept)
    assert HERE.address not in str(kept)
    clock.pass_s(86_401)
    fail(store, "Eve", 1, address="198.51.100.9")
    with store.read() as session:
        assert not set(kept) & set(session.scalars(sa.select(SignInFailure.about)))


def test_a_changed_password_signs_out_elsewhere(store: Store) -> None:
    person(store, "Ada")
    here, there = signed_in(store, "Ada"), signed_in(store, "Ada")
    with pytest.raises(Refused, match="present password"):
        signing_in.change_password(store, here, "wrong wrong wrong", "seven green kettles")
    with pytest.raises(WorkbenchError, match="at least 12"):
        signing_in.change_password(store, here, PASSWORD, "short")
    signing_in.change_password(store, here, PASSWORD, "seven green kettles")
    assert sign_ins.standing(store, here).acting
    assert not sign_ins.standing(store, there).acting
    fail(store, "Ada", 1)
    assert signing_in.sign_in(store, email("Ada"), "seven green kettles", HERE)


class Clock:
    """The moment, as delays see it; it stands still unless told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = now()
        for module in (delays, failures):
            monkeypatch.setattr(module, "now", lambda: self._now)

    def pass_s(self, seconds: float) -> None:
        self._now += dt.timedelta(seconds=seconds)

    def until(self, act: Callable[[], None]) -> int:
        """How many seconds pass until `act` is not told to wait."""
        for seconds in range(400):
            try:
                act()
            except TooSoon:
                self.pass_s(1)
            else:
                return seconds
        raise AssertionError("it never ended")


def _person(session: Session, person_id: int) -> Person:
    found = persons.get(session, person_id)
    assert found is not None
    return found
