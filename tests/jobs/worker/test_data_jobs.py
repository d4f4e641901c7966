"""Jobs on data as the worker runs them: real processes that read, mend and make changes again."""

import dataclasses
import io
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED
from tests.data.test_replay import EDIT, ROWS, Dataset, said
from tests.fakes.harness import drive_to_end
from tests.fakes.looked import duplicates, looked_through, mails
from tests.fakes.worker import QUICK
from workbench.data import changes, checkups, datasets, replay, versions
from workbench.data.checkup import record
from workbench.data.checkups import Fix
from workbench.data.edits.edit import Edit
from workbench.data.files import large
from workbench.data.readers import ReadOptions
from workbench.jobs import kinds
from workbench.jobs.job import JobView
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.worker import Worker
from workbench.projects import projects

TABLE = "text,category\n" + "".join(f"message number {i},kind {i % 3}\n" for i in range(60))


@pytest.fixture
def worker(store: Store) -> Worker:
    return Worker(store, LocalLauncher(), QUICK)


def test_a_large_file_is_read_beside_a_training(store: Store, worker: Worker) -> None:
    project_id = projects.create_project(store, "Mails")
    source = datasets.keep(io.BytesIO(TABLE.encode()), "mails.csv")
    reading = large.read(store, project_id, source, ReadOptions())
    assert drive_to_end(worker, store, reading.id).status == SUCCEEDED
    assert large.table(store, project_id, source, ReadOptions()).rows == 60
    assert "torch" not in JobDir(files.job_folder(reading.id)).log.read_text()
    assert {"convert", "prepare", "export"} <= set(kinds.LANES["data"])


def test_a_large_dataset_is_mended_by_a_job(
    store: Store, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = mails(store, tmp_path)
    monkeypatch.setattr(checkups, "HERE_ROWS", 10)
    job = looked_through(store, version, duplicates())
    finding = checkups.read(store, job.id).findings[0]
    made = checkups.apply(store, Fix(version.id, job.id, finding, record.REMOVE))
    assert isinstance(made, JobView)
    assert changes.running_change(store, version) is not None
    assert drive_to_end(worker, store, made.id).status == SUCCEEDED
    newest = changes.history(store, version)[0]
    assert (newest.number, newest.rows) == (2, 58)
    assert newest.change is not None
    assert newest.change["of"] == 1
    assert not versions.rows_by_id(newest, [5]).num_rows
    assert changes.running_change(store, version) is None


def test_a_large_dataset_has_its_changes_made_again_by_a_job(
    store: Store, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Dataset(store, tmp_path)
    first = dataset.imported([*ROWS, "where is it,"])
    sorted_ = {"row_id": "62", "split": "train", "text": "where is it", "label": "delivery"}
    edit = dataclasses.replace(EDIT, add=(sorted_,))
    changes.apply_edit_here(store, first.id, edit, "edit", "Some changes")
    longer = dataset.imported(["where is it,", "a new one,refund", *ROWS])
    found = replay.find_earlier(dataset.before(longer), longer.task)
    assert found is not None
    monkeypatch.setattr(replay, "HERE_ROWS", 10)
    assert found.is_large

    job = replay.replay_changes(store, longer.id, found)

    assert isinstance(job, JobView)
    assert drive_to_end(worker, store, job.id).status == SUCCEEDED
    made = replay.replay_of(store, longer)
    assert made is not None
    assert made.change is not None
    assert (made.number, made.rows, made.change["rows"]) == (4, 61, 4)
    assert said(made)[5] == ("how much is it", "refund")
    assert said(made)[2] == ("where is it", "delivery")


def test_a_job_that_finds_nothing_to_change_makes_no_version(
    store: Store, worker: Worker, tmp_path: Path
) -> None:
    dataset = Dataset(store, tmp_path)
    first = dataset.imported(ROWS)
    changes.apply_edit_here(store, first.id, Edit(frozenset({5})), "edit", "Some changes")
    without = dataset.imported([*ROWS[:3], *ROWS[4:]])
    found = replay.find_earlier(dataset.before(without), without.task)
    assert found is not None

    job = replay.replay_changes(store, without.id, found)

    assert isinstance(job, JobView)
    assert drive_to_end(worker, store, job.id).status == SUCCEEDED
    assert changes.history(store, without)[0] == without
