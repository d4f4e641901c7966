"""A disk that is full, really: a small tmpfs that the test fills at the worst moment."""

import contextlib
import io
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.errors import StorageError
from storage.schema import open_store
from storage.tables import FAILED, SUCCEEDED
from tests.fakes.harness import folder_of, job_of, until
from tests.faults.real import PATIENCE_S, Machine, machine, start_run, trainers, wait_for_end
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.checkpoints import last_whole
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.queue import cancel_job
from workbench.projects import projects

SIZE_MB = 320


class SmallDisk:
    """A tmpfs, and a file that takes all of it that is free."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "somebody-elses-films"

    def fill(self, spare: int = 0) -> None:
        """Leave `spare` bytes free."""
        block = os.urandom(1 << 20)
        with self._filler.open("ab", buffering=0) as handle:
            for size in (len(block), 4096, 1):
                with contextlib.suppress(OSError):
                    while handle.write(block[:size]) == size:
                        pass
            handle.truncate(handle.tell() - spare)

    def free(self) -> None:
        """Somebody deletes their films."""
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    """A home on a small disk of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small disk (it takes root)")
    monkeypatch.setenv("WORKBENCH_HOME", str(folder / "home"))
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def full_home(disk: SmallDisk) -> Iterator[tuple[SmallDisk, Store, Machine]]:
    """A store and a machine whose home lies on the small disk."""
    store = open_store()
    with machine(store) as computer:
        yield disk, store, computer
    store.close()


FULL = r"disk .* is full: free some space"


def _create_projects(store: Store) -> None:
    for number in range(2000):
        projects.create_project(store, f"Project {number} {'x' * 60}")


def is_sound(store: Store) -> bool:
    with closing(sqlite3.connect(store.engine.url.database or "")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _checkpoint_begun(job_id: int) -> bool:
    return len(list(folder_of(job_id).checkpoints.glob("checkpoint-*/manifest.json"))) >= 1


def _training_over(job_id: int) -> bool:
    return (folder_of(job_id).adapter / "adapter_model.safetensors").exists()


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(_checkpoint_begun, id="learning"),
        pytest.param(_training_over, id="exam", marks=pytest.mark.release),
    ],
)
def test_a_run_that_meets_a_full_disk_says_so_and_keeps_its_checkpoint(
    full_home: tuple[SmallDisk, Store, Machine],
    tiny: Path,
    tmp_path: Path,
    moment: Callable[[int], bool],
) -> None:
    disk, store, computer = full_home
    job_id = start_run(store, tiny, tmp_path, num_train_epochs=100, eval_max_new_tokens=90)
    if moment is _training_over:
        job_id = _shorter(store, tiny, tmp_path, job_id)
    computer.start_worker()
    until(lambda: moment(job_id), PATIENCE_S)
    (trainer,) = trainers(job_id)
    trainer.suspend()
    disk.fill()
    trainer.resume()
    until(lambda: (read_json(folder_of(job_id).result) or {}).get("status"), PATIENCE_S)
    disk.free()
    job = wait_for_end(store, job_id)
    assert job.status == FAILED
    assert "The disk is full: free some space" in job.reason
    assert last_whole(folder_of(job_id).checkpoints) is not None
    assert not list(folder_of(job_id).path.rglob("*.part"))
    assert is_sound(store)
    # The next run, with the disk free again, goes through: nobody is stuck.
    again = start_run(store, tiny, tmp_path, num_train_epochs=1)
    assert wait_for_end(store, again).status == SUCCEEDED


def _shorter(store: Store, tiny: Path, tmp_path: Path, long_id: int) -> int:
    """A run that comes to its exam, in place of the long one."""
    cancel_job(store, long_id)
    return start_run(store, tiny, tmp_path, num_train_epochs=1, eval_max_new_tokens=90)


def test_what_a_user_saves_on_a_full_disk_is_refused_in_a_sentence(
    full_home: tuple[SmallDisk, Store, Machine],
) -> None:
    disk, store, _ = full_home
    projects.create_project(store, "Before")
    disk.fill(spare=4096)
    with pytest.raises(StorageError, match=FULL):
        files.put(io.BytesIO(b"x" * 100_000))
    with pytest.raises(StorageError, match=FULL):
        _create_projects(store)
    assert not list(files.folder("objects").glob(".part-*"))
    assert is_sound(store)
    disk.free()
    assert projects.create_project(store, "After")


def test_the_worker_waits_for_room_and_records_the_end(
    full_home: tuple[SmallDisk, Store, Machine], tiny: Path, tmp_path: Path
) -> None:
    disk, store, computer = full_home
    job_id = start_run(store, tiny, tmp_path, num_train_epochs=1)
    computer.start_worker()
    until(lambda: folder_of(job_id).result.exists(), PATIENCE_S)
    disk.fill()
    disk.free()
    assert wait_for_end(store, job_id).status == SUCCEEDED
    assert job_of(store, job_id).result is not None


def test_a_training_that_the_disk_has_no_room_for_is_not_begun(
    full_home: tuple[SmallDisk, Store, Machine], tiny: Path, tmp_path: Path
) -> None:
    disk, store, _ = full_home
    disk.fill(spare=150 << 20)
    with pytest.raises(WorkbenchError, match=r"The training needs about \d+ MB on the disk"):
        start_run(store, tiny, tmp_path)
