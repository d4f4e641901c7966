"""One project in a file, brought into another installation: all of it, under other numbers, and no more."""

import fcntl
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import files, rows, sweep
from storage.database import Store
from storage.moving import project_rows
from storage.tables import (
    CANCELLED,
    SUCCEEDED,
    TERMINAL,
    BaseModel,
    BlindTest,
    DatasetVersion,
    Job,
    Membership,
    Message,
    Metric,
    Person,
    Project,
    Release,
    Run,
    Watch,
    WatchedFile,
)
from tests.helpers import full_home
from tests.helpers.full_home import DONE, WORKING, write
from tests.helpers.two_installations import SECRET
from workbench.core.errors import WorkbenchError
from workbench.models import bundled
from workbench.system.backup import archive, project_restore
from workbench.system.backup.backup import make_backup
from workbench.system.backup.project_backup import save_project
from workbench.system.backup.project_restore import Arrived, restore_project
from workbench.system.backup.restore import restore_backup


def _text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.namelist()) + "".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )


def _counts(store: Store) -> dict[str, int]:
    return {name: len(found) for name, found in full_home.all_rows(store).items()}


def test_nothing_of_another_project_and_nobody_is_in_the_file(file: Path) -> None:
    text = _text(file)
    assert SECRET not in text
    assert "x" * 5000 in text  # a message of its own
    with zipfile.ZipFile(file) as archive:
        inside = archive.namelist()
    assert f"jobs/{DONE}/adapter/adapter_model.safetensors" in inside
    assert not [name for name in inside if "/checkpoints/" in name or name.startswith("models/")]
    assert not {"rows/persons.jsonl", "rows/api_keys.jsonl", "rows/memberships.jsonl"} & {*inside}


def test_every_table_is_moved_or_stays_for_a_reason(store: Store) -> None:
    with store.read() as session:
        names = {table.name for table in rows.tables(session.connection())}
    assert names == {*project_rows.MOVED, *project_rows.STAYS}


def test_a_project_is_there_again_under_other_numbers(file: Path, there: Store) -> None:
    before = _counts(there)
    arrived = restore_project(there, file)
    assert arrived.name == "Mails"
    assert arrived.project_id == 4
    after = _counts(there)
    for name, count in arrived.counts.items():
        known = len(bundled.BUNDLED) if name == "base_models" else 0
        assert after[name] == before[name] + count + known, name
    with there.read() as session:
        run = session.scalars(sa.select(Run).where(Run.project_id == 4).order_by(Run.id)).first()
        assert run is not None
        job = session.scalars(sa.select(Job).where(Job.run_id == run.id)).one()
        assert job.id > 3
        assert job.person_id is None
        folder = files.job_folder(job.id)
        assert (run.result or {})["adapter"] == str(folder / "adapter")
        assert (folder / "adapter" / "adapter_model.safetensors").read_text() == "adapter"
        assert job.spec["run_id"] == run.id
        assert Path(job.spec["data"]).read_text() == "text,label\na,b\n"
        former = int(Path(job.spec["former"]).name)
        assert session.get_one(Job, former).title == f"job {WORKING}"
        project = session.get_one(Project, 4)
        version = session.scalars(sa.select(DatasetVersion)).one()
        assert project.drafts["train"] == {"version_id": version.id, "start_run_id": run.id}
        assert files.object_path(project.drafts["data"]["upload"]).read_text() == "draft"
        assert version.report == {"labels": {"run_id": 1}}  # a category of that name
        releases = session.scalars(sa.select(Release).order_by(Release.id)).all()
        assert releases[1].back_to == releases[0].id
        assert releases[1].gate == {"run_id": run.id, "live_run_id": None}
        answer = session.scalars(sa.select(Message).where(Message.role == "assistant")).one()
        assert (answer.model, answer.details["run_id"]) == (f"run-{run.id}", run.id)
        assert answer.details["model"] == f"run-{run.id}"
        assert session.scalars(sa.select(WatchedFile.job_id)).one() == job.id
        assert not session.scalars(sa.select(Watch)).one().is_on
        assert session.scalars(sa.select(Metric).where(Metric.run_id == run.id)).first()


def test_what_was_open_is_over_here(file: Path, there: Store) -> None:
    restore_project(there, file)
    with there.read() as session:
        mine = session.scalars(sa.select(Job).where(Job.project_id == 4)).all()
        assert {job.status for job in mine} <= {*TERMINAL}
        assert sum(job.status == CANCELLED for job in mine) == 5
        test = session.scalars(sa.select(BlindTest)).one()
        assert (test.state, test.token_hash == "digest") == ("ended", False)


def test_a_base_model_that_is_missing_is_named_and_one_that_is_here_found(
    file: Path, there: Store
) -> None:
    missing = restore_project(there, file)
    (note,) = missing.notes
    assert "'tiny'" in note
    assert "download ann/tiny on the Model page" in note
    here = files.home() / "models" / "mine"
    write(here / "config.json", {"layers": 2})
    with there.write() as session:
        model = session.scalars(sa.select(BaseModel).where(BaseModel.name == "tiny")).one()
        model.facts = {**model.facts, "path": str(here)}
    found = restore_project(there, file, name="Mails again")
    assert found.notes == ()
    with there.read() as session:
        run = session.scalars(sa.select(Run).where(Run.project_id == found.project_id)).first()
        job = session.scalars(sa.select(Job).where(Job.project_id == found.project_id)).first()
        assert run is not None
        assert job is not None
        assert session.get_one(BaseModel, run.base_model_id).name == "tiny"
        assert job.spec["base"]["path"] == str(here)


