"""A home made before the house was rearranged: it opens, answers, goes on and is restored.

`tests/fixtures/old_home.tar.gz` and `old_backup.zip` hold two projects, tiny models that were
trained, a training paused in its midst and a job that waits; what the program answered then
stands below.
"""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Store
from storage.schema import open_store
from storage.tables import PAUSED, SUCCEEDED
from tests.fakes.harness import until
from workbench.data import changes, checkups, datasets, pending_edits
from workbench.jobs import job as jobs
from workbench.jobs import queue, worker_process
from workbench.models import bundled
from workbench.system import drafts
from workbench.system.backup.restore import restore_backup
from workbench.training import runs
from workbench.use import batch, conversations, playground, server

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
THERE = "/tmp/oldhome/inside/"
"""Where the home lay when it was made."""
SORTED = {
    "is there still a plot free near the gate": ("Plots", 0.7004),
    "I have a question about my fee": ("Plots", 0.5114),
    "the shears in the shed are blunt": ("Tools", 0.9118),
}
WRITTEN = {
    "When does the ferry to Dunmoor leave?": "The ferry to Brenholm leaves at nine.",
    "What is the fare to Eskwick?": "A ticket to Eskwick costs four crowns.",
    "Where do I board for Brenholm?": "Please board for Gullhaven at pier two.",
}
WRITTEN_AFTER_RESUMING = {
    "When does the ferry to Dunmoor leave?": "The ferry to Eskwick leaves at nine.",
    "What is the fare to Eskwick?": "A ticket to Eskwick costs four crowns.",
    "Where do I board for Brenholm?": "Please board fors at pier two.",
}
PAUSED_JOB, WAITING_JOB, RESUMED_RUN = 9, 12, 3


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # for tiny models threads only wait for each other
    monkeypatch.setattr(worker_process, "_started_at", -100.0)


@pytest.fixture
def old(home: Path) -> Iterator[Store]:
    """The old home, unpacked where this test's home is to be."""
    with tarfile.open(FIXTURES / "old_home.tar.gz") as archive:
        archive.extractall(home.parent, filter="data")
    (home.parent / "data").rename(home)
    _move_paths(home)
    store = open_store()
    yield store
    store.close()


@contextlib.contextmanager
def working() -> Iterator[None]:
    """A worker of the present code works off the queue meanwhile."""
    worker_process.ensure_worker()
    process = worker_process._started
    assert process is not None
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _move_paths(home: Path) -> None:
    """As if the home had been made where it lies now."""
    before, now = f"{THERE}data/", f"{home}/"
    with closing(sqlite3.connect(home / "workbench.db")) as database, database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for column in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                where = f'"{column[1]}" = replace("{column[1]}", ?, ?)'
                text = f"typeof(\"{column[1]}\") = 'text'"
                database.execute(f'UPDATE "{table}" SET {where} WHERE {text}', (before, now))
    for pattern in ("jobs/*/*.json", "jobs/*/adapter/*.json", "serve/*.json"):
        for path in home.glob(pattern):
            path.write_text(path.read_text("utf-8").replace(before, now), "utf-8")


def _answers_as_then(store: Store) -> None:
    url = server.ensure_server(store, "run-1").url
    try:
        for text, (label, probability) in SORTED.items():
            found = playground.classify(store, url, "run-1", text)
            assert found.labels[0] == (label, pytest.approx(probability, abs=0.01))
            assert found.none_of_these is None  # it was trained before there was a way to tell
        assert _written(store, "run-2") == WRITTEN or not _computes_as_then()
    finally:
        server.stop_server(store)


def _written(store: Store, model_id: str) -> dict[str, str]:
    return {text: playground.ask(store, model_id, text) for text in WRITTEN}


def _computes_as_then() -> bool:
    """Whether this machine rounds as the one on which the models were trained and asked."""
    return (bundled.machine_facts() or {}).get("dtype") == "bfloat16"


def test_everything_is_where_it_was(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", "service")  # nobody works at the queue
    versions = {v.id: v for project in (1, 2) for v in datasets.list_versions(old, project)}
    assert {id: (v.dataset_name, v.number, v.rows) for id, v in versions.items()} == {
        1: ("Letters", 1, 48),
        2: ("Replies", 1, 40),
        3: ("Letters", 2, 48),
        4: ("Replies", 2, 39),
    }
    told = changes.difference(old, versions[3], 10)
    assert told is not None
    assert told[0] == 3
    assert pending_edits.pending(old, versions[3]).sentence() == "1 row changed"
    job = checkups.newest(old, versions[3])
    assert job is not None
    assert checkups.read(old, job.id).score == 99
    assert drafts.get_draft(old, 1, "data")["source"]["name"] == "new letters.tsv"
    assert [c.questions for c in conversations.list_conversations(old, 2)] == [2]
    scores = runs.get_run(old, 1).scores["test"]
    assert scores["tuned"]["accuracy"] == pytest.approx(0.6)
    assert len(batch.answers(old, 6)) > 0


def test_its_models_answer_as_they_did(old: Store) -> None:
    with working():
        _answers_as_then(old)


def test_what_was_paused_goes_on_and_what_waited_is_done(old: Store) -> None:
    assert jobs.get_job(old, PAUSED_JOB).status == PAUSED
    with working():
        queue.resume_job(old, PAUSED_JOB)
        assert queue.wait_for(old, PAUSED_JOB, 200).status == SUCCEEDED
        assert queue.wait_for(old, WAITING_JOB, 200).status == SUCCEEDED
        assert "checkpoint of step 123" in runs.log_tail(old, RESUMED_RUN)
        steps = [point["step"] for point in runs.curve(old, RESUMED_RUN, "train")]
        assert len(steps) == 315
        assert steps == sorted(set(steps))
        if _computes_as_then():
            assert _written(old, f"run-{RESUMED_RUN}") == WRITTEN_AFTER_RESUMING
            server.stop_server(old)


def test_its_backup_is_restored(home: Path) -> None:
    restore_backup(FIXTURES / "old_backup.zip")
    store = open_store()
    try:
        assert jobs.get_job(store, PAUSED_JOB).status == PAUSED
        with working():
            _answers_as_then(store)
    finally:
        store.close()


def test_a_worker_of_the_old_code_is_replaced(home: Path, store: Store, tmp_path: Path) -> None:
    """It was started as `python -m workbench.worker` and knows nothing of the new places."""
    program = tmp_path / "workbench" / "worker.py"
    program.parent.mkdir()
    program.write_text(
        "import fcntl, sys, time\nlock = open(sys.argv[1], 'a')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\nprint('locked', flush=True)\ntime.sleep(600)\n"
    )
    lock = str(worker_process.lock_path())
    command = [sys.executable, "-m", "workbench.worker", lock]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as former:
        assert former.stdout is not None
        assert former.stdout.readline() == "locked\n"
        info = {"pid": former.pid, "started_at": time.time(), "alive_at": time.time(), "code": 1.0}
        (home / "worker.json").write_text(json.dumps(info))
        worker_process.ensure_worker()
        assert former.wait(20) == -signal.SIGTERM
    worker_process._started_at = -100.0
    with working():
        started = worker_process._started
        assert started is not None
        until(lambda: (worker_process.worker_info() or {}).get("pid") == started.pid)
