"""What crashes and deletions left behind in the home, and taking it away.

Only what the workbench itself wrote is looked at, and of that only what nobody writes at any
more and no row names: half-written files, folders of deleted jobs, and old objects.
"""

import logging
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import address, cache, files, leftovers
from storage.database import Store
from storage.files import is_locked, size_of
from storage.guard import damage, register
from storage.rights.lift import lifted
from storage.tables import Job

logger = logging.getLogger(__name__)

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
_PART = re.compile(r"\..+\.(\d+)\.part")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Leftover:
    """A file or folder that nothing needs, and its size in bytes."""

    path: Path
    size_bytes: int


def sweep(store: Store) -> int:
    """Take away what was left behind; the bytes that this frees. Never raises: work goes on."""
    store = store.acting_as(None)  # whoever asks for it, what others need stays
    try:
        _check_sound(store)
        with store.write() as session:  # nobody refers to an object while it goes
            return sum(left.size_bytes for left in find(session) if _remove(left))
    except Exception:
        logger.exception("What was left behind could not be cleared away")
        return 0


def _check_sound(store: Store) -> None:
    """Refuse to go by rows of a damaged database: what they do not name may be named by lost ones.

    Raises:
        StorageError: it is damaged.
    """
    if store.engine.dialect.name == "sqlite":
        with store.read() as session:
            found = session.scalar(sa.text("PRAGMA quick_check(1)"))
        if found != "ok":
            raise damage.damaged(store.engine.url, str(found))


def find(session: Session) -> list[Leftover]:
    """Everything that was left behind."""
    found = [*_half_written(), *_unused_cache()]
    if register.is_only(address.database_url()):
        found += [*_ownerless_jobs(session), *_unreferenced(session)]
    return [Leftover(path, size_of(path)) for path in found]


def _half_written() -> Iterator[Path]:
    home = files.home()
    for path in (home / "objects").glob(f"{files.PART}*"):
        if _age_s(path) > MINUTE_S and not is_locked(path):
            yield path
    for path in home.glob(f"{files.BRINGING}*"):
        if _age_s(path) > MINUTE_S and not is_locked(path / "lock"):
            yield path
    for folder in (home, home / "backups", *_job_folders()):
        for path in folder.glob(".*.part"):
            match = _PART.fullmatch(path.name)
            if match and (_age_s(path) > HOUR_S or not _lives(int(match[1]))):
                yield path


def _unused_cache() -> Iterator[Path]:
    """Encoded examples that nobody has used for long, or that were not written to their end."""
    for entry in cache.entries():
        old = entry.unused_s > (cache.UNUSED_S if entry.is_whole else HOUR_S)
        if old and entry.is_free:
            yield from entry.paths


def _ownerless_jobs(session: Session) -> Iterator[Path]:
    with lifted(session):
        known = set(session.scalars(sa.select(Job.id)))
    for folder in _job_folders():
        old = _age_s(folder) > HOUR_S
        if int(folder.name) not in known and old and not is_locked(folder / "lock"):
            yield folder


def _unreferenced(session: Session) -> Iterator[Path]:
    there = (files.home() / "objects").glob("[0-9a-f][0-9a-f]/*")
    old = [path for path in there if _DIGEST.fullmatch(path.name) and _age_s(path) > DAY_S]
    wanted = leftovers.referenced(session) if old else set()
    yield from (path for path in old if path.name not in wanted)


def _job_folders() -> list[Path]:
    folders = (files.home() / "jobs").glob("[0-9]*")
    return [path for path in folders if path.name.isdecimal() and path.is_dir()]


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's
    return True


def _remove(left: Leftover) -> bool:
    try:
        if left.path.is_dir() and not left.path.is_symlink():
            shutil.rmtree(left.path)
        else:
            left.path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s, which nothing needs, cannot be removed: %s", left.path, error)
        return False
    logger.info("Removed %s (%s bytes), which nothing needs", left.path, left.size_bytes)
    return True
