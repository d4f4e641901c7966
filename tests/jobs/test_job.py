"""Jobs as pages and command line see them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import jobs as rows
from storage.database import Store
from storage.tables import CANCELLED, RUNNING, STARTING, SUCCEEDED, Job, now
from tests.fakes.harness import add_job
from workbench.core.errors import WorkbenchError
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import ConvertSpec, ImportSpec


def claim(store: Store) -> None:
    with store.write() as session:
        assert rows.claim(session, ("train",)) is not None


def change(store: Store, job_id: int, **values: object) -> None:
    with store.write() as session:
        assert rows.change(session, job_id, 1, (STARTING, RUNNING), **values)


def test_a_queued_job_says_how_many_are_before_it(store: Store) -> None:
    ids = [add_job(store) for _ in range(3)]
    claim(store)
    views = queue.list_jobs(store, active=True)
    assert [(view.id, view.ahead) for view in views] == [(ids[0], 0), (ids[1], 1), (ids[2], 2)]
    assert [view.is_active for view in views] == [True, False, False]


@pytest.mark.parametrize(("place", "works"), [(HERE, True), (CLUSTER, False)])
def test_one_that_was_given_to_the_cluster_waits_until_its_process_has_begun(
    store: Store, place: str, works: bool
) -> None:
    job_id = add_job(store)
    view = jobs.get_job(store, job_id)
    assert (view.is_waiting, view.is_working) == (True, False)
    claim(store)
    change(store, job_id, place=place)
    view = jobs.get_job(store, job_id)
    assert (view.is_waiting, view.is_working) == (not works, works)
    change(store, job_id, status=RUNNING)
    view = jobs.get_job(store, job_id)
    assert (view.is_waiting, view.is_working) == (False, True)


def test_a_new_job_can_go_right_behind_another(store: Store) -> None:
    first, second = add_job(store), add_job(store)
    with store.write() as session:
        spec = ImportSpec(hub_id="a/b", target=Path("/models/a--b"))
        between = queue.enqueue(session, "t", spec, after_job_id=first)
    assert [view.id for view in queue.list_jobs(store, active=True)] == [first, between, second]
    assert [view.id for view in queue.list_jobs(store)] == [first, second, between]


def test_jobs_that_are_over_are_not_active(store: Store) -> None:
    job_id = add_job(store)
    assert queue.cancel_job(store, job_id).status == CANCELLED
    assert queue.list_jobs(store, active=True) == []
    assert jobs.get_job(store, job_id).is_over


def test_cancelling_twice_or_too_late_changes_nothing(store: Store) -> None:
    job_id = add_job(store)
    claim(store)
    first = queue.cancel_job(store, job_id)
    assert first.status == STARTING
    assert first.cancel_requested_at is not None
    assert queue.cancel_job(store, job_id) == first
    change(store, job_id, status=SUCCEEDED)
    assert queue.cancel_job(store, job_id).status == SUCCEEDED


@pytest.mark.parametrize("ask", [jobs.get_job, queue.cancel_job])
def test_a_job_that_is_not_there_is_said_so(
    store: Store, ask: Callable[[Store, int], JobView]
) -> None:
    with pytest.raises(WorkbenchError, match="no job 7"):
        ask(store, 7)


def test_the_time_of_a_job_counts_from_its_first_start(store: Store) -> None:
    job_id = add_job(store)
    assert jobs.get_job(store, job_id).seconds is None
    claim(store)
    start = now() - dt.timedelta(seconds=60)
    change(store, job_id, started_at=start)
    assert 60 <= (jobs.get_job(store, job_id).seconds or 0) < 70
    change(store, job_id, finished_at=start + dt.timedelta(seconds=12), status=SUCCEEDED)
    assert jobs.get_job(store, job_id).seconds == 12


def test_progress_that_stands_still_is_a_warning_and_no_more(store: Store) -> None:
    job_id = add_job(store)
    claim(store)
    change(store, job_id, progress_at=now() - dt.timedelta(seconds=60))
    assert jobs.get_job(store, job_id).warning == ""
    change(store, job_id, progress_at=now() - dt.timedelta(minutes=4))
    view = jobs.get_job(store, job_id)
    assert view.warning.startswith("Nothing has moved for 4 minutes")
    assert view.is_active
    change(store, job_id, status=SUCCEEDED)
    assert jobs.get_job(store, job_id).warning == ""


def test_the_tries_are_listed_with_their_ends(store: Store) -> None:
    job_id = add_job(store)
    claim(store)
    with store.write() as session:
        rows.end_attempt(session, job_id, 1, -9, "It was ended.")
    (attempt,) = jobs.list_attempts(store, job_id)
    assert (attempt.attempt, attempt.exit_code, attempt.reason) == (1, -9, "It was ended.")
    assert attempt.ended_at is not None


def test_waiting_tells_each_change_and_gives_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = add_job(store)
    claim(store)
    changes = iter([{"status": RUNNING}, {}, {"progress": {"step": 1}}, {"status": SUCCEEDED}])

    def sleep(_seconds: float) -> None:
        if values := next(changes):
            change(store, job_id, **values)

    monkeypatch.setattr(queue.time, "sleep", sleep)
    told: list[tuple[str, dict[str, object]]] = []
    end = queue.wait_for(
        store, job_id, on_progress=lambda job: told.append((job.status, job.progress))
    )
    assert end.status == SUCCEEDED
    assert told == [
        (STARTING, {}),
        (RUNNING, {}),
        (RUNNING, {"step": 1}),
        (SUCCEEDED, {"step": 1}),
    ]


def test_waiting_too_long_leaves_the_job_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_POLL_S", 0.001)
    job_id = add_job(store)
    with pytest.raises(WorkbenchError, match=r"still queued after 0\.01 s"):
        queue.wait_for(store, job_id, timeout_s=0.01)
    with store.read() as session:
        assert session.get_one(Job, job_id).cancel_requested_at is None


def test_what_a_job_was_told_is_read_until_it_is_let_go_of() -> None:
    spec = ConvertSpec(source=Path("/objects/ab"), name="mails.csv", key="k", digest="ab")
    job = Job(kind="convert", title="t", spec=spec.as_row())
    assert jobs.spec_of(job, ConvertSpec) == spec
    job.spec = {"kind": "convert"}
    assert jobs.spec_of(job, ConvertSpec) is None
