"""Restore: a backup becomes the home again, here or on another computer.

Everything is unpacked and checked beside the home first; only then does what is there move
aside, and the restored files take its place. Rows go through a new SQLite file of the backup's
own schema, which is brought up to date; where the database is elsewhere, they are copied there.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from storage import acting, files, rows, schema
from storage.address import database_url, parsed
from storage.audit import head, lines
from storage.database import Store
from storage.guard import private, secret
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.jobs import worker_process
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.system.backup import archive, interrupted, loading, people, reading
from workbench.system.backup.archive import Progress
from workbench.system.backup.loading import DATABASE
from workbench.system.backup.manifest import Manifest
from workbench.system.backup.reading import Reader
from workbench.system.backup.relocation import Relocation

_STAYS = {"worker.lock", "worker.json", "schema.lock", private.MARK, "backups", secret.FOLDER}
"""Held open by this process, or no part of what a backup holds."""
_STAGING, _ASIDE = ".restoring-", ".before-restore-"
_SPARE = 1.05


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    counts: dict[str, int]
    """Table → rows."""
    aside: Path | None
    """Where that lies which was here before; None if nothing was."""
    waiting: int
    """Jobs that go on when the workbench starts."""
    people: int = 0
    """Who may sign in here now; with none, nobody is asked to."""


def restore_backup(
    path: Path,
    *,
    replace: bool = False,
    without_accounts: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Restored:
    """Make the home what it was in the backup at `path`.

    `replace` deletes the rows of a database that is not a file in the home; `without_accounts` leaves
    people and their roles out, so that nobody is asked to sign in; `on_progress` gets the bytes that
    are done and their total.

    Raises:
        archive.Stopped: `is_stopped` said so.
        WorkbenchError: the workbench runs, the file is no whole backup, the disk is too small,
            or the database holds something. Nothing was changed.
    """
    path = path.expanduser().absolute()
    with _nobody_works(), reading.opened(path) as backup, _staging(backup) as staging:
        _check_database(replace)
        progress = Progress(on_progress, is_stopped)
        progress.total_bytes = backup.size_bytes
        with archive.full_disk_said(staging):
            backup.unpack(staging, progress)
            with loading.said(path):
                counts = loading.load(staging, backup.manifest)
                waiting, may_sign_in = _prepare(staging, backup.manifest, not without_accounts)
            shutil.rmtree(staging / "rows", ignore_errors=True)
        progress.advance(0)
        with loading.said(path):
            aside = _put_in_place(staging, replace=replace)
        _keep_end_of_log()
        return Restored(counts, aside, waiting, may_sign_in)


@contextlib.contextmanager
def _nobody_works() -> Iterator[None]:
    """Hold the worker's lock: nobody works here, and nobody starts to."""
    lock = worker_process.take_lock()
    if lock is None:
        pid = (worker_process.worker_info() or {}).get("pid")
        who = f"process {pid}" if pid else "another process"
        raise WorkbenchError(
            f"The workbench is at work in {files.home()} ({who}): stop it first (Ctrl-C where it "
            f"was started, then `kill {pid or 'PID'}`; a training saves itself), then restore."
        )
    with lock:
        yield


@contextlib.contextmanager
def _staging(backup: Reader) -> Iterator[Path]:
    """A folder on the home's own disk, large enough; gone at the end."""
    beside = _beside()
    free = shutil.disk_usage(beside).free
    needed = int(backup.size_bytes * _SPARE)
    if needed > free:
        raise WorkbenchError(
            f"The backup needs {size(needed)}, but only {size(free)} are free in {beside}: "
            "make room first."
        )
    prefix = f".{files.home().name}{_STAGING}"
    for former in beside.glob(f"{prefix}*"):  # of a restore that was killed
        shutil.rmtree(former, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beside() -> Path:
    """The folder around the home; the home itself if that is a disk of its own."""
    home = files.home()
    same = home.parent.stat().st_dev == home.stat().st_dev and os.access(home.parent, os.W_OK)
    return home.parent if same else home


def _keep_end_of_log() -> None:
    """The audit log ends where that of the backup did; that it was put in place is its last line."""
    store = Store()
    try:
        with store.read() as session:
            end = lines.last(session)
        if end is not None:
            head.keep(store.engine.url, *end, back=True)
    finally:
        store.close()


def _is_elsewhere() -> bool:
    return parsed(database_url()).database != str(files.home() / DATABASE)


def _check_database(replace: bool) -> None:
    if replace or not _is_elsewhere():
        return
    store = schema.open_store(to_restore=True)
    try:
        with store.read() as session:
            empty = rows.is_empty(session.connection())
    finally:
        store.close()
    if not empty:
        raise WorkbenchError(
            "The database holds projects already: restore into an empty one, or add --replace to "
            "delete what it holds."
        )


def _prepare(staging: Path, manifest: Manifest, with_people: bool) -> tuple[int, int]:
    """Let paths in the jobs' files, jobs that were at work, and people fit their new place.

    How many jobs will go on, and how many people may sign in.
    """
    move = Relocation.of(manifest)
    for path in [*staging.glob("jobs/*/*.json"), *staging.glob("jobs/*/adapter/*.json")]:
        before = read_json(path)
        if before is not None and (after := move.value(before)) != before:
            write_json(path, after)
    store = Store(f"sqlite:///{staging / DATABASE}")
    try:
        with store.write() as session:
            found = interrupted.settle(session, staging), people.settle(session, with_people)
            details = {"made_at": manifest.created_at}
            lines.record(session, "restored", details=details, via=acting.CONSOLE)
            return found
    finally:
        store.close()


def _put_in_place(staging: Path, *, replace: bool) -> Path | None:
    """Exchange what is in the home; where it went. An error leaves it as it was."""
    if not _is_elsewhere():
        return _exchange(staging)
    source, target = Store(f"sqlite:///{staging / DATABASE}"), schema.open_store(to_restore=True)
    try:
        with source.read() as reading, target.write() as writing:
            if replace:
                rows.clear(writing.connection())
            loading.copy(reading.connection(), writing.connection())
            source.close()
            for file in staging.glob(f"{DATABASE}*"):
                file.unlink()
            return _exchange(staging)
    finally:
        source.close()
        target.close()


def _exchange(staging: Path) -> Path | None:
    home = files.home()
    former = [
        path
        for path in home.iterdir()
        if path.name not in _STAYS and path != staging and _ASIDE not in path.name
    ]
    aside = _free_name(_beside() / f"{home.name}{_ASIDE}{now():%Y-%m-%d}")
    moves = [(path, aside / path.name) for path in former]
    moves += [(path, home / path.name) for path in staging.iterdir()]
    if former:
        aside.mkdir()
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            os.rename(source, target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            os.rename(target, source)
        if former:
            aside.rmdir()
        raise
    return aside if former else None


def _free_name(path: Path) -> Path:
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(name for name in chain([path], numbered) if not name.exists())
