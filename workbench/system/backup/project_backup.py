"""One project in a file: its rows and the files that they name, and nothing of any other.

    manifest.json          as of a backup, of a kind of its own
    rows/<table>.jsonl     the rows of `storage.moving.project_rows.MOVED`
    objects/ab/abcd…       uploads, datasets and answers, under their sha256
    jobs/<id>/…            what its jobs made; checkpoints stay behind, since reading them may run code

Base models stay behind as well; who brings the project into another installation is told which are
missing there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from storage import files, leftovers, projects, schema
from storage.database import Store
from storage.moving import project_rows
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.models import bundled
from workbench.system.backup import backup as whole
from workbench.system.backup.archive import Progress, Writer
from workbench.system.backup.backup import Made, Member
from workbench.system.backup.manifest import PROJECT, Manifest

LEFT_OUT = {"checkpoints", "events", "encoded", "export", "parts", "lock", "pause", "reserve"}
"""Of a job's folder; what it made is in its results."""
CODE = {".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt", ".joblib", ".so", ".py"}
"""Files that a program may run when it reads them."""


def save_project(
    store: Store,
    project_id: int,
    path: Path,
    on_progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Made:
    """Save a project in the file at `path`, which appears whole or not at all.

    Raises:
        archive.Stopped: `is_stopped` said so.
        WorkbenchError: there is no such project, the file is there already, or the disk is too small.
    """

    def write(writer: Writer, progress: Progress, folder: Path) -> Manifest:
        return _write(store, project_id, writer, progress, folder)

    made = whole.written(path, write, Progress(on_progress, is_stopped))
    whole.note(store, "project_saved", project_id)
    return made


def _write(
    store: Store, project_id: int, writer: Writer, progress: Progress, folder: Path
) -> Manifest:
    manifest = Manifest(
        home=str(files.home()),
        schema=schema.newest(),
        created_at=now().isoformat(),
        bundled={name: str(bundled.bundled_path(name)) for name in bundled.BUNDLED},
        kind=PROJECT,
    )
    with store.read() as session:
        project = projects.get(session, project_id)
        if project is None:
            raise WorkbenchError(
                f"There is no project {project_id} (any more): choose one of those that there are."
            )
        for name, found in project_rows.dump(session, project_id):
            manifest.counts[name] = writer.add_rows(name, found)
            progress.advance(0)
        members = [*_objects(session, project_id), *_jobs(session, project_id)]
    whole.add_members(writer, members, progress, folder)
    writer.finish(manifest)
    return manifest


def _objects(session: Session, project_id: int) -> Iterator[Member]:
    wanted = leftovers.objects_of(session, project_id)
    paths = (files.object_path(digest) for digest in sorted(wanted))
    yield from (whole.member(path) for path in paths if path.is_file())


def _jobs(session: Session, project_id: int) -> Iterator[Member]:
    for job_id in sorted(project_rows.job_ids(session, project_id)):
        folder = files.job_folder(job_id)
        for path in whole.files_in(folder) if folder.is_dir() else ():
            inside = path.relative_to(folder)
            kept = inside.parts[0] not in LEFT_OUT and path.suffix not in {".part", *CODE}
            if kept and not path.is_symlink():
                yield whole.member(path)
