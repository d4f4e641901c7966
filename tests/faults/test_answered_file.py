"""A large file that is answered while its processes are killed: each row is answered once."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from storage.tables import CANCELLED, SUCCEEDED, Job
from tests.fakes.harness import folder_of, until
from tests.faults.real import PATIENCE_S, Machine, all_events, wait_for_end
from tests.helpers.encoders import SUBJECTS
from tests.helpers.exams import Trained
from tests.helpers.tiny_sorter import add_sorter
from workbench.data import datasets
from workbench.jobs import queue
from workbench.jobs.process.parts import parts_in
from workbench.use.answered import answered_files, asking, written
from workbench.use.answered.answers import answers_of
from workbench.use.answered.asking import Order

ROWS = 20_020


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_sorter(store, tmp_path)


def start(store: Store, trained: Trained) -> int:
    lines = (f"{i},where is my {SUBJECTS[i % 3]} number {i}" for i in range(ROWS))
    content = "id,message\n" + "\n".join(lines) + "\n"
    source = datasets.keep(io.BytesIO(content.encode()), "messages.csv")
    order = Order(trained.project_id, trained.run_id, source, columns={"text": "message"})
    return asking.start(store, order)


def wait_for_parts(job_id: int, more_than: int) -> int:
    """Wait until so many parts are answered; how many there are."""
    folder = folder_of(job_id).path
    until(lambda: len(parts_in(folder)) > more_than, PATIENCE_S)
    return len(parts_in(folder))


def test_every_row_is_answered_once_though_its_processes_are_killed_twice(
    computer: Machine, store: Store, trained: Trained
) -> None:
    job_id = start(store, trained)
    computer.start_worker()
    done = wait_for_parts(job_id, 1)
    computer.kill_trainer(job_id)
    done = wait_for_parts(job_id, done + 1)
    computer.kill_worker()
    computer.kill_trainer(job_id)
    computer.start_worker()
    job = wait_for_end(store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 3)
    counted = [
        (event["attempt"], event["step"])
        for event in all_events(job_id)
        if event["type"] == "progress"
    ]
    begun = dict(reversed(counted))
    assert begun[3] >= begun[2] > begun[1], "each attempt goes on where the last one was"
    answers = answers_of(store, job_id)
    row_ids = pq.read_table(answers.paths[0], columns=["row_id"])["row_id"].to_pylist()
    assert row_ids == list(range(2, ROWS + 2))
    writer = written.start(store, answers)
    assert wait_for_end(store, writer.id).status == SUCCEEDED
    file = written.newest(store, answers)
    assert file is not None
    lines = written.written_by(file, answers).path.read_text("utf-8").splitlines()
    assert len(lines) == ROWS + 1
    assert lines[1].startswith("0,where is my parcel number 0,")
    assert all(line.count(",") == lines[0].count(",") for line in lines)


def test_what_is_answered_is_kept_when_a_paused_file_is_stopped(
    computer: Machine, store: Store, trained: Trained
) -> None:
    job_id = start(store, trained)
    computer.start_worker()
    wait_for_parts(job_id, 1)
    queue.pause_job(store, job_id)
    until(lambda: queue.list_jobs(store, active=True)[0].status == "paused", PATIENCE_S)
    done = parts_in(files.job_folder(job_id))
    queue.cancel_job(store, job_id)
    assert wait_for_end(store, job_id).status == CANCELLED
    (file,) = answered_files.list_files(store, trained.project_id)
    assert (file.of, file.is_whole) == (ROWS, False)
    assert file.rows == answers_of(store, job_id).rows == 20 + 1000 * (len(done) - 1)
    with store.read() as session:
        assert session.get_one(Job, job_id).result is None
