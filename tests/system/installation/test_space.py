"""What each project takes of the disk."""

from storage import files
from storage.database import Store
from storage.tables import Project
from tests.helpers import full_home
from tests.helpers.full_home import put
from workbench.system.installation.space import by_project


def test_objects_and_job_folders_count_for_their_project(store: Store) -> None:
    full_home.fill(store)
    shared = "text,label\na,b\n"
    with store.write() as session:
        session.add(Project(name="Small", drafts={"data": {"upload": put(shared)}}))
    first, second = by_project(store)
    assert (first.name, second.name) == ("Mails", "Small")
    assert second.data_bytes == len(shared)  # the other project has the same file
    assert second.jobs_bytes == 0
    objects = sum(files.size_of(path) for path in files.home().glob("objects/??/*"))
    assert first.data_bytes == objects
    assert first.jobs_bytes == files.size_of(files.home() / "jobs")
    assert first.bytes == first.data_bytes + first.jobs_bytes
