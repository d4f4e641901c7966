"""What the audit log is told of signing in and out, and what it is not told."""

import contextlib

import pytest
import sqlalchemy as sa

from storage.database import Store
from storage.tables import AuditLine
from tests.helpers.accounts import HERE, PASSWORD, acting, email, person, signed_in
from workbench.system.accounts import invitations, people, sign_ins, signing_in
from workbench.system.accounts.signing_in import Refused


def lines(store: Store) -> list[AuditLine]:
    with store.read() as session:
        return list(session.scalars(sa.select(AuditLine).order_by(AuditLine.number)))


def test_who_came_and_went_is_told(store: Store) -> None:
    ada = person(store, "Ada", administrator=True)
    assert lines(store) == []
    first, second = signed_in(store, "Ada"), signed_in(store, "Ada")
    sign_ins.end(store, first, next(o.id for o in sign_ins.mine(store, first) if not o.is_this))
    signing_in.change_password(store, first, PASSWORD, "seven green kettles")
    sign_ins.sign_out(store, first)
    sign_ins.sign_out(store, second)
    told = [(one.action, one.person, one.thing_id, one.address) for one in lines(store)]
    assert told == [
        (action, "Ada", ada, HERE.address)
        for action in ("sign_in", "sign_in", "sign_out", "password_changed", "sign_out")
    ]


def test_a_failure_names_the_account_and_nothing_that_was_typed(store: Store) -> None:
    ada = person(store, "Ada", administrator=True)
    for who, password in (
        (email("Ada"), "typed wrongly 1"),
        ("typed wrongly 2", "typed wrongly 3"),
    ):
        with contextlib.suppress(Refused):
            signing_in.sign_in(store, who, password, HERE)
    found = lines(store)
    assert [(one.action, one.person, one.thing_id, one.address) for one in found] == [
        ("sign_in_failed", "", ada, HERE.address), ("sign_in_failed", "", None, HERE.address),
    ]  # fmt: skip
    assert "typed wrongly" not in "".join(one.details for one in found)


def test_links_and_who_used_them_are_told(store: Store) -> None:
    mine = acting(store, person(store, "Ada", administrator=True))
    token = invitations.invite(mine, email("Bob"))
    invitations.accept(store, token, "Bob", PASSWORD, HERE)
    renewing = invitations.renew_password(mine, people.named(store, email("Bob")))
    invitations.accept(store, renewing, "", "seven green kettles", HERE)
    people.disable(mine, people.named(store, email("Bob")))
    found = lines(store)
    assert [(one.action.rpartition(".")[2], one.person) for one in found] == [
        ("invite", "Ada"), ("invitation_accepted", "Bob"), ("renew_password", "Ada"),
        ("password_renewed", "Bob"), ("disable", "Ada"),
    ]  # fmt: skip
    kept = str([(one.details, one.action) for one in found])
    for secret in (token, renewing, PASSWORD, "argon2"):
        assert secret not in kept


@pytest.mark.parametrize("name", ["Ada", "Bob"])
def test_without_accounts_nothing_is_told(store: Store, name: str) -> None:
    with pytest.raises(Refused):
        signing_in.sign_in(store, email(name), PASSWORD, HERE)
    assert lines(store) == []
