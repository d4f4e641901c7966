"""Links by which accounts are made and passwords renewed: once, a week long, by whom it may be."""

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.acting import EDITOR, OWNER, VIEWER
from storage.database import Store
from storage.tables import Invitation, now
from tests.helpers.accounts import HERE, PASSWORD, acting, email, person, signed_in
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.system.accounts import invitations, members, people, sign_ins, signing_in
from workbench.system.accounts.authority import NotAllowed
from workbench.system.accounts.invitations import NoInvitation
from workbench.system.accounts.signing_in import Refused


@pytest.fixture
def ada(store: Store) -> Store:
    """An administrator's store."""
    return acting(store, person(store, "Ada", administrator=True))


@pytest.fixture
def mails(store: Store) -> int:
    return projects.create_project(store, "Mails")


def roles(store: Store, project_id: int) -> dict[str, str]:
    return {one.name: one.role for one in members.listing(store, project_id)}


def test_an_account_is_made_once(store: Store, ada: Store, mails: int) -> None:
    token = invitations.invite(ada, "Bob@Company.example", project_id=mails, role=EDITOR)
    offered = invitations.offer(store, token)
    assert (offered.email, offered.name, offered.project, offered.invited_by) == (
        email("Bob"), "", "Mails", "Ada",
    )  # fmt: skip
    with pytest.raises(WorkbenchError, match="commonest"):
        invitations.accept(store, token, "Bob", "passwordpassword", HERE)
    with pytest.raises(WorkbenchError, match="name is missing"):
        invitations.accept(store, token, " ", PASSWORD, HERE)
    cookie = invitations.accept(store, token, "Bob", PASSWORD, HERE)
    found = sign_ins.standing(store, cookie).acting
    assert found is not None
    assert (found.name, found.administrator) == ("Bob", False)
    assert roles(store, mails) == {"Bob": EDITOR}
    for again in (invitations.offer, lambda s, t: invitations.accept(s, t, "Eve", PASSWORD, HERE)):
        with pytest.raises(NoInvitation):
            again(store, token)
    assert signed_in(store, "Bob")


def test_only_the_hash_of_a_link_is_kept(store: Store, ada: Store) -> None:
    token = invitations.invite(ada, email("Bob"))
    with store.read() as session:
        kept = session.execute(sa.select(Invitation.__table__)).all()
    assert len(kept) == 1
    assert token not in str(kept)


