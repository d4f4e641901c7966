"""Facts of the installation, and who may look at them."""

import pytest

from storage import files
from storage.acting import Acting
from storage.database import Store
from storage.tables import Person, now
from tests.helpers import full_home
from workbench.core.errors import WorkbenchError
from workbench.jobs import worker_process
from workbench.system.backup import check
from workbench.system.backup.backup import make_backup
from workbench.system.backup.project_backup import save_project
from workbench.system.installation import state


def test_administrators_alone_may_look_and_on_ones_own_computer_everybody(store: Store) -> None:
    state.check_may_look(store)
    state.check_may_look(store.acting_as(Acting(1, "Ann", administrator=True)))
    with pytest.raises(WorkbenchError, match="Only administrators"):
        state.check_may_look(store.acting_as(Acting(2, "Ben")))


def test_the_database_is_named_without_its_password(store: Store) -> None:
    found = state.database(store)
    postgresql = store.engine.dialect.name == "postgresql"
    assert found.kind == ("PostgreSQL" if postgresql else "SQLite")
    assert found.version[0].isdigit()
    assert found.size_bytes > 0
    if store.engine.url.password:
        assert str(store.engine.url.password) not in found.place


def test_people_are_counted(store: Store) -> None:
    assert state.people(store).count == 0
    with store.write() as session:
        session.add_all(
            [
                Person(email="a@x", name="a", administrator=True),
                Person(email="b@x", name="b", administrator=True, disabled_at=now()),
                Person(email="c@x", name="c"),
            ]
        )
    assert state.people(store) == state.People(3, 1, 1)


def test_the_last_backup_is_the_newest_of_everything(store: Store) -> None:
    assert state.last_backup(store) is None
    full_home.fill(store)
    made = make_backup(store, files.folder("backups") / "workbench-1.zip")
    save_project(store, 1, files.folder("backups") / "project-mails.zip")
    found = state.last_backup(store)
    assert found is not None
    assert (found.file.path, found.checked) == (made.path, None)
    check.check_backup(made.path)
    again = state.last_backup(store)
    assert again is not None
    assert again.checked is not None
    assert again.checked.problem == ""


def test_the_worker_says_since_when_it_runs(store: Store, home: object) -> None:
    assert state.worker(store) is None
    with worker_process.take_lock() or pytest.fail("somebody works here"):
        worker_process.write_info(1000.0)
        found = state.worker(store)
    assert found is not None
    assert found.started_at.timestamp() == 1000.0
    assert found.alive_at <= now()


def test_versions_name_what_runs_here() -> None:
    assert {"Python", "streamlit", "torch"} <= state.versions().keys()
