"""Where people have accounts, no page is shown to who is not signed in."""

import pytest

from storage.database import Store
from tests.helpers import accounts
from tests.helpers.accounts import person, signed_in
from tests.pages.opened import open_page, texts
from workbench.projects import projects
from workbench.system.accounts import people, sign_ins
from workbench.ui import context, frame


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.make_quick(monkeypatch)


def test_without_accounts_nobody_is_asked(store: Store) -> None:
    projects.create_project(store, "Answers to the board")
    assert "Answers to the board" in texts(open_page())


def test_nothing_of_any_page_runs_for_who_is_not_signed_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(store, "Ada", administrator=True)
    project_id = projects.create_project(store, "Answers to the board")
    monkeypatch.setattr(frame, "_sidebar", None)  # whoever calls it fails
    for path, _ in frame.PAGES.values():
        at = open_page(path, project=project_id)
        assert [title.value for title in at.title] == ["You are signed out"]
        assert "board" not in texts(at)
        assert not at.button
        assert not at.sidebar.markdown


def test_whoever_is_signed_in_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = person(store, "Ada", administrator=True)
    projects.create_project(store, "Answers to the board")
    secret = signed_in(store, "Ada")
    accounts.on_page(monkeypatch, secret)
    at = open_page()
    assert "Answers to the board" in texts(at)
    assert at.session_state["person"] == ada
    sign_ins.sign_out(store, secret)
    at.run()
    assert [title.value for title in at.title] == ["You are signed out"]
    assert "person" not in at.session_state


def test_another_person_begins_with_a_clean_slate(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(store, "Ada", administrator=True)
    bob = person(store, "Bob", administrator=True)
    accounts.on_page(monkeypatch, signed_in(store, "Ada"))
    at = open_page()
    at.session_state["typed"] = "Ada's"
    accounts.on_page(monkeypatch, signed_in(store, "Bob"))
    at.run()
    assert "typed" not in at.session_state
    assert at.session_state["person"] == bob


def test_pages_act_for_who_is_signed_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert context.store().acting is None
    bob = person(store, "Bob", administrator=True)
    secret = signed_in(store, "Bob")
    accounts.on_page(monkeypatch, secret)
    found = context.store().acting
    assert found is not None
    assert (found.person_id, found.name, found.administrator) == (bob, "Bob", True)
    people.sign_out(store, bob)
    assert context.standing(anew=True).acting is None


def test_what_the_door_has_looked_up_holds_for_one_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(store, "Ada", administrator=True)
    secret = signed_in(store, "Ada")
    accounts.on_page(monkeypatch, secret)
    at = open_page()
    context.remember(secret, sign_ins.standing(store, secret))
    sign_ins.sign_out(store, secret)
    assert context.standing(anew=True).acting is not None  # of the run that the door let in
    at.run()
    assert [title.value for title in at.title] == ["You are signed out"]
