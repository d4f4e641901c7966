"""Backups: one file with everything, whole or not there at all, also while work goes on."""

import json
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from storage import cache, files
from storage.database import Store
from storage.guard import secret
from storage.tables import Project
from tests.helpers import full_home
from tests.helpers.full_home import DONE, MORE_THAN_A_BATCH, STOPPED, WORKING
from workbench.core.errors import WorkbenchError
from workbench.system.backup import backup
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.restore import restore_backup

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def full(store: Store) -> Store:
    full_home.fill(store)
    return store


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_a_backup_is_one_file_with_everything_that_was_made(full: Store, tmp_path: Path) -> None:
    made = make_backup(full, tmp_path / "all.zip")
    assert made.size_bytes == made.path.stat().st_size
    assert made.counts["metrics"] == MORE_THAN_A_BATCH - 1
    inside = names(made.path)
    objects = {p.relative_to(files.home()).as_posix() for p in files.home().glob("objects/??/*")}
    assert len(objects) == 3
    assert objects < inside
    assert {"models/ann--tiny/model.safetensors", f"jobs/{DONE}/adapter/workbench.json"} < inside
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["home"], manifest["format"]) == (str(files.home()), 1)
    assert set(manifest["files"]) == inside - {"manifest.json"}
    assert made.path.stat().st_mode & 0o077 == 0


def test_checkpoints_are_kept_of_jobs_that_go_on_and_of_no_others(
    full: Store, tmp_path: Path
) -> None:
    inside = names(make_backup(full, tmp_path / "all.zip").path)
    for job_id in (WORKING, STOPPED):
        assert f"jobs/{job_id}/checkpoints/checkpoint-50/manifest.json" in inside
        assert f"jobs/{job_id}/events/000001.jsonl" in inside
    finished = {name for name in inside if name.startswith(f"jobs/{DONE}/")}
    assert finished == {
        f"jobs/{DONE}/{name}"
        for name in (
            "spec.json",
            "log.txt",
            "adapter/workbench.json",
            "adapter/adapter_model.safetensors",
        )
    }
    assert not [name for name in inside if name.endswith("/lock")]


def test_no_secret_is_in_it_and_a_restore_leaves_this_machines(
    store: Store, tmp_path: Path
) -> None:
    """Neither the token, encrypted or not, nor the key."""
    secret.keep("hub", "hf_of_the_first_machine")
    made = make_backup(store, tmp_path / "all.zip")
    assert not [name for name in names(made.path) if secret.FOLDER in name]
    secret.keep("hub", "hf_of_this_machine")
    restore_backup(made.path)
    assert secret.read("hub") == "hf_of_this_machine"


def test_what_trainings_encoded_is_made_again(full: Store, tmp_path: Path) -> None:
    for folder in (cache.folder(), files.job_folder(DONE) / "encoded"):
        full_home.write(folder / ("a" * 64) / "train.arrow", "encoded")
    inside = names(make_backup(full, tmp_path / "all.zip").path)
    assert not [name for name in inside if name.endswith(".arrow")]


def test_what_is_written_during_a_backup_is_not_in_it(full: Store, tmp_path: Path) -> None:
    def meanwhile(_done: int, _total: int) -> None:
        with full.write() as session:
            session.add(Project(name=f"Later {session.query(Project).count()}"))
        shutil.rmtree(files.job_folder(WORKING), ignore_errors=True)

    made = make_backup(full, tmp_path / "all.zip", meanwhile)
    assert made.counts["projects"] == 1
    assert full_home.count(full, Project) > 1
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None


def test_progress_counts_up_to_the_whole(full: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_backup(full, tmp_path / "all.zip", lambda *numbers: told.append(numbers))
    done = [numbers[0] for numbers in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1] > 7000


def test_a_backup_that_is_stopped_leaves_nothing(full: Store, tmp_path: Path) -> None:
    looks = iter(range(100))
    with pytest.raises(Stopped):
        make_backup(full, tmp_path / "all.zip", is_stopped=lambda: next(looks) > 13)
    assert next(looks) > 14
    assert not list(tmp_path.glob("*.zip*"))
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_that_is_there_is_not_written_over(full: Store, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_text("my film")
    with pytest.raises(WorkbenchError, match="there already"):
        make_backup(full, tmp_path / "all.zip")
    with pytest.raises(WorkbenchError, match="no folder"):
        make_backup(full, tmp_path / "nowhere" / "all.zip")
    assert (tmp_path / "all.zip").read_text() == "my film"


def test_a_disk_that_is_too_small_is_said_before_anything_is_copied(
    full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: Usage(10, 0, 5000))
    with pytest.raises(WorkbenchError, match=r"needs 8 kB, but only 5 kB are free"):
        make_backup(full, tmp_path / "all.zip")
    assert list(tmp_path.glob("*.zip*")) == []
