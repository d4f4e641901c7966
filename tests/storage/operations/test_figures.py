"""Counts of jobs, and the age of the oldest that waits."""

import datetime as dt

import pytest

from storage import jobs
from storage.database import Store
from storage.operations import figures, request
from storage.operations.figures import JobCount
from storage.tables import FAILED, Job, now


def test_jobs_are_counted_by_kind_and_status(store: Store) -> None:
    with store.write() as session:
        for kind in ("train", "train", "convert"):
            jobs.add(session, kind, "x", {})
        jobs.add(session, "train", "x", {}).status = FAILED
    with store.read() as session:
        found = sorted(figures.jobs_by_status(session), key=lambda c: (c.kind, c.status))
    assert found == [
        JobCount("convert", "queued", 1),
        JobCount("train", "failed", 1),
        JobCount("train", "queued", 2),
    ]
    assert [count.is_open for count in found] == [True, False, True]


def test_the_oldest_that_waits_tells_how_long(store: Store) -> None:
    with store.write() as session:
        assert figures.oldest_waiting_s(session) == 0.0
        for minutes in (5, 60):
            job = jobs.add(session, "train", "x", {})
            job.created_at = now() - dt.timedelta(minutes=minutes)
        job.status = FAILED
    with store.read() as session:
        assert figures.oldest_waiting_s(session) == pytest.approx(300, abs=30)


def test_a_job_knows_the_request_that_asked_for_it(store: Store) -> None:
    request.begin("req-12345")
    try:
        with store.write() as session:
            job_id = jobs.add(session, "train", "x", {}).id
    finally:
        request.begin("")
    with store.read() as session:
        assert session.get_one(Job, job_id).request_id == "req-12345"
