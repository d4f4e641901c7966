"""Office hours: a training that runs is paused at their start and goes on after them by itself."""

import datetime as dt

import pytest

from storage.acting import Acting
from storage.database import Store
from storage.operating import settings
from storage.tables import PAUSED, QUEUED, SUCCEEDED
from tests.fakes.harness import (
    add_job,
    drive,
    drive_to_end,
    folder_of,
    goes_on,
    job_of,
    learned_job,
    starts_of,
    status_of,
)
from workbench.core.errors import WorkbenchError
from workbench.core.hours.office_hours import OfficeHours
from workbench.jobs import office
from workbench.jobs.queue import pause_job, resume_job
from workbench.jobs.worker import Worker

NIGHT, DAY = dt.datetime(2026, 3, 2, 7).astimezone(), dt.datetime(2026, 3, 2, 9).astimezone()
USUAL = OfficeHours(dt.time(8), dt.time(18))


class Clock:
    """The time that the worker takes it to be."""

    def __init__(self) -> None:
        self.at = NIGHT

    def __call__(self) -> dt.datetime:
        return self.at.astimezone(dt.UTC)


@pytest.fixture
def clock(worker: Worker, store: Store) -> Clock:
    office.change(store, USUAL)
    worker._now = clock = Clock()
    return clock


def test_a_training_stands_still_and_goes_on_without_using_up_its_tries(
    store: Store, worker: Worker, clock: Clock
) -> None:
    job_id = learned_job(worker, store)
    clock.at = DAY
    drive(worker, lambda: status_of(store, job_id) == QUEUED)
    job = job_of(store, job_id)
    assert (job.retries, job.pause_requested_at) == (0, None)
    assert "training goes on from step 3" in job.reason
    assert not folder_of(job_id).is_locked()
    for _ in range(5):
        worker.step()
    assert len(starts_of(job_id)) == 1
    clock.at = NIGHT + dt.timedelta(days=1)
    goes_on(worker, store, job_id)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]


def test_what_the_user_paused_stays_paused_after_them(
    store: Store, worker: Worker, clock: Clock
) -> None:
    job_id = learned_job(worker, store)
    pause_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    clock.at = DAY
    worker.step()
    clock.at = NIGHT + dt.timedelta(days=1)
    for _ in range(5):
        worker.step()
    assert status_of(store, job_id) == PAUSED
    clock.at = DAY
    resume_job(store, job_id)
    for _ in range(5):
        worker.step()
    assert status_of(store, job_id) == QUEUED


def test_other_jobs_run_in_them(store: Store, worker: Worker, clock: Clock) -> None:
    clock.at = DAY
    training = add_job(store)
    other = add_job(store, kind="evaluate")
    drive_to_end(worker, store, other)
    assert status_of(store, training) == QUEUED


def test_a_setting_that_cannot_be_read_holds_nothing(
    store: Store, worker: Worker, clock: Clock
) -> None:
    with store.write() as session:
        settings.put(session, office.NAME, {"begins": "soon"})
    clock.at = DAY
    job_id = add_job(store)
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED


def test_only_an_administrator_changes_them(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="Only an administrator"):
        office.change(store.acting_as(Acting(2, "Jo")), USUAL)
    office.change(store.acting_as(Acting(1, "Root", administrator=True)), USUAL)
    assert office.hours(store) == USUAL
    assert office.held_until(store, DAY) == dt.datetime(2026, 3, 2, 18).astimezone()
    office.change(store, None)
    assert office.held_until(store, DAY) is None
