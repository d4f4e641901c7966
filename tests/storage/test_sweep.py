"""Sweeping: what was left behind goes, what is needed, young or somebody else's stays."""

import fcntl
import io
import os
import subprocess
import time
from pathlib import Path

import pytest

from storage import files, sweep
from storage.database import Store
from storage.schema import open_store
from storage.tables import Job

HOUR_S, DAY_S = 3600, 86400


def aged(path: Path, age_s: float) -> Path:
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


def a_file(path: Path, age_s: float = 2 * DAY_S, text: str = "12345") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return aged(path, age_s)


def an_object(text: str, age_s: float = 2 * DAY_S) -> Path:
    return aged(files.object_path(files.put(io.BytesIO(text.encode()))), age_s)


def a_job_folder(job_id: int, age_s: float = 2 * HOUR_S) -> Path:
    a_file(files.job_folder(job_id) / "log.txt")
    return aged(files.job_folder(job_id), age_s)


def ended_pid() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


def test_what_nothing_needs_goes(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    home = files.home()
    gone = [
        an_object("nobody refers to me"),
        a_job_folder(7),
        a_file(home / "objects" / ".part-abc", age_s=120),
        a_file(home / f".worker.json.{os.getpid()}.part", age_s=2 * HOUR_S),
        a_file(home / f".worker.json.{ended_pid()}.part", age_s=1),
        a_file(home / "backups" / f".b.zip.{ended_pid()}.part", age_s=1),
    ]
    expected = sum(files.size_of(path) for path in gone)
    assert sweep.sweep(store) == expected == 19 + 5 * 5
    assert not [path for path in gone if path.exists()]
    assert caplog.text.count("which nothing needs") == len(gone)
    assert sweep.sweep(store) == 0


def test_what_is_young_stays(store: Store) -> None:
    stays = [
        an_object("made an hour ago", age_s=HOUR_S),
        a_job_folder(7, age_s=60),
        a_file(files.home() / "objects" / ".part-abc", age_s=10),
        a_file(files.home() / f".worker.json.{os.getpid()}.part", age_s=60),
    ]
    assert sweep.sweep(store) == 0
    assert all(path.exists() for path in stays)


def test_what_a_row_names_stays(store: Store) -> None:
    named = an_object("an upload of last year", age_s=365 * DAY_S)
    with store.write() as session:
        session.add(Job(kind="predict", title="t", spec={"data": str(named)}))
        session.flush()
    folder = a_job_folder(1)
    assert sweep.sweep(store) == 0
    assert named.exists()
    assert folder.exists()


def test_what_a_process_still_writes_stays(store: Store) -> None:
    part = a_file(files.home() / "objects" / ".part-abc")
    lock = a_file(files.home() / "jobs" / "7" / "lock")
    aged(lock.parent, 2 * HOUR_S)
    with part.open() as writer, lock.open() as trainer:
        for handle in (writer, trainer):
            fcntl.flock(handle, fcntl.LOCK_EX)
        assert sweep.sweep(store) == 0
    assert sweep.sweep(store) == 10


def test_an_object_that_is_being_written_is_locked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MINUTE_S", -1)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sweep.sweep(store)
            return super().read(size)

    assert files.object_path(files.put(Slow(b"slow"))).read_text() == "slow"


@pytest.mark.parametrize(
    "name",
    [
        "jobs/notes/mine.txt",
        "jobs/12.bak",
        "objects/ab/readme.txt",
        "objects/.DS_Store",
        ".hidden.part",
        "film.mp4.part",
        "models/big/.model.safetensors.99999.part",
    ],
)
def test_files_of_others_stay(store: Store, name: str) -> None:
    other = a_file(files.home() / name)
    aged(other.parent, 2 * DAY_S)
    assert sweep.sweep(store) == 0
    assert other.exists()


def test_a_home_that_another_database_knows_keeps_its_objects(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own rows may name them: whoever changes the address of the database loses no file."""
    sweep.sweep(store)
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", f"sqlite:///{tmp_path / 'another.db'}")
    kept = [an_object("named in the first database"), a_job_folder(7)]
    other = open_store()
    assert sweep.sweep(other) == 0
    other.close()
    assert all(path.exists() for path in kept)


def test_a_sweep_that_cannot_read_the_rows_removes_nothing_and_does_not_raise(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = an_object("kept")

    def broken(_session: object) -> set[str]:
        raise RuntimeError("no rows today")

    monkeypatch.setattr(sweep.leftovers, "referenced", broken)
    assert sweep.sweep(store) == 0
    assert path.exists()
    assert "no rows today" in caplog.text
