"""Prints every figure of docs/reliability.md.

    .venv/bin/python scripts/reliability.py [load] [kills] [uploads]

`load` runs on SQLite, and on PostgreSQL as well where it is installed. Each part works in a fresh
home and, for trainings, on a tiny model.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage import schema  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from tests.fakes import postgres  # noqa: E402
from tests.fakes.harness import folder_of, until  # noqa: E402
from tests.faults import load, real, test_uploads  # noqa: E402
from tests.faults.conftest import running_web  # noqa: E402
from tests.helpers.writers import make_writer  # noqa: E402
from workbench.core.words import plural  # noqa: E402
from workbench.data.files import uploads  # noqa: E402
from workbench.jobs.ingest_events import ingest_all  # noqa: E402
from workbench.projects import projects  # noqa: E402

EVENTS = 1_000_000


def main() -> int:
    """Run the named parts, or all of them."""
    parts: dict[str, Callable[[], None]] = {"load": loads, "kills": kills, "uploads": sent}
    for name in sys.argv[1:] or parts:
        parts[name]()
    return 0


@contextmanager
def fresh_home() -> Iterator[Path]:
    """A home for one measurement."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder) / "home")
        yield Path(folder)


def loads() -> None:
    """Claims, updates, events and page reads on each database."""
    with fresh_home():
        store = open_store()
        _loads("SQLite", store)
        store.close()
    binaries = postgres.binaries()
    if binaries is None:
        print("PostgreSQL: skipped, it is not installed")
        return
    with fresh_home(), postgres.running(binaries) as server:
        server.execute("CREATE DATABASE bench")
        schema.upgrade(server.url("bench"))
        store = Store(server.url("bench"))
        _loads("PostgreSQL", store)
        store.close()


def _loads(name: str, store: Store) -> None:
    job_id = load.running_job(store)
    began = time.perf_counter()
    claimed = load.claim_all(store, 4, 1_000)
    _say(name, f"4 claimers, 1,000 jobs: {len(set(claimed)):,} unique claims", began)
    began = time.perf_counter()
    total = load.count_up(store, 3, 300)
    _say(name, f"3 processes, 300 read-modify-writes each: {total} counted", began)
    load.write_flood(job_id, EVENTS)
    before, began = _peak_mb(), time.perf_counter()
    ingest_all(store, job_id, folder_of(job_id))
    _say(name, f"{EVENTS:,} events taken in, {_peak_mb() - before:.0f} MB of memory", began)
    for sessions, seconds in ((1, 10.0), (20, 30.0)):
        watched = load.running_job(store)
        poll_s = 2.0 if sessions > 1 else 0.2
        seen = load.watch(
            store, watched, sessions=sessions, poll_s=poll_s, points_per_s=10, for_s=seconds
        )
        times = ", ".join(f"{label} {seen.read_ms(share):.0f} ms" for label, share in _SHARES)
        print(
            f"{name}: {plural(sessions, 'session')} at {poll_s} s, {seen.written} points written "
            f"meanwhile: {len(seen.reads_s)} page reads, {len(seen.failed)} errors, {times}",
            flush=True,
        )


_SHARES = (("median", 0.5), ("p95", 0.95), ("longest", 1.0))


def kills() -> None:
    """How long it takes from `kill -9` in mid-training to the next attempt's first step."""
    for victim in ("trainer", "worker"):
        with fresh_home() as folder:
            store = open_store()
            tiny = make_writer(folder / "tiny")
            with real.machine(store) as computer:
                job_id = real.start_run(store, tiny, folder, num_train_epochs=60)
                computer.start_worker()
                until(lambda job=job_id: _steps_of(job, 1), 60)
                began = time.perf_counter()
                if victim == "worker":
                    computer.kill_worker()
                    computer.start_worker()
                else:
                    computer.kill_trainer(job_id)
                until(lambda job=job_id: _steps_of(job, 2), 120)
                _say(f"kill -9 of the {victim}", "learning again", began)
                job = real.wait_for_end(store, job_id)
                steps = real.training_steps(store, job)
                whole = steps == list(range(1, len(steps) + 1))
                print(
                    f"kill -9 of the {victim}: {job.status}, {len(steps)} steps, each once: {whole}"
                )
            store.close()


def sent() -> None:
    """A gibibyte through the web process, and hostile files through the conversion."""
    with fresh_home() as folder, running_web(folder / "home") as web:
        store = open_store()
        project_id = projects.create_project(store, "Mails")
        ticket = uploads.open_ticket(store, project_id, "large.csv", test_uploads.GIB)
        began = time.perf_counter()
        grown = test_uploads.growth_mb(web, ticket)
        _say("upload", f"1 GiB CSV, the web process grows by {grown:.0f} MB", began)
        store.close()
    for name, make, _ in test_uploads.HOSTILE:
        with fresh_home() as folder:
            make(folder / name)
            result = test_uploads.convert(folder / "job", folder / name)
            print(f"{name}: {result['status']}, {result['peak_memory_mb']} MB: {result['reason']}")


def _steps_of(job_id: int, attempt: int) -> bool:
    return any(
        event["attempt"] == attempt and event.get("kind") == "train"
        for event in real.all_events(job_id)
    )


def _say(name: str, what: str, began: float) -> None:
    print(f"{name}: {what}, {time.perf_counter() - began:.1f} s", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