def test_a_name_that_is_taken_is_asked_for(file: Path, there: Store) -> None:
    restore_project(there, file)
    before = _counts(there)
    with pytest.raises(WorkbenchError, match="There is a project 'Mails' here already"):
        restore_project(there, file)
    assert _counts(there) == before
    assert restore_project(there, file, name="Other mails").name == "Other mails"


@pytest.mark.parametrize("fails_in", ["insert", "files", "cancelled"])
def test_whatever_breaks_it_off_nothing_is_half_there(
    file: Path, there: Store, monkeypatch: pytest.MonkeyPatch, fails_in: str
) -> None:
    before = _counts(there)
    if fails_in == "insert":
        monkeypatch.setattr(project_restore.acting, "of", _breaks)
    elif fails_in == "files":
        monkeypatch.setattr(project_restore, "_place_files", _half_way)
    stop = (lambda: True) if fails_in == "cancelled" else None
    with pytest.raises((RuntimeError, archive.Stopped)):
        restore_project(there, file, is_stopped=stop)
    after = _counts(there) | {"base_models": 0}
    assert after == before | {"base_models": 0}
    home = files.home()
    assert not list(home.glob(".bringing-*"))
    assert not list((home / "jobs").glob("*"))
    monkeypatch.undo()


def _breaks(*_: Any) -> None:
    raise RuntimeError


def _half_way(staging: Path, jobs: dict[int, int], _given: Any, placed: list[Path]) -> None:
    target = files.job_folder(next(iter(jobs.values())))
    target.mkdir(parents=True)
    placed.append(target)
    raise RuntimeError


def test_numbers_of_one_that_was_killed_are_given_to_no_other_job(there: Store) -> None:
    taken = project_rows.reserve_job_ids(there, 3)
    assert taken == [4, 5, 6]
    with there.write() as session:
        job = Job(kind="predict", title="new", spec={}, status=SUCCEEDED)
        session.add(job)
        session.flush()
        assert job.id == 7


def test_a_project_is_no_backup_and_a_backup_no_project(
    file: Path, there: Store, tmp_path: Path
) -> None:
    everything = make_backup(there, tmp_path / "all.zip").path
    with pytest.raises(WorkbenchError, match="holds one project, not everything"):
        restore_backup(file)
    with pytest.raises(WorkbenchError, match="a backup of everything, not of one project"):
        restore_project(there, everything)


def test_examples_that_were_lost_before_are_named(store: Store, tmp_path: Path) -> None:
    full_home.fill(store)
    for path in files.home().glob("objects/??/*"):
        path.unlink()
    file = save_project(store, 1, tmp_path / "mails.zip").path
    arrived = restore_project(store, file, name="Twin")
    assert "version 1 of 'Replies'" in " ".join(arrived.notes)
    assert "1 exam were not in the file" in " ".join(arrived.notes)


def test_a_project_moves_into_the_database_that_is_used(store: Store, tmp_path: Path) -> None:
    """On PostgreSQL, too, whose numbers go on behind it."""
    full_home.fill(store)
    file = save_project(store, 1, tmp_path / "mails.zip").path
    first: Arrived = restore_project(store, file, name="Twin")
    with store.write() as session:
        job = Job(kind="predict", title="next", spec={}, status=SUCCEEDED)
        session.add(job)
        session.flush()
        taken = session.scalars(sa.select(Job.id).where(Job.project_id == first.project_id)).all()
        assert job.id == max(taken) + 1
        run = session.scalars(sa.select(Run).where(Run.project_id == first.project_id)).first()
        assert run is not None
        assert Path((run.result or {})["adapter"]).is_dir()


def test_who_brings_a_project_owns_it(file: Path, there: Store) -> None:
    from storage.acting import Acting

    with there.write() as session:
        session.add(Person(email="ann@example.org", name="Ann"))
    somebody = there.acting_as(Acting(1, "Ann", administrator=True))
    arrived = restore_project(somebody, file)
    with there.read() as session:
        found = session.scalars(sa.select(Membership)).one()
        assert (found.project_id, found.person_id) == (arrived.project_id, 1)
        assert found.role == "owner"


def test_an_unfinished_file_is_refused(file: Path, there: Store) -> None:
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(WorkbenchError, match="no whole backup"):
        restore_project(there, file)


def test_what_a_killed_one_unpacked_is_swept_away(there: Store) -> None:
    left = files.home() / ".bringing-left"
    write(left / "lock", "")
    assert not [found for found in _swept(there) if found == left]  # somebody may have just begun
    os.utime(left, (0, 0))
    assert left in _swept(there)
    with (left / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert left not in _swept(there)


def _swept(store: Store) -> list[Path]:
    with store.read() as session:
        return [found.path for found in sweep.find(session)]
