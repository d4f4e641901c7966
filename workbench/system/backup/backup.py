"""Backup: everything that the user made, in one file, while the workbench is in use.

The rows are those of one moment; the objects they name never change, and a job's folder is
copied as far as it is. Left out is what nobody needs again: the checkpoints and events of jobs
that are over, what trainings encoded, logs of the workbench itself, models that come with the
install, older backups.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting, files, jobs, leftovers, rows, schema
from storage.audit import lines
from storage.database import Store
from storage.rights.require import require_administrator
from storage.tables import OPEN, Job, now
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.core.words import size
from workbench.jobs.process.specs import ImportSpec
from workbench.models import bundled
from workbench.system.backup.archive import Progress, Writer, full_disk_said
from workbench.system.backup.manifest import Manifest

_NEVER_KEPT = {"lock", "pause", "encoded"}
_KEPT_WHILE_OPEN = {"checkpoints", "events", "predictions.parquet", "export", "answered"}


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    size_bytes: int
    counts: dict[str, int]
    """Table → rows."""


@dataclass(frozen=True)
class Member:
    """A file that goes into a backup, under its name there."""

    name: str
    path: Path
    size_bytes: int


def make_backup(
    store: Store,
    path: Path,
    on_progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Made:
    """Save everything in the file at `path`, which appears whole or not at all.

    `on_progress` gets the bytes that are done and their total.

    Raises:
        archive.Stopped: `is_stopped` said so.
        WorkbenchError: the file is there already, or the disk is too small.
        StorageError: whoever asks is no administrator.
    """

    with store.read() as session:
        require_administrator(session, "the backups")

    def write(writer: Writer, progress: Progress, folder: Path) -> Manifest:
        return _write(store.acting_as(None), writer, progress, folder)

    made = written(path, write, Progress(on_progress, is_stopped))
    note(store, "backed_up")
    return made


def note(store: Store, event: str, project_id: int | None = None) -> None:
    """Say in the audit log, where there is one, that somebody took this along."""
    with store.read() as session:
        if not lines.are_on(session):
            return  # a home that may not be written to can be backed up, too
    kind = "" if project_id is None else "projects"
    with store.write() as session:
        lines.record(
            session, event, kind=kind, thing_id=project_id, project_id=project_id,
            via=acting.CONSOLE,
        )  # fmt: skip


def written(
    path: Path, write: Callable[[Writer, Progress, Path], Manifest], progress: Progress
) -> Made:
    """The file at `path` as `write` fills it, whole or not at all; it is told the folder for it.

    Raises: what `make_backup` raises.
    """
    path = path.expanduser().absolute()
    if path.exists():
        raise WorkbenchError(f"{path} is there already: choose another name for the backup.")
    if not path.parent.is_dir():
        raise WorkbenchError(f"There is no folder {path.parent}: make it first, or choose another.")
    with (
        full_disk_said(path.parent),
        whole_file(path, flushed=True) as part,
        part.open("xb") as handle,
        Writer(handle, progress) as writer,
    ):
        part.chmod(0o600)
        manifest = write(writer, progress, path.parent)
    return Made(path, path.stat().st_size, manifest.counts)


def _write(store: Store, writer: Writer, progress: Progress, folder: Path) -> Manifest:
    manifest = Manifest(
        home=str(files.home()),
        schema=schema.newest(),
        created_at=now().isoformat(),
        bundled={name: str(bundled.bundled_path(name)) for name in bundled.BUNDLED},
    )
    with store.read() as session:
        for table in rows.tables(session.connection()):
            found = rows.dump(session.connection(), table)
            manifest.counts[table.name] = writer.add_rows(table.name, found)
            progress.advance(0)
        members = [*_objects(session), *_jobs(session), *_models(session)]
    add_members(writer, members, progress, folder)
    writer.finish(manifest)
    return manifest


def add_members(
    writer: Writer, members: Sequence[Member], progress: Progress, folder: Path
) -> None:
    """Write the files, if there is room for them in the folder.

    Raises:
        WorkbenchError: there is not.
    """
    progress.total_bytes = sum(one.size_bytes for one in members)
    _check_room(folder, progress.total_bytes)
    for one in members:
        writer.add_file(one.name, one.path)


def _objects(session: Session) -> Iterator[Member]:
    paths = (files.object_path(digest) for digest in sorted(leftovers.referenced(session)))
    yield from (member(path) for path in paths if path.is_file())


def _jobs(session: Session) -> Iterator[Member]:
    for job in jobs.listing(session):
        folder = files.job_folder(job.id)
        if folder.is_dir():
            yield from _of_job(job, folder)


def _of_job(job: Job, folder: Path) -> Iterator[Member]:
    left_out = _NEVER_KEPT if job.status in OPEN else _NEVER_KEPT | _KEPT_WHILE_OPEN
    for path in files_in(folder):
        if path.relative_to(folder).parts[0] not in left_out and path.suffix != ".part":
            yield member(path)


def _models(session: Session) -> Iterator[Member]:
    """Added models, but those that are being downloaded: their download begins anew."""
    loading = sa.select(Job.spec).where(Job.kind == ImportSpec.kind, Job.status.in_(OPEN))
    targets = {str(spec.get("target")) for spec in session.scalars(loading)}
    models = files.home() / "models"
    for folder in sorted(models.iterdir()) if models.is_dir() else ():
        if folder.is_dir() and str(folder) not in targets and not folder.name.startswith("."):
            yield from (member(path) for path in files_in(folder))


def files_in(folder: Path) -> list[Path]:
    """All files in a folder and below."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def member(path: Path) -> Member:
    """A file of the home, under its place there."""
    length = 0
    with contextlib.suppress(FileNotFoundError):
        length = path.stat().st_size
    return Member(path.relative_to(files.home()).as_posix(), path, length)


def _check_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed_bytes > free:
        raise WorkbenchError(
            f"The backup needs {size(needed_bytes)}, but only {size(free)} are free in {folder}: "
            "make room, or choose a folder on another disk."
        )
