"""Restoring: all is there again, wherever that is; what cannot be restored changes nothing."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from storage import files, schema
from storage.database import Store
from storage.schema import open_store
from storage.tables import FAILED, PAUSED, QUEUED, SUCCEEDED, BaseModel, Job, Project, Run
from tests.helpers import full_home
from tests.helpers.full_home import DONE, LOST, SERVING, STOPPED, WAITING, WORKING
from workbench.core.errors import WorkbenchError
from workbench.models import bundled
from workbench.system.backup import restore
from workbench.system.backup.backup import make_backup
from workbench.system.backup.restore import restore_backup

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def before(saved: Path, store: Store) -> Rows:
    """All rows of the backup, as they were in its database."""
    return full_home.all_rows(store)


@pytest.fixture
def elsewhere(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another home on another computer: the old one is gone."""
    shutil.rmtree(files.home())
    home = tmp_path / "another place" / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    return home


def moved(value: Any, old: Path, new: Path) -> Any:
    return json.loads(json.dumps(value).replace(f'"{old}', f'"{new}'))


def steady(rows: Rows) -> Rows:
    """The rows without what a restore is to change: open jobs and their attempts."""
    jobs = [row for row in rows["jobs"] if row["id"] == DONE]
    return {**rows, "jobs": jobs, "job_attempts": []}


def test_a_backup_lets_nothing_be_sent_to_the_hub(store: Store, tmp_path: Path) -> None:
    """Whoever made it, and whatever was to be sent when it was made."""
    spec = {"kind": "push", "hub_id": "somebody/else", "is_public": True, "title": "x", "rows": 1}
    with store.write() as session:
        for status in (QUEUED, PAUSED):
            session.add(Job(kind="push", title="Push", spec=spec, status=status, position=0))
    restored = restore_backup(make_backup(store, tmp_path / "all.zip").path, replace=True)
    assert restored.waiting == 0
    with open_store().read() as session:
        assert {job.status for job in session.query(Job)} == {FAILED}
        assert {"start it again if you want that" in job.reason for job in session.query(Job)} == {
            True
        }


@pytest.mark.sqlite
def test_every_row_and_file_is_there_again_with_paths_that_fit(
    before: Rows, home: Path, elsewhere: Path, saved: Path
) -> None:
    done = restore_backup(saved)
    assert (done.aside, done.waiting) == (None, 2)
    restored = open_store()
    after = full_home.all_rows(restored)
    assert steady(after) == steady(moved(before, home, elsewhere))
    with restored.read() as session:
        adapter = Path((session.get_one(Run, 1).result or {})["adapter"])
        model = Path(session.get_one(BaseModel, 1).facts["path"])
    restored.close()
    assert adapter == elsewhere / "jobs" / str(DONE) / "adapter"
    assert (adapter / "adapter_model.safetensors").read_text() == "adapter"
    assert json.loads((adapter / "workbench.json").read_text())["base"]["path"] == str(model)
    assert json.loads((adapter.parent / "spec.json").read_text())["base"]["path"] == str(model)
    assert (model / "model.safetensors").stat().st_size == 7000
    assert not [p for p in elsewhere.parent.iterdir() if p != elsewhere]
    assert {p.name for p in elsewhere.iterdir()} >= {"workbench.db", "objects", "jobs", "models"}
    assert not (elsewhere / "rows").exists()
    assert not list(elsewhere.glob("*.bak"))


@pytest.mark.sqlite
def test_jobs_that_were_at_work_go_on_or_say_why_not(elsewhere: Path, saved: Path) -> None:
    restore_backup(saved)
    restored = open_store()
    assert full_home.job_states(restored) == {
        DONE: SUCCEEDED,
        WORKING: QUEUED,
        STOPPED: PAUSED,
        WAITING: QUEUED,
        SERVING: FAILED,
        LOST: FAILED,
    }
    with restored.read() as session:
        lost, working = session.get_one(Job, LOST), session.get_one(Job, WORKING)
    restored.close()
    assert f"{elsewhere / 'objects' / 'ff'}" in lost.reason
    assert lost.finished_at is not None
    assert "restored from a backup" in working.reason
    assert (elsewhere / "jobs" / str(WORKING) / "checkpoints" / "checkpoint-50").is_dir()


