"""What a restored backup does not go on with by itself."""

from storage import files
from storage.database import Store
from storage.tables import Watch
from workbench.projects import projects
from workbench.system.backup.interrupted import settle
from workbench.use.watched import watch


def test_no_folder_is_watched_because_a_backup_says_so(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    with store.write() as session:
        session.add(Watch(project_id=project_id, folder="/inbox", chosen={}))
    with store.write() as session:
        assert settle(session, files.home()) == 0
    found = watch.watch_of(store, project_id)
    assert found is not None
    assert not found.is_on
    assert "because a backup was restored" in found.trouble
