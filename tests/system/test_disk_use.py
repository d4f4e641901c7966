"""Where the space goes: every file is counted once, and only what is not in use may be freed."""

import fcntl
import os
import shutil
import time
from pathlib import Path

import pytest

from storage import cache, files
from storage.database import Store
from storage.tables import BaseModel, Job
from tests.helpers import full_home
from tests.helpers.full_home import DONE, STOPPED, WORKING
from workbench.models import bundled
from workbench.system import disk_use
from workbench.system.disk_use import ASIDE, CACHE, CHECKPOINTS, LEFT, MODELS


@pytest.fixture
def full(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    full_home.fill(store)
    monkeypatch.setattr(bundled, "BUNDLED", {})
    return store


def sizes(store: Store) -> dict[str, int]:
    return {part.key: part.size_bytes for part in disk_use.measure(store).parts}


def freeable(store: Store) -> dict[str, int]:
    return {found.key: found.size_bytes for found in disk_use.measure(store).freeable}


def leave_behind() -> None:
    """A half-written object, an object that no row names, and the folder of a deleted job."""
    home = files.home()
    full_home.write(home / "objects" / ".part-a", "123")
    full_home.write(home / "objects" / "00" / ("0" * 64), "4567")
    full_home.write(home / "jobs" / "99" / "adapter" / "w", "89")
    for path in ("objects/.part-a", f"objects/00/{'0' * 64}", "jobs/99"):
        os.utime(home / path, (time.time() - 200_000,) * 2)


def test_every_file_of_the_home_is_counted_once(full: Store) -> None:
    leave_behind()
    full_home.write(files.home() / "backups" / "b.zip", "a backup")
    use = disk_use.measure(full)
    own = ("schema.lock", "databases.txt")
    there = [p for p in files.home().rglob("*") if p.is_file() and p.name not in own]
    assert use.used_bytes == sum(path.stat().st_size for path in there)
    assert 0 < use.free_bytes < use.disk_bytes


def test_each_part_has_its_own(full: Store) -> None:
    leave_behind()
    found = sizes(full)
    assert found[CHECKPOINTS] == 3 * len('{"step": 50}')
    assert found[MODELS] == 7000 + len('{"layers": 2}')
    assert found[LEFT] == 9
    assert found["data"] == sum(
        path.stat().st_size for path in files.home().glob("objects/??/*") if path.name[0] != "0"
    )


def test_only_checkpoints_of_jobs_that_are_over_can_go(full: Store) -> None:
    assert freeable(full) == {CHECKPOINTS: 12}
    assert disk_use.free(full, CHECKPOINTS) == 12
    there = {path.parts[-3] for path in files.home().glob("jobs/*/checkpoints/*")}
    assert there == {str(WORKING), str(STOPPED)}
    assert disk_use.free(full, CHECKPOINTS) == 0
    assert (files.job_folder(DONE) / "adapter" / "workbench.json").exists()


def test_what_was_left_behind_can_go(full: Store) -> None:
    leave_behind()
    assert freeable(full)[LEFT] == 9
    assert disk_use.free(full, LEFT) == 9
    assert LEFT not in freeable(full)


def a_model(store: Store, location: str) -> Path:
    path = files.home() / "models" / location.replace("/", "--")
    full_home.write(path / "config.json", "12345")
    with store.write() as session:
        facts = {"path": str(path)}
        session.add(
            BaseModel(name=location, source="hub", location=location, kind="causal", facts=facts)
        )
    return path


def test_a_model_that_a_waiting_job_needs_stays(full: Store) -> None:
    path = a_model(full, "ann/other")
    assert freeable(full)[MODELS] == 5
    with full.write() as session:
        session.add(Job(kind="serve", title="t", spec={"base": {"path": str(path)}}))
    assert MODELS not in freeable(full)
    assert disk_use.free(full, MODELS) == 0
    assert path.exists()


def test_a_folder_of_the_users_own_is_never_offered(full: Store, tmp_path: Path) -> None:
    full_home.write(tmp_path / "mine" / "config.json", "12345")
    with full.write() as session:
        for source, where in (("folder", tmp_path / "mine"), ("hub", tmp_path / "mine")):
            session.add(
                BaseModel(
                    name=source,
                    source=source,
                    location=str(where),
                    kind="causal",
                    facts={"path": str(where)},
                )
            )
    assert MODELS not in freeable(full)


def test_what_a_restore_set_aside_can_go(full: Store) -> None:
    aside = files.home().with_name("home.before-restore-2026-01-01")
    shutil.copytree(files.home() / "models", aside / "models")
    assert freeable(full)[ASIDE] == 7013
    assert disk_use.free(full, ASIDE) == 7013
    assert not aside.exists()
    assert (files.home() / "models" / "ann--tiny").exists()


def test_encoded_examples_can_go_but_not_those_in_use(full: Store) -> None:
    for key in ("a" * 64, "b" * 64):
        full_home.write(cache.folder() / key / "train.arrow", "encoded")
        full_home.write(cache.folder() / f"{key}.lock", "")
    assert sizes(full)[CACHE] == 14
    with (cache.folder() / f"{'a' * 64}.lock").open() as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        assert freeable(full)[CACHE] == 7
        assert disk_use.free(full, CACHE) == 7
        assert [path.name[0] for path in cache.folder().iterdir() if path.is_dir()] == ["a"]
    assert disk_use.free(full, CACHE) == 7
    assert CACHE not in freeable(full)


def test_old_encoded_examples_are_counted_once(full: Store) -> None:
    full_home.write(cache.folder() / ("a" * 64) / "train.arrow", "encoded")
    full_home.write(cache.folder() / f"{'a' * 64}.lock", "")
    os.utime(cache.folder() / f"{'a' * 64}.lock", (0, 0))
    found = sizes(full)
    assert (found[CACHE], found[LEFT]) == (0, 7)
