"""Events become rows once, however often and by whomever they are read."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator

import pytest

from storage import jobs, runs
from storage.database import Store
from storage.tables import RUNNING, STARTING, AuditLine
from tests.fakes.harness import add_job, folder_of, job_of, status_of
from tests.helpers.accounts import person
from workbench.jobs import ingest_events
from workbench.jobs.process.job_dir import EventWriter, JobDir
from workbench.system.audit import log
from workbench.system.audit.log import Wanted

Writer = Callable[[JobDir, int], EventWriter]


@pytest.fixture
def job_id(store: Store) -> int:
    """A training that was claimed."""
    job_id = add_job(store)
    with store.write() as session:
        jobs.claim(session, ("train",))
    return job_id


@pytest.fixture
def folder(job_id: int) -> JobDir:
    folder = folder_of(job_id)
    folder.path.mkdir(parents=True)
    return folder


@pytest.fixture
def writer() -> Iterator[Writer]:
    """Makes writers of events, closed after the test."""
    with contextlib.ExitStack() as stack:

        def make(folder: JobDir, attempt: int) -> EventWriter:
            return stack.enter_context(contextlib.closing(EventWriter(folder, attempt)))

        yield make


def losses(store: Store, job_id: int) -> dict[int, float]:
    with store.read() as session:
        points = runs.curve(session, job_of(store, job_id).run_id or 0, "train", 5000)
    return {point.step: point.values["loss"] for point in points}


def metric(events: EventWriter, step: int, loss: float) -> None:
    events.write("metric", kind="train", step=step, values={"loss": loss})


def test_the_first_sign_of_life_makes_a_starting_job_run(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    assert ingest_events.ingest(store, job_id, folder) == 0
    assert status_of(store, job_id) == STARTING
    writer(folder, 1).write("alive")
    assert ingest_events.ingest(store, job_id, folder) == 1
    job = job_of(store, job_id)
    assert job.status == RUNNING
    assert job.alive_at is not None
    assert job.progress_at is None


def test_progress_is_added_up_and_a_new_phase_keeps_it(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    events = writer(folder, 1)
    events.write("phase", name="training", message="Learning")
    events.write("progress", step=3, total_steps=9, seconds_left=12.5)
    ingest_events.ingest(store, job_id, folder)
    events.write("log", message="Half of it is done.")
    events.write("ready", port=8123)
    ingest_events.ingest(store, job_id, folder)
    assert job_of(store, job_id).progress == {
        "phase": "ready",
        "port": 8123,
        "message": "Half of it is done.",
        "step": 3,
        "total_steps": 9,
        "seconds_left": 12.5,
    }


def test_events_are_taken_in_once(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    events = writer(folder, 1)
    for step in range(25):
        metric(events, step, float(step))
    taken = [ingest_events.ingest(store, job_id, folder, limit=10) for _ in range(4)]
    assert taken == [10, 10, 5, 0]
    assert losses(store, job_id) == {step: float(step) for step in range(25)}


def test_a_reader_that_was_overtaken_changes_nothing(
    writer: Writer, store: Store, job_id: int, folder: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = writer(folder, 1)
    metric(events, 1, 1.0)
    read_events = ingest_events.read_events
    meanwhile = iter([True])

    def overtaken(*args: object) -> object:
        found = read_events(*args)  # type: ignore[arg-type]
        if next(meanwhile, False):
            assert ingest_events.ingest(store, job_id, folder) == 1
            metric(events, 1, 2.0)
            assert ingest_events.ingest(store, job_id, folder) == 1
        return found

    monkeypatch.setattr(ingest_events, "read_events", overtaken)
    assert ingest_events.ingest(store, job_id, folder) == 0
    assert losses(store, job_id) == {1: 2.0}


def test_two_readers_at_once_take_each_event_once(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    events = writer(folder, 1)
    for step in range(200):
        metric(events, step, 1.0)
    taken: list[int] = []

    def read() -> None:
        while job_of(store, job_id).event_offset < (folder.events / "000001.jsonl").stat().st_size:
            taken.append(ingest_events.ingest(store, job_id, folder, limit=7))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sum(taken) == 200
    assert len(losses(store, job_id)) == 200


def test_a_torn_line_waits_for_its_end_and_is_passed_over_in_the_next_segment(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    metric(writer(folder, 1), 1, 1.0)
    segment = folder.events / "000001.jsonl"
    whole = {"type": "metric", "at": 1.0, "attempt": 1, "kind": "train", "step": 2}
    line = json.dumps({**whole, "values": {"loss": 2.0}}) + "\n"
    with segment.open("a") as handle:
        handle.write(line[:20])
    ingest_events.ingest(store, job_id, folder)
    assert losses(store, job_id) == {1: 1.0}
    with segment.open("a") as handle:
        handle.write(line[20:] + line[:30])
    ingest_events.ingest(store, job_id, folder)
    assert losses(store, job_id) == {1: 1.0, 2: 2.0}
    metric(writer(folder, 1), 3, 3.0)
    ingest_events.ingest_all(store, job_id, folder)
    assert losses(store, job_id) == {1: 1.0, 2: 2.0, 3: 3.0}


def test_a_resumed_attempt_replaces_the_steps_it_repeats(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    first = writer(folder, 1)
    metric(first, 1, 1.0)
    metric(first, 2, 2.0)
    again = writer(folder, 2)
    metric(again, 2, 2.5)
    ingest_events.ingest_all(store, job_id, folder)
    assert losses(store, job_id) == {1: 1.0, 2: 2.5}


def test_a_former_attempt_makes_no_new_one_run(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    former = writer(folder, 0)
    former.write("progress", step=7)
    ingest_events.ingest(store, job_id, folder)
    job = job_of(store, job_id)
    assert (job.status, job.progress, job.alive_at) == (STARTING, {}, None)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"type": "metric"}',
        '{"type": "metric", "at": 1, "attempt": 1, "step": 1}',
    ],
)
def test_an_event_that_says_nothing_stops_nobody(
    writer: Writer, store: Store, job_id: int, folder: JobDir, line: str
) -> None:
    folder.events.mkdir()
    (folder.events / "000001.jsonl").write_text(line + "\n")
    metric(writer(folder, 1), 1, 1.0)
    ingest_events.ingest_all(store, job_id, folder)
    assert losses(store, job_id) == {1: 1.0}


def test_only_a_training_draws_its_runs_curve(writer: Writer, store: Store) -> None:
    job_id = add_job(store, "evaluate")
    with store.write() as session:
        jobs.claim(session, ("evaluate",))
    folder = folder_of(job_id)
    folder.path.mkdir(parents=True)
    metric(writer(folder, 1), 1, 1.0)
    assert ingest_events.ingest(store, job_id, folder) == 1
    assert losses(store, job_id) == {}


def test_a_job_that_is_over_takes_in_nothing(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    with store.write() as session:
        jobs.change(session, job_id, 1, (STARTING,), status="failed")
    metric(writer(folder, 1), 1, 1.0)
    assert ingest_events.ingest(store, job_id, folder) == 0
    assert losses(store, job_id) == {}


def test_a_refused_key_is_in_the_audit_log_once_and_for_the_owner_of_its_project(
    writer: Writer, store: Store, job_id: int, folder: JobDir
) -> None:
    events = writer(folder, 1)
    refused = {"why": "revoked key", "key_id": 3, "name": "Excel", "project_id": 1, "times": 4}
    events.write("refused", **refused, begins="", address="192.0.2.9")
    events.write("refused", why="unknown key", begins="sk-proj-", address="192.0.2.9")
    ingest_events.ingest(store, job_id, folder)
    assert lines(store) == [], "without accounts there is no log"
    person(store, "Ada", administrator=True)
    events.write("refused", **refused, begins="", address="192.0.2.9")
    events.write("refused", why="unknown key", begins="sk-proj-", address="192.0.2.9")
    for _ in range(2):
        ingest_events.ingest_all(store, job_id, folder)
    known, unknown = lines(store)
    assert (known.action, known.kind, known.thing_id, known.project_id) == (
        "key_refused", "api_keys", 3, 1,
    )  # fmt: skip
    assert (known.via, known.address, known.person_id) == ("api", "192.0.2.9", None)
    assert (unknown.kind, unknown.project_id) == ("", None)
    shown = log.look(store, Wanted(said="Asked with a key that was refused"), 10).lines
    assert [line.about for line in shown] == [
        "unknown key that begins with sk-proj-",
        "revoked key “Excel”, 4 times",
    ]


def lines(store: Store) -> list[AuditLine]:
    with store.read() as session:
        found = session.query(AuditLine).filter(AuditLine.action == "key_refused")
        return list(found.order_by(AuditLine.number))


def test_a_phase_that_says_nothing_yet_is_not_as_far_as_the_one_before(
    store: Store, job_id: int, folder: JobDir, writer: Writer
) -> None:
    events = writer(folder, 1)
    events.write("phase", name="embedding", message="Reading the texts")
    events.write("progress", step=837, total_steps=837, seconds_left=0.0)
    events.write("phase", name="embedding", message="Reading the last ones")
    ingest_events.ingest(store, job_id, folder)
    assert job_of(store, job_id).progress["step"] == 837
    events.write("measured", values={"step_s": 1.0})
    events.write("phase", name="trying", message="Trying it out")
    ingest_events.ingest(store, job_id, folder)
    assert job_of(store, job_id).progress == {
        "phase": "trying", "message": "Trying it out", "measured": {"step_s": 1.0},
    }  # fmt: skip
