"""One project in a file: its rows and the files that they name, and nothing of any other.

    manifest.json          as of a backup, of a kind of its own
    rows/<table>.jsonl     the rows of `storage.moving.project_rows.MOVED`
    objects/ab/abcd…       uploads, datasets and answers, under their sha256
    jobs/<id>/…            what its jobs made; checkpoints stay behind, since reading them may run code

Base models stay behind as well; who brings the project into another installation is told which are
missing there.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import files, projects, schema
from storage.accounts import memberships
from storage.acting import OWNER, Acting
from storage.database import Store
from storage.entered import drafts
from storage.moving import project_rows
from storage.rights.lift import bound_by_rules
from storage.rows import Row
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
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
        WorkbenchError: there is no such project, whoever asks does not own it, the file is there
            already, or the disk is too small.
    """
    check_may_save(store, project_id)

    def write(writer: Writer, progress: Progress, folder: Path) -> Manifest:
        return _write(store.acting_as(None), store.acting, project_id, writer, progress, folder)

    made = whole.written(path, write, Progress(on_progress, is_stopped))
    whole.note(store, "project_saved", project_id)
    return made


def check_may_save(store: Store, project_id: int) -> None:
    """Let those take it along who may give it away: it holds what all its members did.

    Raises:
        WorkbenchError: there is no such project, or whoever asks does not own it.
    """
    with store.read() as session:
        project = projects.get(session, project_id)
        if project is None:
            raise WorkbenchError(
                f"There is no project {project_id} (any more): choose one of those that there are."
            )
        who = bound_by_rules(session)
        member = memberships.get(session, project_id, who.person_id) if who else None
        if who is not None and (member is None or member.role != OWNER):
            raise WorkbenchError(
                f"Only owners of '{project.name}' and administrators may save it in a file: ask one "
                "of them."
            )


def _write(
    store: Store,
    person: Acting | None,
    project_id: int,
    writer: Writer,
    progress: Progress,
    folder: Path,
) -> Manifest:
    manifest = Manifest(
        home=str(files.home()),
        schema=schema.newest(),
        created_at=now().isoformat(),
        bundled={name: str(bundled.bundled_path(name)) for name in bundled.BUNDLED},
        kind=PROJECT,
    )
    named: set[str] = set()
    with store.read() as session:
        typed = drafts.of_person(session, project_id, person.person_id) if person else {}
        for name, found in project_rows.dump(session, project_id):
            told = _told(found, typed if name == "projects" else {}, named)
            manifest.counts[name] = writer.add_rows(name, told)
            progress.advance(0)
        members = [*_objects(named), *_jobs(session, project_id)]
    whole.add_members(writer, members, progress, folder)
    writer.finish(manifest)
    return manifest


def _told(rows: Iterator[Row], typed: dict[str, Any], named: set[str]) -> Iterator[Row]:
    """The rows, the project's with the person's own drafts; which objects they name goes into `named`."""
    for row in rows:
        told = {**row, "drafts": {**row.get("drafts", {}), **typed}} if typed else row
        named.update(_DIGEST.findall(json.dumps(told)))
        yield told


def _objects(named: set[str]) -> Iterator[Member]:
    paths = (files.object_path(digest) for digest in sorted(named))
    yield from (whole.member(path) for path in paths if path.is_file())


def _jobs(session: Session, project_id: int) -> Iterator[Member]:
    for job_id in sorted(project_rows.job_ids(session, project_id)):
        folder = files.job_folder(job_id)
        for path in whole.files_in(folder) if folder.is_dir() else ():
            inside = path.relative_to(folder)
            kept = inside.parts[0] not in LEFT_OUT and path.suffix not in {".part", *CODE}
            if kept and not path.is_symlink():
                yield whole.member(path)
