"""What whoever asks is in the projects."""

from storage.accounts import roles
from storage.acting import EDITOR, OWNER, VIEWER
from storage.database import Store
from tests.helpers.accounts import acting, person
from workbench.projects import projects
from workbench.system.accounts import members


def test_everybody_sees_their_own(store: Store) -> None:
    person(store, "Ada", administrator=True)
    mails, calls = (projects.create_project(store, name) for name in ("Mails", "Calls"))
    bob, cleo = person(store, "Bob"), person(store, "Cleo")
    members.add(store, mails, bob, OWNER)
    members.add(store, mails, cleo, VIEWER)
    members.add(store, calls, cleo, EDITOR)
    assert roles.mine(acting(store, bob)) == {mails: OWNER}
    assert roles.mine(acting(store, cleo)) == {mails: VIEWER, calls: EDITOR}
    assert roles.mine(store) == {}


def test_what_changes_meanwhile_is_seen(store: Store) -> None:
    person(store, "Ada", administrator=True)
    mails, bob = projects.create_project(store, "Mails"), person(store, "Bob")
    members.add(store, mails, bob, VIEWER)
    his = acting(store, bob)
    with his.looking():
        assert roles.mine(his) == {mails: VIEWER}
        members.add(store, mails, bob, EDITOR)
        assert roles.mine(his) == {mails: EDITOR}
