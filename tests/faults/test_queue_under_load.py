"""Many hands at once: claims, read-modify-writes, a flood of events, and pages that look on."""

import pytest
import sqlalchemy as sa

from storage import runs
from storage.database import Store
from storage.tables import Job, Metric
from tests.fakes.harness import folder_of, job_of
from tests.faults.load import (
    POINT_EVERY,
    claim_all,
    count_up,
    running_job,
    watch,
    write_flood,
)
from workbench.jobs.ingest_events import ingest_all

EVENTS = 1_000_000
SESSIONS, POLL_S, FOR_S = 20, 2.0, 6.0


def test_every_job_is_claimed_once(store: Store) -> None:
    claimed = claim_all(store, 4, 1_000)
    assert len(claimed) == len(set(claimed)) == 1_000


def test_no_read_modify_write_is_lost(store: Store) -> None:
    assert count_up(store, 3, 300) == 900


@pytest.fixture
def running(store: Store) -> int:
    return running_job(store)


def points(store: Store, job_id: int) -> list[int]:
    with store.read() as session:
        query = sa.select(Metric.step).where(Metric.run_id == job_of(store, job_id).run_id)
        return list(session.scalars(query.order_by(Metric.step)))


@pytest.mark.release
def test_a_million_events_are_taken_in_once(store: Store, running: int) -> None:
    write_flood(running, EVENTS)
    ingest_all(store, running, folder_of(running))
    wanted = list(range(0, EVENTS, POINT_EVERY))
    assert points(store, running) == wanted
    with store.write() as session:  # as if the last commit had never been seen: all is read again
        job = session.get_one(Job, running)
        job.event_segment, job.event_offset = 1, 0
    ingest_all(store, running, folder_of(running))
    assert points(store, running) == wanted
    with store.read() as session:
        drawn = runs.curve(session, job_of(store, running).run_id or 0, "train", 500)
    assert len(drawn) <= 500
    assert (drawn[0].step, drawn[-1].step) == (0, wanted[-1])


def test_pages_look_on_while_a_run_writes(store: Store, running: int) -> None:
    seen = watch(store, running, sessions=SESSIONS, poll_s=POLL_S, points_per_s=10, for_s=FOR_S)
    assert seen.failed == []
    assert points(store, running) == list(range(1, seen.written + 1))
    assert len(seen.reads_s) >= SESSIONS * (FOR_S / POLL_S - 1)
