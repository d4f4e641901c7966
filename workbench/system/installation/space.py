"""What each project takes of the disk: the files that it names, and the folders of its jobs."""

from dataclasses import dataclass

from storage import files, leftovers, projects
from storage.database import Store
from storage.files import size_of


@dataclass(frozen=True)
class ProjectSpace:
    """A project's files."""

    project_id: int
    name: str
    data_bytes: int
    """Files that were brought, examples, answers; what two projects share counts for each."""
    jobs_bytes: int
    """Trained models, checkpoints, curves, exports."""

    @property
    def bytes(self) -> int:
        """Both together."""
        return self.data_bytes + self.jobs_bytes


def by_project(store: Store) -> list[ProjectSpace]:
    """The largest first, archived ones too; takes seconds where there are many files."""
    with store.read() as session:
        owned = [
            (number, name, leftovers.objects_of(session, number), projects.job_ids(session, number))
            for number, name in projects.names(session).items()
        ]
    found = [
        ProjectSpace(
            number,
            name,
            sum(size_of(files.object_path(digest)) for digest in digests),
            sum(size_of(files.job_folder(job_id)) for job_id in job_ids),
        )
        for number, name, digests, job_ids in owned
    ]
    return sorted(found, key=lambda one: (-one.bytes, one.name))
