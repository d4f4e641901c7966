"""Loads that tests assert on and `scripts/reliability.py` measures."""

import json
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.queues import SimpleQueue

from storage import jobs
from storage.database import Store
from storage.tables import RUNNING, Job, Project
from tests.fakes.harness import add_job, folder_of, job_of
from workbench.jobs import overview
from workbench.jobs.ingest_events import ingest
from workbench.jobs.process.job_dir import EventWriter
from workbench.projects import projects, steps
from workbench.training import runs

POINT_EVERY = 10
"""Of a flood of events, each tenth is a point of a curve."""


def in_processes(count: int, work: Callable[..., None], *arguments: object) -> list[int | None]:
    """Run `work` in so many processes at once; their exit codes."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def claim_all(store: Store, claimers: int, count: int) -> list[int]:
    """Let so many processes claim `count` jobs; the claims, in the order in which they came."""
    with store.write() as session:
        for number in range(count):
            jobs.add(session, "train", f"Job {number}", {})
    store.close()
    found: SimpleQueue[int] = multiprocessing.get_context("fork").SimpleQueue()
    claimed: list[int] = []

    def read() -> None:
        while number := found.get():
            claimed.append(number)

    reader = threading.Thread(target=read)
    reader.start()
    codes = in_processes(claimers, _claim, store.url, found)
    found.put(0)
    reader.join()
    if any(codes):
        raise RuntimeError(f"claimers ended with {codes}")
    return claimed


def _claim(url: str, found: "SimpleQueue[int]") -> None:
    store = Store(url)
    while True:
        with store.write() as session:
            job = jobs.claim(session, ("train",))
        if job is None:
            return
        found.put(job.id)


def count_up(store: Store, writers: int, updates: int) -> int:
    """Let so many processes read a number, add one and write it; the number at the end."""
    with store.write() as session:
        project = Project(name="Counter", description="0")
        session.add(project)
        session.flush()
        project_id = project.id
    store.close()
    codes = in_processes(writers, _count, store.url, project_id, updates)
    if any(codes):
        raise RuntimeError(f"writers ended with {codes}")
    with store.read() as session:
        return int(session.get_one(Project, project_id).description)


def _count(url: str, project_id: int, updates: int) -> None:
    store = Store(url)
    for _ in range(updates):
        with store.write() as session:
            project = session.get_one(Project, project_id)
            project.description = str(int(project.description) + 1)


def running_job(store: Store) -> int:
    """A training's job that a worker has claimed."""
    job_id = add_job(store)
    with store.write() as session:
        jobs.move(session, job_id, None)
        jobs.claim(session, ("train",))
        session.get_one(Job, job_id).status = RUNNING
    return job_id


def write_flood(job_id: int, count: int) -> None:
    """So many events in the job's folder, the last line torn."""
    folder = folder_of(job_id)
    folder.events.mkdir(parents=True)
    lines = []
    for number in range(count):
        event = {"type": "progress", "at": number, "attempt": 1, "step": number, "total_steps": 9}
        if number % POINT_EVERY == 0:
            event |= {"type": "metric", "kind": "train", "values": {"loss": 1.0}}
        lines.append(json.dumps(event))
    half = len(lines) // 2
    (folder.events / "000001.jsonl").write_text("\n".join(lines[:half]) + "\n")
    (folder.events / "000002.jsonl").write_text("\n".join(lines[half:]) + '\n{"torn')


@dataclass
class Watched:
    """What sessions that looked on met."""

    written: int = 0
    """Points of the curve, written meanwhile."""
    reads_s: list[float] = field(default_factory=list)
    """How long each read of a page took."""
    failed: list[Exception] = field(default_factory=list)

    def read_ms(self, share: float) -> float:
        """The time within which this share of the reads was done."""
        ordered = sorted(self.reads_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def watch(
    store: Store, job_id: int, *, sessions: int, poll_s: float, points_per_s: int, for_s: float
) -> Watched:
    """Let sessions read the page of a training while it writes points."""
    seen, over = Watched(), threading.Event()
    run_id = job_of(store, job_id).run_id or 0

    def look(delay_s: float) -> None:
        over.wait(delay_s)
        try:
            while not over.is_set():
                began = time.perf_counter()
                read_train_page(store, run_id)
                seen.reads_s.append(time.perf_counter() - began)
                over.wait(poll_s)
        except Exception as error:
            seen.failed.append(error)

    delays = [number * poll_s / sessions for number in range(sessions)]
    threads = [threading.Thread(target=look, args=(delay,)) for delay in delays]
    for thread in threads:
        thread.start()
    writer, until = EventWriter(folder_of(job_id), 1), time.monotonic() + for_s
    while time.monotonic() < until:
        seen.written += 1
        values = {"loss": 1 / seen.written}
        writer.write("metric", kind="train", step=seen.written, values=values)
        ingest(store, job_id, folder_of(job_id))
        over.wait(1 / points_per_s)
    over.set()
    for thread in threads:
        thread.join()
    writer.close()
    return seen


def read_train_page(store: Store, run_id: int) -> None:
    """What the page of a running training reads at every poll."""
    run = runs.get_run(store, run_id)
    runs.curve(store, run_id, "train")
    runs.curve(store, run_id, "validation")
    steps.steps_of(store, run.project_id)
    projects.project_names(store)
    overview.count(store)
