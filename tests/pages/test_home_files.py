"""The home page: a project is saved in a file by its owner, and brought from one by anybody."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from storage.acting import OWNER, VIEWER
from storage.database import Store
from tests.helpers import accounts
from tests.helpers.accounts import acting, email, person, signed_in
from tests.pages.opened import open_page, texts
from workbench.projects import projects
from workbench.system.accounts import members, people
from workbench.system.backup import backups

PAGE = "pages/home/projects.py"


@pytest.fixture
def mails(store: Store, monkeypatch: pytest.MonkeyPatch) -> int:
    """A project with an owner, Bob, and a viewer, Cleo, who are no administrators."""
    accounts.make_quick(monkeypatch)
    person(store, "Ada", administrator=True)
    project_id = projects.create_project(store, "Mails")
    members.add(store, project_id, person(store, "Bob"), OWNER)
    members.add(store, project_id, person(store, "Cleo"), VIEWER)
    return project_id


def opened_by(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> AppTest:
    accounts.on_page(monkeypatch, signed_in(store, name))
    return open_page(PAGE)


def settled(at: AppTest, store: Store) -> AppTest:
    """The page after what it began is over, and was told."""
    end = time.monotonic() + 60
    while (making := backups.present_backup(store)) is not None and not making.is_over:
        assert time.monotonic() < end
        time.sleep(0.02)
    at.run()
    at.run()
    assert not at.exception, at.exception
    return at


def test_an_owner_saves_a_project_and_brings_it_back_as_another(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened_by(store, monkeypatch, "Bob")
    bob = acting(store, people.named(store, email("Bob")))
    at.menu_button(key=f"menu-{mails}").click("Save in a file").run()
    assert "with its examples, models, exams" in texts(at)
    at.button(key="save-yes").click().run()
    assert not at.exception, at.exception
    settled(at, store)
    (file,) = backups.list_saved(bob)
    assert file.path.name in texts(at)
    assert len(at.get("link_button")) == 1
    at.button(key=f"bring-{file.path.name}").click().run()
    at.text_input(key=f"bring-name-{file.path.name}").set_value("Twin").run()
    at.button(key="bring-yes").click().run()
    settled(at, store)
    assert "**Twin** is here now." in texts(at)
    assert {card.project.name for card in projects.list_projects(bob)} == {"Mails", "Twin"}
    at.button(key=f"delete-{file.path.name}").click().run()
    at.button(key="delete-yes").click().run()
    assert not at.exception, at.exception
    assert backups.list_saved(bob) == []


def test_a_file_from_elsewhere_is_brought_by_who_may_only_look_here(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = acting(store, people.named(store, email("Bob")))
    making = backups.start_saving(bob, mails, "Mails")
    while not making.is_over:
        time.sleep(0.02)
    backups.forget_backup(bob)
    content = making.path.read_bytes()
    at = opened_by(store, monkeypatch, "Cleo")
    at.get("file_uploader")[0].set_value([("mails.zip", content, "")]).run()
    assert not at.exception, at.exception
    at.text_input(key="bring-name-.brought-mails.zip").set_value("Cleo's").run()
    at.button(key="bring-yes").click().run()
    settled(at, store)
    cleo = acting(store, people.named(store, email("Cleo")))
    assert {card.project.name for card in projects.list_projects(cleo)} == {"Mails", "Cleo's"}
    assert backups.list_saved(cleo) == []


def test_a_card_offers_what_one_may_do_and_says_who_may_do_the_rest(
    store: Store, mails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened_by(store, monkeypatch, "Cleo")
    menu = at.menu_button(key=f"menu-{mails}")
    assert [option.rpartition(": ")[2] for option in menu.options] == ["Duplicate"]
    assert menu.proto.help == "Only its owners may do this: ask its owner, Bob."
    projects.archive_project(store, mails)
    at = open_page(PAGE)
    for key in (f"restore-{mails}", f"delete-{mails}"):
        assert at.button(key=key).proto.disabled
        assert "ask its owner, Bob" in at.button(key=key).proto.help


def test_on_one_s_own_computer_all_of_it_is_there(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page(PAGE)
    options = at.menu_button(key=f"menu-{project_id}").options
    assert [option.rpartition(": ")[2] for option in options] == [
        "Rename or describe", "Duplicate", "Save in a file", "Archive", "Delete",
    ]  # fmt: skip
    assert "Bring a project from a file" in [one.label for one in at.expander]
