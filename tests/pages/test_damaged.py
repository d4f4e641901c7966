"""Damage in the home, as the pages tell it: a sentence where it is, and all else goes on."""

import os
from pathlib import Path

import pytest

from storage.database import Store
from tests.pages.opened import open_page, texts
from workbench.projects import projects
from workbench.system.backup.backup import make_backup


@pytest.mark.sqlite
def test_a_damaged_database_is_a_sentence_with_the_backup_to_restore(
    store: Store, home: Path
) -> None:
    projects.create_project(store, "Mails")
    (home / "backups").mkdir()
    made = make_backup(store, home / "backups" / "b.zip")
    store.close()
    for log in home.glob("workbench.db-*"):
        log.unlink()
    (home / "workbench.db").write_bytes(os.urandom(5000))
    at = open_page()
    assert at.title[0].value == "Your projects cannot be opened"
    assert f"The database {home / 'workbench.db'} is damaged" in at.error[0].value
    assert f"python -m workbench restore {made.path}" in at.error[0].value


@pytest.mark.sqlite
def test_a_database_that_goes_while_pages_are_open_is_a_sentence(store: Store, home: Path) -> None:
    projects.create_project(store, "Mails")
    store.close()
    at = open_page()
    (home / "workbench.db").rename(home / "away.db")
    (home / "objects").mkdir(exist_ok=True)
    at.run()
    assert not at.exception
    (error,) = at.error
    assert f"The database {home / 'workbench.db'} is not there" in error.value
    assert not (home / "workbench.db").exists()


def test_what_was_open_to_others_is_told_on_the_settings_until_it_is_read(
    store: Store, home: Path
) -> None:
    (home / "logs").mkdir()
    (home / "logs" / "web.log").write_text("")
    (home / "logs" / "web.log").chmod(0o644)
    at = open_page("pages/settings/settings.py")
    assert "could read" in at.info[0].value
    assert "Only you can read what is in" in texts(at)
    at.button(key="news-read").click().run()
    assert list(at.info) == []
