"""Many hands at once: claims, read-modify-writes, a flood of events, and pages that look on."""

import json
import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue

import pytest
import sqlalchemy as sa

from storage import jobs, runs
from storage.database import Store
from storage.tables import RUNNING, Job, Metric, Project
from tests.fakes.harness import add_job, folder_of, job_of
from workbench import projects, queue, steps, training
from workbench.ingestion import ingest, ingest_all
from workbench.job_dir import EventWriter

CLAIMERS, JOBS = 4, 1_000
WRITERS, UPDATES = 3, 300
EVENTS = 1_000_000
POINT_EVERY = 10
SESSIONS, POLL_S, POINTS_PER_S, WATCHED_S = 20, 2.0, 10, 6.0


def in_processes(count: int, work: Callable[..., None], *arguments: object) -> None:
    """Run `work` in so many processes at once; all must end well."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count


def test_every_job_is_claimed_once(store: Store) -> None:
    with store.write() as session:
        for number in range(JOBS):
            jobs.add(session, "train", f"Job {number}", {})
    store.close()
    found: SimpleQueue[int] = multiprocessing.get_context("fork").SimpleQueue()
    got: list[int] = []
    reader = threading.Thread(target=lambda: got.extend(found.get() for _ in range(JOBS)))
    reader.start()
    in_processes(CLAIMERS, _claim_all, store.url, found)
    reader.join(10)
    assert found.empty()
    assert len(got) == len(set(got)) == JOBS


def _claim_all(url: str, found: "SimpleQueue[int]") -> None:
    store = Store(url)
    while True:
        with store.write() as session:
            job = jobs.claim(session, ("train",))
        if job is None:
            return
        found.put(job.id)


def test_no_read_modify_write_is_lost(store: Store) -> None:
    with store.write() as session:
        session.add(Project(name="Counter", description="0"))
    store.close()
    in_processes(WRITERS, _count_up, store.url)
    with store.read() as session:
        assert session.get_one(Project, 1).description == str(WRITERS * UPDATES)


def _count_up(url: str) -> None:
    store = Store(url)
    for _ in range(UPDATES):
        with store.write() as session:
            project = session.get_one(Project, 1)
            project.description = str(int(project.description) + 1)


@pytest.fixture
def running(store: Store) -> int:
    """A training's job that a worker has claimed."""
    job_id = add_job(store)
    with store.write() as session:
        jobs.claim(session, ("train",))
        session.get_one(Job, job_id).status = RUNNING
    return job_id


def points(store: Store, job_id: int) -> list[int]:
    with store.read() as session:
        query = sa.select(Metric.step).where(Metric.run_id == job_of(store, job_id).run_id)
        return list(session.scalars(query.order_by(Metric.step)))


def test_a_million_events_are_taken_in_once(store: Store, running: int) -> None:
    folder = folder_of(running)
    folder.events.mkdir(parents=True)
    lines = []
    for number in range(EVENTS):
        event = {"type": "progress", "at": number, "attempt": 1, "step": number, "total_steps": 9}
        if number % POINT_EVERY == 0:
            event |= {"type": "metric", "kind": "train", "values": {"loss": 1.0}}
        lines.append(json.dumps(event))
    half = len(lines) // 2
    (folder.events / "000001.jsonl").write_text("\n".join(lines[:half]) + "\n")
    (folder.events / "000002.jsonl").write_text("\n".join(lines[half:]) + '\n{"torn')
    ingest_all(store, running, folder)
    wanted = list(range(0, EVENTS, POINT_EVERY))
    assert points(store, running) == wanted
    with store.write() as session:  # as if the last commit had never been seen: all is read again
        job = session.get_one(Job, running)
        job.event_segment, job.event_offset = 1, 0
    ingest_all(store, running, folder)
    assert points(store, running) == wanted
    with store.read() as session:
        drawn = runs.curve(session, job_of(store, running).run_id or 0, "train", 500)
    assert len(drawn) <= 500
    assert (drawn[0].step, drawn[-1].step) == (0, wanted[-1])


def test_pages_look_on_while_a_run_writes(store: Store, running: int) -> None:
    """Twenty sessions poll at two seconds; nothing fails on either side and nothing is missing."""
    run_id = job_of(store, running).run_id or 0
    over, failed = threading.Event(), []
    reads: list[float] = []

    def look() -> None:
        session = Store(store.url)
        try:
            while not over.is_set():
                began = time.perf_counter()
                read_train_page(session, run_id)
                reads.append(time.perf_counter() - began)
                over.wait(POLL_S)
        except Exception as error:
            failed.append(error)
        finally:
            session.close()

    threads = [threading.Thread(target=look) for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()
    writer, until = EventWriter(folder_of(running), 1), time.monotonic() + WATCHED_S
    step = 0
    while time.monotonic() < until:
        step += 1
        writer.write("metric", kind="train", step=step, values={"loss": 1 / step})
        ingest(store, running, folder_of(running))
        over.wait(1 / POINTS_PER_S)
    over.set()
    for thread in threads:
        thread.join(30)
    writer.close()
    assert failed == []
    assert points(store, running) == list(range(1, step + 1))
    assert len(reads) >= SESSIONS * WATCHED_S / POLL_S * 0.8


def read_train_page(store: Store, run_id: int) -> None:
    """What the page of a running training reads at every poll."""
    run = training.get_run(store, run_id)
    training.curve(store, run_id, "train")
    training.curve(store, run_id, "validation")
    steps.steps_of(store, run.project_id)
    projects.project_names(store)
    queue.count(store)
