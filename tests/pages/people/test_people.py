"""The pages about people: members of a project, people of the installation, one's own account."""

import pytest
from streamlit.testing.v1 import AppTest

from storage.acting import EDITOR, OWNER, VIEWER
from storage.database import Store
from tests.helpers import accounts
from tests.helpers.accounts import HERE, PASSWORD, email, person, signed_in
from tests.pages.opened import open_page, texts
from workbench.projects import projects
from workbench.system.accounts import company, invitations, members, people, sign_ins, signing_in
from workbench.system.accounts.company import Provider

MEMBERS, PEOPLE, ACCOUNT = (f"pages/people/{name}.py" for name in ("members", "people", "account"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.make_quick(monkeypatch)


@pytest.fixture
def mails(store: Store) -> int:
    """A project with an owner, Bob, and a viewer, Cleo; Ada is an administrator."""
    person(store, "Ada", administrator=True)
    project_id = projects.create_project(store, "Mails")
    members.add(store, project_id, person(store, "Bob"), OWNER)
    members.add(store, project_id, person(store, "Cleo"), VIEWER)
    return project_id


def sign_in(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    secret = signed_in(store, name)
    accounts.on_page(monkeypatch, secret)
    return secret


def roles(store: Store, project_id: int) -> dict[str, str]:
    return {one.name: one.role for one in members.listing(store, project_id)}


def token_on(at: AppTest) -> str:
    return str(at.code[0].value).partition("?invitation=")[2]


def test_an_owner_invites_changes_and_removes(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Bob")
    cleo = people.named(store, email("Cleo"))
    at = open_page(MEMBERS, project=mails)
    at.selectbox(key=f"role-{cleo}-{VIEWER}").set_value(EDITOR).run()
    assert roles(store, mails) == {"Bob": OWNER, "Cleo": EDITOR}
    at.button(key=f"remove-{cleo}").click().run()
    assert roles(store, mails) == {"Bob": OWNER, "Cleo": EDITOR}
    at.button(key="remove-yes").click().run()
    assert roles(store, mails) == {"Bob": OWNER}
    at.text_input(key="invite-email").set_value(email("Dan"))
    at.selectbox(key="invite-role").set_value(EDITOR)
    at.button[[one.label for one in at.button].index("Invite")].click().run()
    invitations.accept(store, token_on(at), "Dan", PASSWORD, HERE)
    at.button(key="invited-away").click().run()
    assert not at.code
    assert roles(store, mails) == {"Bob": OWNER, "Dan": EDITOR}


def test_the_last_owner_is_told_so(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Bob")
    bob = people.named(store, email("Bob"))
    at = open_page(MEMBERS, project=mails)
    at.selectbox(key=f"role-{bob}-{OWNER}").set_value(VIEWER).run()
    assert "only owner" in at.error[0].value
    assert roles(store, mails)["Bob"] == OWNER


def test_others_see_members_and_change_nothing(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Cleo")
    at = open_page(MEMBERS, project=mails)
    assert "bob" in texts(at)
    assert {one.key for one in at.button} == {"sign-out"}
    assert not at.text_input
    at.switch_page(PEOPLE).run()
    assert "Only an administrator may do this: ask Ada" in at.error[0].value
    assert email("Bob") not in texts(at)


def test_an_administrator_decides_about_people(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Ada")
    at = open_page(PEOPLE)
    at.text_input(key="invite-email").set_value(email("Dan"))
    at.checkbox(key="invite-administrator").check()
    at.button[[one.label for one in at.button].index("Make a link")].click().run()
    secret = token_on(at)
    waiting = invitations.listing(store)[0]
    assert waiting.administrator
    at.button(key=f"revoke-{waiting.id}").click().run()
    with pytest.raises(invitations.NoInvitation):
        invitations.offer(store, secret)


def test_what_the_menu_of_a_person_does(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Ada")
    bob = people.named(store, email("Bob"))
    his = signed_in(store, "Bob")
    at = open_page(PEOPLE)

    def choose(option: str, answer: str) -> None:  # a menu cannot be pressed in these tests
        at.session_state["asking"] = (option, bob)
        at.run()
        at.button(key=answer).click().run()

    choose("Make an administrator", "promote-yes")
    assert people.get(store, bob).administrator
    choose("Disable", "disable-no")
    assert sign_ins.standing(store, his).acting
    choose("Disable", "disable-yes")
    assert people.get(store, bob).disabled
    assert not sign_ins.standing(store, his).acting


def test_one_s_own_account(store: Store, mails: int, monkeypatch: pytest.MonkeyPatch) -> None:
    other = signed_in(store, "Cleo")
    secret = sign_in(store, monkeypatch, "Cleo")
    at = open_page(ACCOUNT)
    said = texts(at)
    assert "Firefox on Linux" in said
    assert "This browser" in said
    there = next(one.id for one in sign_ins.mine(store, secret) if not one.is_this)
    at.button(key=f"end-{there}").click().run()
    assert not sign_ins.standing(store, other).acting
    for name, typed in (("old", PASSWORD), ("new", "seven green kettles"), ("again", "else")):
        at.text_input(key=f"password-{name}").set_value(typed)
    change = [one.label for one in at.button].index("Change the password")
    at.button[change].click().run()
    assert "differ" in at.error[0].value
    at.text_input(key="password-again").set_value("seven green kettles")
    at.button[change].click().run()
    assert "Your password is changed" in at.success[0].value
    assert signing_in.sign_in(store, email("Cleo"), "seven green kettles", HERE)
    at.button(key="sign-out").click().run()
    assert [title.value for title in at.title] == ["You are signed out"]
    assert not sign_ins.standing(store, secret).acting


@pytest.mark.parametrize("page", [MEMBERS, PEOPLE, ACCOUNT])
def test_without_accounts_the_pages_say_how_to_begin(store: Store, page: str) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page(page, project=project_id)
    assert "accounts add" in at.info[0].value
    assert not [one for one in at.button if one.key == "sign-out"]


def test_addresses_of_a_provider_are_trusted_after_a_warning_only(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(store, monkeypatch, "Ada")
    assert "The company's account" not in texts(open_page(PEOPLE))
    there = Provider("https://here/back", "c" * 40, "w", "s", "https://id.example/openid")
    monkeypatch.setattr(company, "offered", lambda: there)
    at = open_page(PEOPLE)
    assert "`id.example`" in texts(at)
    at.button(key="trust").click().run()
    assert "administrators included" in texts(at)
    at.button(key="trust-no").click().run()
    assert not company.trusts_addresses(store)
    at.button(key="trust").click().run()
    at.button(key="trust-yes").click().run()
    assert company.trusts_addresses(store)
    assert "trusted without a proof" in at.warning[0].value
    at.button(key="distrust").click().run()
    assert not at.exception
    assert not company.trusts_addresses(store)
