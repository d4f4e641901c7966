"""The queue: its order, its claim, and who may change what."""

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import (
    ACTIVE,
    CANCELLED,
    CANCELLING,
    FAILED,
    OPEN,
    QUEUED,
    RUNNING,
    STARTING,
    SUCCEEDED,
    TERMINAL,
    Job,
)


def add(store: Store, kind: str = "train", after_job_id: int | None = None) -> int:
    with store.write() as session:
        return jobs.add(session, kind, "a job", {}, after_job_id=after_job_id).id


def claim(store: Store, *kinds: str) -> Job | None:
    with store.write() as session:
        return jobs.claim(session, kinds or ("train",))


def claimed(store: Store, *kinds: str) -> Job:
    job = claim(store, *kinds)
    assert job is not None
    return job


def test_jobs_are_claimed_in_the_order_they_came(store: Store) -> None:
    ids = [add(store) for _ in range(3)]
    assert [claimed(store).id for _ in ids] == ids
    assert claim(store) is None


def test_a_claim_takes_only_the_kinds_it_names(store: Store) -> None:
    add(store, "serve")
    wanted = add(store, "evaluate")
    assert claimed(store, "train", "evaluate").id == wanted


def test_a_job_can_be_queued_right_behind_another(store: Store) -> None:
    first, last = add(store), add(store)
    between = add(store, after_job_id=first)
    assert [claimed(store).id for _ in range(3)] == [first, between, last]


def test_behind_a_job_that_is_over_means_at_the_end(store: Store) -> None:
    over = add(store)
    job = claimed(store)
    with store.write() as session:
        jobs.change(session, over, job.attempt, ACTIVE, status=SUCCEEDED)
    waiting = add(store)
    added = add(store, after_job_id=over)
    assert [claimed(store).id for _ in range(2)] == [waiting, added]


def test_a_job_that_is_tried_again_keeps_its_place(store: Store) -> None:
    first = add(store)
    add(store)
    job = claimed(store)
    with store.write() as session:
        jobs.change(session, first, job.attempt, ACTIVE, status=QUEUED)
    again = claimed(store)
    assert (again.id, again.attempt) == (first, 2)


def test_a_claim_begins_an_attempt(store: Store) -> None:
    add(store)
    job = claimed(store)
    with store.read() as session:
        tries = jobs.attempts(session, job.id)
    assert (job.status, job.attempt) == (STARTING, 1)
    assert job.started_at is not None
    assert [(row.attempt, row.launcher, row.ended_at) for row in tries] == [(1, "local", None)]


@pytest.mark.parametrize("over", TERMINAL)
def test_a_terminal_state_never_changes(store: Store, over: str) -> None:
    job_id = add(store)
    job = claimed(store)
    with store.write() as session:
        assert jobs.change(session, job_id, job.attempt, ACTIVE, status=over)
        jobs.request_cancel(session, job_id)
        assert not jobs.change(session, job_id, job.attempt, (*ACTIVE, *TERMINAL), status=RUNNING)
        after = jobs.get(session, job_id)
    assert after is not None
    assert (after.status, after.cancel_requested_at) == (over, None)


def test_jobs_of_a_kind_are_listed_the_newest_first(store: Store) -> None:
    first, _, third = add(store, "import"), add(store, "train"), add(store, "import")
    with store.read() as session:
        assert [job.id for job in jobs.of_kind(session, "import")] == [third, first]


@pytest.mark.parametrize(("learns", "status"), [(True, QUEUED), (False, CANCELLED)])
def test_what_has_learned_something_is_kept_by_a_cancel(
    store: Store, learns: bool, status: str
) -> None:
    job_id = add(store)
    job = claimed(store)
    with store.write() as session:
        jobs.change(session, job_id, job.attempt, ACTIVE, status=QUEUED)
        jobs.request_cancel(session, job_id, learns=learns)
    with store.read() as session:
        after = session.get_one(Job, job_id)
    assert (after.status, after.cancel_requested_at is not None) == (status, learns)


def test_who_holds_a_former_attempt_changes_nothing(store: Store) -> None:
    job_id = add(store)
    former = claimed(store)
    with store.write() as session:
        jobs.change(session, job_id, former.attempt, ACTIVE, status=QUEUED)
    claimed(store)
    with store.write() as session:
        assert not jobs.change(session, job_id, former.attempt, ACTIVE, status=FAILED)


def test_a_change_names_the_states_it_expects(store: Store) -> None:
    job_id = add(store)
    job = claimed(store)
    with store.write() as session:
        assert not jobs.change(session, job_id, job.attempt, (RUNNING,), status=CANCELLING)
        assert jobs.change(session, job_id, job.attempt, (STARTING,), status=RUNNING)


def test_cancel_ends_a_queued_job_and_asks_a_running_one(store: Store) -> None:
    running, queued = add(store), add(store)
    claimed(store)
    with store.write() as session:
        for job_id in (running, queued):
            jobs.request_cancel(session, job_id)
    with store.read() as session:
        first, second = session.get_one(Job, running), session.get_one(Job, queued)
    assert first.status == STARTING
    assert first.cancel_requested_at is not None
    assert (second.status, second.reason) == (CANCELLED, "Cancelled before it started.")
    assert second.finished_at is not None


def test_how_many_are_ahead_counts_the_lane(store: Store) -> None:
    ids = [add(store) for _ in range(3)]
    add(store, "serve")
    claimed(store)
    with store.read() as session:
        ahead = [jobs.ahead_of(session, session.get_one(Job, i), ("train",)) for i in ids[1:]]
    assert ahead == [1, 2]


def test_the_open_jobs_are_listed_as_they_will_run(store: Store) -> None:
    first, last = add(store), add(store)
    between = add(store, after_job_id=first)
    with store.read() as session:
        assert [job.id for job in jobs.listing(session, OPEN)] == [first, between, last]
        assert [job.id for job in jobs.listing(session)] == [first, last, between]


def test_the_number_of_a_deleted_job_is_not_given_to_another(store: Store) -> None:
    last = add(store)
    with store.write() as session:
        session.delete(session.get_one(Job, last))
    assert add(store) > last
