"""Members of a project, and who decides about them."""

import pytest

from storage.acting import EDITOR, OWNER, REVIEWER, ROLES, VIEWER
from storage.database import Store
from tests.helpers.accounts import acting, person
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.system.accounts import members, people
from workbench.system.accounts.authority import NotAllowed


@pytest.fixture
def mails(store: Store) -> int:
    person(store, "Ada", administrator=True)
    return projects.create_project(store, "Mails")


@pytest.fixture
def bob(store: Store, mails: int) -> int:
    """The project's owner."""
    number = person(store, "Bob")
    members.add(store, mails, number, OWNER)
    return number


def test_an_owner_decides_about_members(store: Store, mails: int, bob: int) -> None:
    cleo, his = person(store, "Cleo"), acting(store, bob)
    for role in (VIEWER, EDITOR, REVIEWER):
        members.add(his, mails, cleo, role)
        assert [(one.name, one.role, one.is_me) for one in members.listing(his, mails)] == [
            ("Bob", OWNER, True), ("Cleo", role, False),
        ]  # fmt: skip
    assert members.may_change(his, mails)
    assert not members.may_change(acting(store, cleo), mails)
    members.remove(his, mails, cleo)
    assert [one.name for one in members.listing(his, mails)] == ["Bob"]
    with pytest.raises(WorkbenchError, match="does not belong"):
        members.remove(his, mails, cleo)


def test_nobody_else_decides_about_members(store: Store, mails: int, bob: int) -> None:
    cleo, dan = person(store, "Cleo"), person(store, "Dan")
    members.add(store, mails, cleo, EDITOR)
    hers = acting(store, cleo)
    for refused in (
        lambda: members.add(hers, mails, dan, VIEWER),
        lambda: members.add(hers, mails, cleo, OWNER),
        lambda: members.remove(hers, mails, bob),
    ):
        with pytest.raises(NotAllowed, match=r"Only owners.*Bob"):
            refused()
    with pytest.raises(WorkbenchError, match="There is no project"):
        members.add(acting(store, dan), mails, dan, OWNER)
    members.remove(hers, mails, cleo)
    assert [one.name for one in members.listing(store, mails)] == ["Bob"]


def test_a_project_keeps_an_owner_who_can_sign_in(store: Store, mails: int, bob: int) -> None:
    his, cleo = acting(store, bob), person(store, "Cleo")
    members.add(his, mails, cleo, OWNER)
    people.disable(store, cleo)
    for refused in (
        lambda: members.remove(his, mails, bob),
        lambda: members.add(his, mails, bob, EDITOR),
    ):
        with pytest.raises(WorkbenchError, match="only owner"):
            refused()
    people.enable(store, cleo)
    members.remove(his, mails, bob)
    assert [one.name for one in members.listing(store, mails)] == ["Cleo"]


def test_what_is_no_role_is_refused(store: Store, mails: int, bob: int) -> None:
    with pytest.raises(WorkbenchError, match="no role 'king'"):
        members.add(store, mails, bob, "king")


def test_every_role_says_what_it_may() -> None:
    assert set(members.MEANINGS) == set(ROLES)


def test_who_may_not_is_told_whom_to_ask(store: Store, mails: int, bob: int) -> None:
    cleo, dan = person(store, "Cleo"), person(store, "Dan")
    members.add(store, mails, cleo, REVIEWER)
    hers = acting(store, cleo)
    assert members.why_not(hers, mails, REVIEWER) == ""
    said = "Only its editors and owners may do this: ask its owner, Bob."
    assert members.why_not(hers, mails, EDITOR) == said
    assert members.why_not(acting(store, dan), mails, VIEWER).startswith("Only its members")
    assert members.why_not(store, mails, OWNER) == members.why_not(hers, None, OWNER) == ""
    assert "ask Ada" in members.why_not(acting(store, bob), mails, members.ADMINISTRATOR)