@pytest.mark.sqlite
def test_what_was_here_moves_aside_and_backups_stay(store: Store, home: Path, saved: Path) -> None:
    with store.write() as session:
        session.add(Project(name="Made after the backup"))
    store.close()
    (home / "backups").mkdir()
    kept = shutil.move(saved, home / "backups" / "all.zip")
    done = restore_backup(kept)
    assert done.aside is not None
    assert done.aside.parent == home.parent
    assert done.aside.name.startswith("home.before-restore-")
    restored, former = open_store(), Store(f"sqlite:///{done.aside / 'workbench.db'}")
    assert full_home.count(restored, Project) == 1
    assert full_home.count(former, Project) == 2
    restored.close()
    former.close()
    assert kept.exists()
    assert (done.aside / "jobs" / str(DONE) / "checkpoints").exists()


@pytest.mark.sqlite
def test_a_home_that_is_a_disk_of_its_own_keeps_what_was_inside(
    store: Store, home: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr(restore, "_beside", files.home)
    first, second = restore_backup(saved), restore_backup(saved)
    assert first.aside is not None
    assert second.aside is not None
    assert {first.aside.parent, second.aside.parent} == {home}
    assert first.aside != second.aside
    assert (first.aside / "workbench.db").exists()
    assert (second.aside / "workbench.db").exists()
    restored = open_store()
    assert full_home.count(restored, Project) == 1
    restored.close()
    assert not [path for path in home.iterdir() if ".restoring-" in path.name]


@pytest.mark.sqlite
def test_the_install_may_lie_elsewhere(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(bundled.BUNDLED))
    old = str(bundled.bundled_path(name))
    with store.write() as session:
        session.add(Job(kind="train", title="t", spec={"base": {"path": old}}))
    saved = make_backup(store, tmp_path / "all.zip").path
    store.close()
    monkeypatch.setattr(bundled, "bundled_path", lambda name: Path("/opt/other") / name)
    restore_backup(saved)
    restored = open_store()
    with restored.read() as session:
        assert session.get_one(Job, 1).spec == {"base": {"path": f"/opt/other/{name}"}}
    restored.close()


@pytest.mark.sqlite
def test_an_older_backup_is_brought_up_to_date(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(parents=True)
    url = f"sqlite:///{home / 'workbench.db'}"
    schema.upgrade(url, "0001")
    old = Store(url)
    with old.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO projects (id, name, description, is_sample, created_at, drafts) "
            "VALUES (7, 'Old', '', 0, '2025-01-01 00:00:00', '{}')"
        )
    with monkeypatch.context() as patch:
        patch.setattr(schema, "newest", lambda: "0001")
        patch.setattr("workbench.system.backup.backup.leftovers.referenced", lambda _: set())
        patch.setattr("workbench.system.backup.backup.note", lambda *_: None)
        patch.setattr("workbench.system.backup.backup.jobs.listing", lambda _: [])
        patch.setattr("workbench.system.backup.backup._models", lambda _: [])
        patch.setattr("workbench.system.backup.backup.lines.are_on", lambda _: False)
        saved = make_backup(old, tmp_path / "old.zip").path
    old.close()
    restore_backup(saved)
    restored = open_store()
    with restored.read() as session:
        assert session.get_one(Project, 7).name == "Old"
        assert session.query(Job).all() == []
    restored.close()


def test_sqlite_comes_back_in_postgresql_and_the_other_way_round(
    home: Path,
    migrated: Path,
    postgresql_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home.mkdir(parents=True)
    shutil.copyfile(migrated, home / "workbench.db")
    first = open_store()
    full_home.fill(first)
    before = full_home.all_rows(first)
    saved = make_backup(first, tmp_path / "first.zip").path
    first.close()

    monkeypatch.setenv("WORKBENCH_DATABASE_URL", postgresql_url)
    restore_backup(saved)
    second = open_store()
    assert second.engine.dialect.name == "postgresql"
    assert steady(full_home.all_rows(second)) == steady(before)
    with second.write() as session:
        session.add(Project(name="The next number is free"))
    with pytest.raises(WorkbenchError, match="--replace"):
        restore_backup(saved)
    assert full_home.count(second, Project) == 2
    restore_backup(saved, replace=True)
    assert steady(full_home.all_rows(second)) == steady(before)
    again = make_backup(second, tmp_path / "second.zip").path
    second.close()

    monkeypatch.delenv("WORKBENCH_DATABASE_URL")
    restore_backup(again)
    third = open_store()
    assert steady(full_home.all_rows(third)) == steady(before)
    third.close()
