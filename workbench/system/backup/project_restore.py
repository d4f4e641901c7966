"""A project out of a file, into an installation that has others already.

Everything is unpacked and checked beside the home's files first, its rows in a SQLite file of their own,
which is brought up to date. Then one transaction gives the rows numbers of this database; what the jobs
made is put under these numbers before it ends. Whatever breaks it off leaves no row, and of the files only
some that nobody names, which the sweep takes away.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting, files, models, rows
from storage.accounts import memberships
from storage.acting import Acting
from storage.audit import lines
from storage.database import Store
from storage.entered import drafts
from storage.moving import project_rows
from storage.rights.lift import bound_by_rules
from storage.rows import Row
from storage.tables import Project
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural, size
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.models import bundled, catalogue
from workbench.models.model_info import describe
from workbench.system.backup import archive, loading, project_backup, reading
from workbench.system.backup.archive import Progress
from workbench.system.backup.loading import DATABASE
from workbench.system.backup.manifest import PROJECT, Manifest
from workbench.system.backup.project_models import find_models
from workbench.system.backup.project_rows_here import row_here
from workbench.system.backup.reading import Reader
from workbench.system.backup.relocation import Relocation
from workbench.system.backup.renumbering import Renumbering

_MOST_ROW_BYTES = 64 << 20
_SPARE = 1.05


@dataclass(frozen=True)
class Arrived:
    """A project that is here now."""

    project_id: int
    name: str
    counts: dict[str, int]
    """Table → rows."""
    notes: tuple[str, ...]
    """What does not work here yet and what to do about it; sentences."""


def restore_project(
    store: Store,
    path: Path,
    *,
    name: str = "",
    on_progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Arrived:
    """Bring the project in the file at `path` here, beside those that there are.

    Args:
        name: what it is called here; empty for its own name.

    Raises:
        archive.Stopped: `is_stopped` said so.
        WorkbenchError: the file holds no whole project, its name is taken, or the disk is too small.
            Nothing was changed.
    """
    path, person = path.expanduser().absolute(), store.acting
    with store.read() as session:
        bound_by_rules(session)  # whoever is signed in may bring one, as they may make one
    store = store.acting_as(None)
    with reading.opened(path, PROJECT) as backup, _staging(backup) as staging:
        progress = Progress(on_progress, is_stopped)
        progress.total_bytes = backup.size_bytes
        _check_members(path, backup.manifest)
        with archive.full_disk_said(staging):
            backup.unpack(staging, progress)
            with loading.said(path):
                counts = loading.load(staging, backup.manifest, Relocation(()))
        progress.advance(0)
        source = Store(f"sqlite:///{staging / DATABASE}")
        try:
            with source.read() as session, loading.said(path):
                came = _Came(session, staging, backup.manifest)
            catalogue.list_models(store)  # the bundled ones have their rows
            numbers = project_rows.reserve_job_ids(store, len(came.rows["jobs"]))
            with loading.said(path):
                return _put_in_place(store, person, came, name, numbers, counts)
        finally:
            source.close()


def name_in(path: Path) -> str:
    """What the project in a file is called.

    Raises:
        WorkbenchError: the file holds no project.
    """
    with reading.opened(path, PROJECT) as backup, loading.said(path):
        row = json.loads(backup.read("rows/projects.jsonl", _MOST_ROW_BYTES).splitlines()[0])
        return str(row["name"])


class _Came:
    """What was unpacked: its rows, and where its files are."""

    def __init__(self, session: Session, staging: Path, manifest: Manifest) -> None:
        connection = session.connection()
        self.staging, self.manifest = staging, manifest
        self.rows = {
            table.name: list(rows.dump(connection, table))
            for table in rows.tables(connection)
            if table.name in project_rows.MOVED
        }
        if len(self.rows["projects"]) != 1:
            raise ValueError("it does not hold exactly one project")

    @property
    def project(self) -> Row:
        return self.rows["projects"][0]


def _check_members(path: Path, manifest: Manifest) -> None:
    """Refuse what `save_project` never writes."""
    known = {f"rows/{name}.jsonl" for name in project_rows.MOVED}
    for name in manifest.files:
        parts = name.split("/")
        if parts[0] == "rows" and name not in known:
            raise reading.damaged(path, f"{name} is no part of a project")
        odd = parts[0] == "models" or Path(name).suffix.lower() in project_backup.CODE
        if odd or (parts[0] == "jobs" and parts[2] in project_backup.LEFT_OUT):
            raise reading.damaged(path, f"{name[:200]} is no part of a project")


@contextlib.contextmanager
def _staging(backup: Reader) -> Iterator[Path]:
    """A folder in the home, large enough and locked as long as it is used; gone at the end."""
    free, needed = files.free_bytes(), int(backup.size_bytes * _SPARE)
    if needed > free:
        raise WorkbenchError(
            f"The project needs {size(needed)}, but only {size(free)} are free in {files.home()}: "
            "make room first."
        )
    folder = Path(tempfile.mkdtemp(prefix=files.BRINGING, dir=files.home()))
    try:
        with (folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(
    store: Store,
    person: Acting | None,
    came: _Came,
    name: str,
    job_ids: list[int],
    counts: dict[str, int],
) -> Arrived:
    placed: list[Path] = []
    try:
        with store.write() as session:
            project_id, given, notes = _insert(session, came, name, job_ids)
            _give(session, project_id, person)
            _place_files(came.staging, given.numbers["jobs"], given, placed)
    except BaseException:
        for folder in placed:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    called = name.strip() or str(came.project["name"])
    return Arrived(project_id, called, counts, (*notes, *_absent(came)))


def _insert(
    session: Session, came: _Came, name: str, job_ids: list[int]
) -> tuple[int, Renumbering, list[str]]:
    connection = session.connection()
    tables = {table.name: table for table in rows.tables(connection)}
    given = _beginning(session, came, job_ids)
    notes = find_models(session, came.rows["base_models"], given)
    for table in (tables[own] for own in tables if own in project_rows.MOVED):
        if table.name != "base_models":
            for row in came.rows[table.name]:
                here = row_here(session, table, row, given, name)
                given.numbers[table.name][row["id"]] = rows.add(connection, table, here)
    project_id = given.numbers["projects"][came.project["id"]]
    # Drafts name versions and runs, which are numbered by now.
    drafts = given.value(came.project.get("drafts") or {})
    query = sa.update(tables["projects"]).where(tables["projects"].c.id == project_id)
    connection.execute(query.values(drafts=drafts))
    return project_id, given, notes


def _give(session: Session, project_id: int, person: Acting | None) -> None:
    """Whoever brought it owns it, and what had been entered in it; the audit log says so."""
    if person is not None:
        project = session.get_one(Project, project_id)
        memberships.put(session, project_id, person.person_id, acting.OWNER)
        drafts.hand_over(session, project, person.person_id)
        session.flush()
    lines.record(
        session, "project_brought", kind="projects", thing_id=project_id, project_id=project_id,
        who=person, via=acting.CONSOLE,
    )  # fmt: skip


def _beginning(session: Session, came: _Came, job_ids: list[int]) -> Renumbering:
    old = [row["id"] for row in came.rows["jobs"]]
    numbers: dict[str, dict[int, int]] = {name: {} for name in project_rows.MOVED}
    numbers["jobs"] = dict(zip(old, job_ids, strict=True))
    home = came.manifest.home
    folders = {
        f"{home}/jobs/{then}": str(files.job_folder(now_)) for then, now_ in numbers["jobs"].items()
    }
    found = {(info.location, info.kind): info for info in models.listed(session)}
    for row in came.rows["base_models"]:
        here = found.get((row["location"], row["kind"]))
        path = describe(session, here).path if here is not None else None
        there = (row.get("facts") or {}).get("path")
        if path is not None and isinstance(there, str) and there.startswith("/"):
            folders[there] = str(path)
    relocation = Relocation.of(came.manifest, folders)
    bundled_ones = (bundled.bundled_path(name) for name in bundled.BUNDLED)
    known = (describe(session, model).path for model in found.values())
    allowed = {files.home() / "models", *filter(None, [*bundled_ones, *known])}
    return Renumbering(relocation, tuple(allowed), numbers)


def _place_files(
    staging: Path, jobs: dict[int, int], given: Renumbering, placed: list[Path]
) -> None:
    """What was unpacked, under its names here; folders of jobs that are put there go into `placed`."""
    for source in staging.glob("objects/*/*"):
        target = files.object_path(source.name)
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
    files.folder("jobs")
    for old, number in jobs.items():
        source, target = staging / "jobs" / str(old), files.job_folder(number)
        if source.is_dir():
            for path in [*source.glob("*.json"), *source.glob("adapter/*.json")]:
                before = read_json(path)
                if before is not None and (after := given.value(before)) != before:
                    write_json(path, after)
            os.rename(source, target)
            placed.append(target)


def _absent(came: _Came) -> list[str]:
    """Versions and exams whose files were damaged or lost where the project was saved."""
    there = {name.rsplit("/", 1)[-1] for name in came.manifest.files if name.startswith("objects/")}
    datasets = {row["id"]: row["name"] for row in came.rows["datasets"]}
    lost = [
        f"version {row['number']} of '{datasets[row['dataset_id']]}'"
        for row in came.rows["dataset_versions"]
        if row["content_hash"] not in there
    ]
    notes = (
        [
            f"The examples of {joined(lost)} were damaged where the project was saved, and are not here."
        ]
        if lost
        else []
    )
    exams = sum(row["predictions_hash"] not in there for row in came.rows["evaluations"])
    if exams:
        notes.append(
            f"The answers of {plural(exams, 'exam')} were not in the file; the scores are."
        )
    return notes
