"""People of the installation, and who decides about them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storage import tables
from storage.acting import OWNER, Acting
from storage.database import Store
from tests.helpers.accounts import PASSWORD, acting, email, person, signed_in
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.system.accounts import invitations, members, people
from workbench.system.accounts.authority import NotAllowed
from workbench.system.accounts.signing_in import Refused


def test_people_are_listed_by_name(store: Store) -> None:
    ada = person(store, "ada", administrator=True)
    person(store, "Bob")
    signed_in(store, "Bob")
    found = people.listing(acting(store, ada))
    assert [(one.name, one.administrator, one.signed_in) for one in found] == [
        ("ada", True, 0), ("Bob", False, 1),
    ]  # fmt: skip
    assert found[1].seen_at is not None
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    "address",
    ["", "bob", "bob@", "@x.example", "a b@x.example", "<b@x.example>", "a@b@c", "a@" + "x" * 260],
)
def test_what_is_no_address_is_refused(store: Store, address: str) -> None:
    with pytest.raises(WorkbenchError, match="no e-mail address"):
        people.add(store, address, "Bob", PASSWORD)


def test_an_address_has_one_account(store: Store) -> None:
    person(store, "Bob")
    with pytest.raises(WorkbenchError, match="has an account already"):
        people.add(store, "BOB@company.example", "Rob", PASSWORD)


def test_the_last_administrator_stays(store: Store) -> None:
    ada, bob = person(store, "Ada", administrator=True), person(store, "Bob", administrator=True)
    people.disable(acting(store, ada), bob)
    hers = acting(store, ada)
    for going in (
        lambda: people.disable(hers, ada),
        lambda: people.set_administrator(hers, ada, False),
    ):
        with pytest.raises(WorkbenchError, match="only administrator"):
            going()
    people.enable(hers, bob)
    people.set_administrator(hers, ada, False)
    with pytest.raises(NotAllowed, match="ask Bob"):
        people.listing(hers)


def test_only_administrators_decide_about_people(store: Store) -> None:
    ada, bob = person(store, "Ada", administrator=True), person(store, "Bob")
    his = acting(store, bob)
    acts: list[Callable[[], object]] = [
        lambda: people.listing(his),
        lambda: people.get(his, ada),
        lambda: people.add(his, email("Cleo"), "Cleo", PASSWORD),
        lambda: people.disable(his, ada),
        lambda: people.enable(his, ada),
        lambda: people.sign_out(his, ada),
        lambda: people.set_administrator(his, bob, True),
        lambda: invitations.listing(his),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="ask Ada"):
            act()
    assert people.get(his, bob).name == "Bob"
    with pytest.raises(WorkbenchError, match="console"):
        people.remove_all(acting(store, ada))


def test_an_administrator_no_longer_is_none_at_once(store: Store) -> None:
    """Whatever the page that was opened before still believes."""
    ada = person(store, "Ada", administrator=True)
    bob = person(store, "Bob", administrator=True)
    stale = store.acting_as(Acting(bob, "Bob", administrator=True))
    people.set_administrator(acting(store, ada), bob, False)
    with pytest.raises(NotAllowed):
        people.disable(stale, ada)


def test_without_accounts_nothing_of_people_is_left(store: Store) -> None:
    ada, bob = person(store, "Ada", administrator=True), person(store, "Bob")
    project_id = projects.create_project(store, "Mails")
    members.add(store, project_id, bob, OWNER)
    invitations.invite(acting(store, ada), email("Cleo"), project_id=project_id, role=OWNER)
    signed_in(store, "Ada")
    with pytest.raises(Refused):
        signed_in(store, "Eve")
    assert people.remove_all(store) == 2
    assert not people.are_there(store)
    left = (
        tables.Person,
        tables.Membership,
        tables.Invitation,
        tables.SignIn,
        tables.SignInFailure,
    )
    with store.read() as session:
        assert [session.scalar(sa.select(sa.func.count()).select_from(one)) for one in left] == [
            0
        ] * 5
        assert session.get(tables.Project, project_id)


def test_the_first_person_owns_what_is_there(store: Store) -> None:
    before = projects.create_project(store, "Before")
    ada = person(store, "Ada", administrator=True)
    person(store, "Bob")
    assert [(one.person_id, one.role) for one in members.listing(store, before)] == [(ada, OWNER)]