def test_a_week_later_it_is_over(store: Store, ada: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    token = invitations.invite(ada, email("Bob"))
    monkeypatch.setattr(invitations, "now", lambda: now() + dt.timedelta(days=6, hours=23))
    assert invitations.offer(store, token)
    monkeypatch.setattr(invitations, "now", lambda: now() + dt.timedelta(days=7, hours=1))
    with pytest.raises(NoInvitation):
        invitations.accept(store, token, "Bob", PASSWORD, HERE)


def test_it_is_taken_back(store: Store, ada: Store, mails: int) -> None:
    token = invitations.invite(ada, email("Bob"), project_id=mails, role=VIEWER)
    other = invitations.invite(ada, email("Cleo"))
    listed = invitations.listing(ada)
    assert [(one.email, one.project, one.invited_by) for one in listed] == [
        (email("Bob"), "Mails", "Ada"), (email("Cleo"), "", "Ada"),
    ]  # fmt: skip
    assert [one.email for one in invitations.listing(ada, mails)] == [email("Bob")]
    invitations.revoke(ada, listed[0].id)
    with pytest.raises(NoInvitation):
        invitations.offer(store, token)
    with pytest.raises(WorkbenchError, match="taken back"):
        invitations.revoke(ada, listed[0].id)
    assert invitations.offer(store, other).email == email("Cleo")


def test_a_new_link_into_the_same_project_ends_the_older(
    store: Store, ada: Store, mails: int
) -> None:
    older = invitations.invite(ada, email("Bob"), project_id=mails, role=OWNER)
    newer = invitations.invite(ada, email("Bob"), project_id=mails, role=VIEWER)
    with pytest.raises(NoInvitation):
        invitations.offer(store, older)
    invitations.accept(store, newer, "Bob", PASSWORD, HERE)
    assert roles(store, mails) == {"Bob": VIEWER}


def test_owners_invite_into_their_project_alone(store: Store, ada: Store, mails: int) -> None:
    other = projects.create_project(store, "Secret")
    bob, cleo = person(store, "Bob"), person(store, "Cleo")
    members.add(ada, mails, bob, OWNER)
    members.add(ada, mails, cleo, EDITOR)
    his, hers = acting(store, bob), acting(store, cleo)
    token = invitations.invite(his, email("Dan"), project_id=mails, role=OWNER)
    assert invitations.offer(store, token).invited_by == "Bob"
    with pytest.raises(NotAllowed, match=r"administrator.*Ada"):
        invitations.invite(his, email("Dan"))
    with pytest.raises(NotAllowed):
        invitations.invite(his, email("Dan"), project_id=mails, role=OWNER, administrator=True)
    with pytest.raises(WorkbenchError, match="There is no project"):
        invitations.invite(his, email("Dan"), project_id=other, role=VIEWER)
    for refused in (
        lambda: invitations.invite(hers, email("Dan"), project_id=mails, role=VIEWER),
        lambda: invitations.listing(hers, mails),
    ):
        with pytest.raises(NotAllowed, match=r"Only owners.*Bob"):
            refused()
    with pytest.raises(WorkbenchError, match="used or taken back"):  # she does not even see it
        invitations.revoke(hers, invitations.listing(his, mails)[0].id)
    with pytest.raises(NotAllowed):
        invitations.listing(his)
    assert invitations.offer(store, token)


def test_who_has_an_account_is_a_member_at_once(store: Store, ada: Store, mails: int) -> None:
    person(store, "Bob")
    assert invitations.invite(ada, email("Bob"), project_id=mails, role=EDITOR) == ""
    assert roles(store, mails) == {"Bob": EDITOR}
    with pytest.raises(WorkbenchError, match="belongs to this project already"):
        invitations.invite(ada, email("Bob"), project_id=mails, role=OWNER)
    with pytest.raises(WorkbenchError, match="has an account already"):
        invitations.invite(ada, email("Bob"))
    assert roles(store, mails) == {"Bob": EDITOR}


def test_two_links_need_the_same_password(store: Store, ada: Store, mails: int) -> None:
    """Whoever was sent one link was not proven to be sent the other."""
    first = invitations.invite(ada, email("Bob"))
    second = invitations.invite(ada, email("Bob"), project_id=mails, role=EDITOR)
    invitations.accept(store, first, "Bob", PASSWORD, HERE)
    assert roles(store, mails) == {}
    assert invitations.offer(store, second).name == "Bob"
    with pytest.raises(Refused):
        invitations.accept(store, second, "", "wrong wrong wrong", HERE)
    assert roles(store, mails) == {}
    invitations.accept(store, second, "", PASSWORD, HERE)
    assert roles(store, mails) == {"Bob": EDITOR}


def test_a_second_link_lowers_no_role(store: Store, ada: Store, mails: int) -> None:
    token = invitations.invite(ada, email("Bob"), project_id=mails, role=VIEWER)
    members.add(ada, mails, person(store, "Bob"), OWNER)
    invitations.accept(store, token, "", PASSWORD, HERE)
    assert roles(store, mails) == {"Bob": OWNER}


def test_a_password_is_renewed_by_a_link(store: Store, ada: Store) -> None:
    bob = person(store, "Bob")
    cookie = signed_in(store, "Bob")
    older, token = (invitations.renew_password(ada, bob) for _ in range(2))
    with pytest.raises(NoInvitation):
        invitations.offer(store, older)
    assert sign_ins.standing(store, cookie).acting
    assert invitations.offer(store, token).renews
    new = invitations.accept(store, token, "", "seven green kettles", HERE)
    assert sign_ins.standing(store, new).acting
    assert not sign_ins.standing(store, cookie).acting
    with pytest.raises(Refused):
        signed_in(store, "Bob")
    with pytest.raises(NoInvitation):
        invitations.accept(store, token, "", PASSWORD, HERE)


def test_no_link_outlives_what_it_is_about(store: Store, ada: Store) -> None:
    bob = person(store, "Bob")
    token = invitations.renew_password(ada, bob)
    signing_in.change_password(store, signed_in(store, "Bob"), PASSWORD, "seven green kettles")
    with pytest.raises(NoInvitation):
        invitations.offer(store, token)
    token = invitations.renew_password(ada, bob)
    people.disable(ada, bob)
    with pytest.raises(NoInvitation):
        invitations.offer(store, token)
    with pytest.raises(WorkbenchError, match="enable it first"):
        invitations.renew_password(ada, bob)


def test_nobody_else_renews_a_password(store: Store, ada: Store) -> None:
    bob = person(store, "Bob")
    with pytest.raises(NotAllowed):
        invitations.renew_password(acting(store, bob), bob)
