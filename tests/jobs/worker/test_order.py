"""The order of the queue: moved by the user, and what cannot be moved."""

import pytest

from storage.database import Store
from storage.tables import CANCELLED, SUCCEEDED
from tests.fakes.harness import add_job, drive, goes_on, job_of, learned_job, status_of
from workbench.core.errors import WorkbenchError
from workbench.jobs.queue import cancel_job, move_job, pause_job, shift_job
from workbench.jobs.worker import Worker


def order(store: Store, worker: Worker, job_ids: list[int]) -> list[int]:
    """Those jobs in the order in which they ran."""
    drive(worker, lambda: all(status_of(store, job_id) == SUCCEEDED for job_id in job_ids))
    return sorted(job_ids, key=lambda job_id: job_of(store, job_id).started_at or 0)


def test_a_job_can_be_moved_before_all_others_or_behind_one(store: Store, worker: Worker) -> None:
    first, second, third, fourth = (add_job(store) for _ in range(4))
    move_job(store, third)
    move_job(store, first, after_job_id=fourth)
    assert order(store, worker, [first, second, third, fourth]) == [third, second, fourth, first]


def test_a_job_can_be_moved_place_by_place_within_its_lane(store: Store, worker: Worker) -> None:
    first, second = add_job(store), add_job(store)
    server, third = add_job(store, "serve"), add_job(store)
    shift_job(store, third, -1)
    shift_job(store, first, 1)
    shift_job(store, first, -1)
    shift_job(store, first, -1)  # it is the first: nothing happens
    assert order(store, worker, [first, second, third]) == [first, third, second]
    cancel_job(store, server)
    drive(worker, lambda: status_of(store, server) == CANCELLED)


def test_what_runs_or_is_over_cannot_be_moved(store: Store, worker: Worker) -> None:
    running, waiting = learned_job(worker, store), add_job(store)
    with pytest.raises(WorkbenchError, match="does not wait any more"):
        move_job(store, running)
    with pytest.raises(WorkbenchError, match="choose one that waits or runs"):
        move_job(store, waiting, after_job_id=waiting)
    pause_job(store, waiting)
    goes_on(worker, store, running)
    with pytest.raises(WorkbenchError, match="choose one that waits or runs"):
        move_job(store, waiting, after_job_id=running)
