"""Files with one project: an owner's are theirs, and an administrator's are with the backups."""

import time
from pathlib import Path

import pytest

from storage import files
from storage.acting import EDITOR, OWNER, VIEWER
from storage.database import Store
from storage.errors import StorageError
from tests.helpers.accounts import acting, person
from workbench.core.errors import WorkbenchError
from workbench.data.files import downloads
from workbench.projects import projects
from workbench.system.accounts import members
from workbench.system.backup import backups
from workbench.system.backup.backups import Making


@pytest.fixture
def people(store: Store) -> dict[str, Store]:
    """The store as each has it: Root looks after it, Olga owns Mails, Edi edits it, Sam has nothing."""
    ids = {"Root": person(store, "Root", administrator=True)}
    mails = projects.create_project(store, "Mails")
    for name, role in (("Olga", OWNER), ("Edi", EDITOR), ("Vic", VIEWER), ("Sam", None)):
        ids[name] = person(store, name)
        if role is not None:
            members.add(store, mails, ids[name], role)
    return {name: acting(store, person_id) for name, person_id in ids.items()}


def over(making: Making) -> Making:
    end = time.monotonic() + 60
    while not making.is_over:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert not making.problem, making.problem
    return making


def saved(store: Store) -> Path:
    path = over(backups.start_saving(store, 1, "Mails")).path
    backups.forget_backup(store)
    return path


@pytest.mark.parametrize("name", ["Edi", "Vic", "Sam"])
def test_only_owners_save_a_project(people: dict[str, Store], name: str) -> None:
    with pytest.raises((WorkbenchError, StorageError)):
        backups.start_saving(people[name], 1, "Mails")
    assert backups.present_backup(people["Root"]) is None


def test_an_owner_s_file_is_theirs_and_administrators(people: dict[str, Store]) -> None:
    path = saved(people["Olga"])
    assert [file.path for file in backups.list_saved(people["Olga"])] == [path]
    assert [file.path for file in backups.list_backups(people["Root"])] == [path]
    assert downloads.offer_of(people["Olga"], downloads.ticket_for(people["Olga"], path))
    assert downloads.offer_of(people["Root"], downloads.ticket_for(people["Root"], path))
    for name in ("Edi", "Sam"):
        assert backups.list_saved(people[name]) == []
        for ask in (
            lambda store: downloads.ticket_for(store, path),
            lambda store: backups.name_in(store, path),
            lambda store: backups.start_bringing(store, path, "Mine"),
            lambda store: backups.delete_backup(store, path),
            lambda store: backups.start_check(store, path),
            lambda store: backups.list_backups(store),
            lambda store: backups.start_backup(store),
        ):
            with pytest.raises(StorageError, match="administrators"):
                ask(people[name])
    assert path.is_file()
    backups.delete_backup(people["Olga"], path)
    assert not path.exists()


def test_who_may_make_projects_brings_one_from_a_file(people: dict[str, Store]) -> None:
    content = saved(people["Olga"]).read_bytes()
    path = backups.keep_project_file(people["Sam"], "project-mails.zip", content)
    assert backups.name_in(people["Sam"], path) == "Mails"
    assert backups.list_backups(people["Root"])[0].path != path, "it is no backup"
    making = over(backups.start_bringing(people["Sam"], path, "Sam's mails"))
    assert making.arrived is not None
    assert not path.exists(), "nobody keeps it"
    assert [p.name for p in map(_project, projects.list_projects(people["Sam"]))] == ["Sam's mails"]
    assert "Sam's mails" not in [
        p.name for p in map(_project, projects.list_projects(people["Olga"]))
    ]


def _project(card: projects.ProjectCard) -> projects.ProjectView:
    return card.project


def test_what_nobody_brought_after_all_goes_with_the_next_one(people: dict[str, Store]) -> None:
    first = backups.keep_project_file(people["Sam"], "a.zip", b"a")
    second = backups.keep_project_file(people["Sam"], "b.zip", b"b")
    assert not first.exists()
    assert second.is_file()
    assert files.folder("backups", "5") == second.parent


def test_one_does_not_see_or_stop_what_another_has_made(people: dict[str, Store]) -> None:
    making = over(backups.start_saving(people["Olga"], 1, "Mails"))
    making.is_over = False
    try:
        assert backups.present_backup(people["Sam"]) is None
        assert backups.present_backup(people["Olga"]) is making
        assert backups.present_backup(people["Root"]) is making
        with pytest.raises(WorkbenchError, match="Somebody else"):
            backups.start_bringing(
                people["Sam"], backups.keep_project_file(people["Sam"], "a.zip", b"a"), "A"
            )
        backups.forget_backup(people["Sam"])
        assert backups.present_backup(people["Root"]) is making
    finally:
        making.is_over = True
        backups.forget_backup(people["Root"])
