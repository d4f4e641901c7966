"""A restore that cannot be, or that is stopped, changes nothing."""

import json
import zipfile
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import full_home
from workbench.core.errors import WorkbenchError
from workbench.jobs import worker_process
from workbench.system.backup import restore
from workbench.system.backup.archive import Stopped
from workbench.system.backup.restore import restore_backup

Usage = namedtuple("Usage", "total used free")
WEIGHTS = "models/ann--tiny/model.safetensors"


def change(path: Path, name: str, edit: Callable[[bytes], bytes | None]) -> Path:
    """A copy of the backup in which one member is different, or missing."""
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for member in source.namelist():
            content = source.read(member)
            if (new := edit(content) if member == name else content) is not None:
                copy.writestr(member, new)
    return target


def manifest_with(path: Path, **values: object) -> Path:
    return change(path, "manifest.json", lambda b: json.dumps(json.loads(b) | values).encode())


def cut_short(path: Path) -> Path:
    target = path.with_name("short.zip")
    target.write_bytes(path.read_bytes()[:-500])
    return target


def one_bit(path: Path) -> Path:
    target = path.with_name("bit.zip")
    content = bytearray(path.read_bytes())
    content[content.index(b"weightsweights") + 20] ^= 1
    target.write_bytes(content)
    return target


def not_zip(path: Path) -> Path:
    target = path.with_name("film.zip")
    target.write_text("a film")
    return target


def other_zip(path: Path) -> Path:
    target = path.with_name("other.zip")
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("manifest.json", "[]")
    return target


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (not_zip, "no whole backup of the workbench"),
        (cut_short, "no whole backup of the workbench"),
        (other_zip, "a zip file, but no backup"),
        (one_bit, "is damaged"),
        (lambda p: change(p, WEIGHTS, lambda b: b[:-1] + b"?"), f"{WEIGHTS} is not what was"),
        (lambda p: change(p, WEIGHTS, lambda _: None), "is damaged"),
        (lambda p: change(p, "rows/jobs.jsonl", lambda b: b[:-9]), "is damaged"),
        (lambda p: manifest_with(p, files={"jobs/1/../../x": [1, "a"]}), "is damaged"),
        (lambda p: manifest_with(p, format=2), "newer version"),
        (lambda p: manifest_with(p, schema="9999"), "newer version"),
        (lambda p: p.with_name("nothing.zip"), "There is no file"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    store: Store, saved: Path, home: Path, spoil: Callable[[Path], Path], says: str
) -> None:
    before = full_home.all_rows(store)
    with pytest.raises(WorkbenchError, match=says) as refused:
        restore_backup(spoil(saved), replace=True)
    assert "\n" not in str(refused.value)
    assert full_home.all_rows(store) == before
    assert (home / WEIGHTS).read_text().startswith("weights")
    assert not [path for path in home.parent.iterdir() if "restor" in path.name]


def test_while_a_worker_runs_nothing_is_restored(saved: Path, store: Store) -> None:
    before = full_home.all_rows(store)
    lock = worker_process.take_lock()
    assert lock is not None
    with lock, pytest.raises(WorkbenchError, match="stop it first"):
        restore_backup(saved)
    assert full_home.all_rows(store) == before


def test_a_restore_that_is_stopped_changes_nothing(saved: Path, store: Store, home: Path) -> None:
    before = full_home.all_rows(store)
    looks = iter(range(100))
    with pytest.raises(Stopped):
        restore_backup(saved, replace=True, is_stopped=lambda: next(looks) > 20)
    assert full_home.all_rows(store) == before
    assert not [path for path in home.parent.iterdir() if "restor" in path.name]


def test_too_small_a_disk_is_said_first(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore.shutil, "disk_usage", lambda _: Usage(10, 0, 5000))
    with pytest.raises(WorkbenchError, match="only 5 kB are free"):
        restore_backup(saved)


def test_an_exchange_that_fails_half_way_is_taken_back(
    saved: Path, store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = full_home.all_rows(store)
    rename, names = restore.os.rename, sorted(path.name for path in home.iterdir())

    def fails(source: Path, target: Path) -> None:
        if source.name == "jobs" and target.parent == home and ".restoring-" in str(source):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(restore.os, "rename", fails)
    with pytest.raises(OSError, match="Input/output"):
        restore_backup(saved, replace=True)
    locks = {"worker.lock", "schema.lock", "private.json"}
    assert sorted({path.name for path in home.iterdir()} - locks) == sorted({*names} - locks)
    assert full_home.all_rows(store) == before
    assert not [path for path in home.parent.iterdir() if "restor" in path.name]
