"""Figures of the installation for Prometheus, looked up when they are asked for: no names, no texts."""

import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from storage import files
from storage.database import Store
from storage.errors import StorageError
from storage.operations import figures
from workbench.jobs.operations.health import worker_silence_s

CONTENT_TYPE = CONTENT_TYPE_LATEST
Family = GaugeMetricFamily


class Installation(Collector):
    """Queue, worker, disk and database, as each process sees them."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    def collect(self) -> Iterator[Family]:
        """What is known now; without a database only that, and the disk."""
        yield Family("slm_disk_free_bytes", "Room on the home's disk.", value=files.free_bytes())
        silence = worker_silence_s()
        if silence is not None:
            about = "Since the worker's last sign of life; it gives one every 5 seconds."
            yield Family("slm_worker_silence_seconds", about, value=silence)
        try:
            yield from self._of_database(self._store())
            reached = 1
        except StorageError:
            reached = 0
        yield Family("slm_database_up", "Whether the database answered.", value=reached)

    def _of_database(self, store: Store) -> Iterator[Family]:
        began = time.perf_counter()
        with store.read() as session:
            session.execute(sa.text("SELECT 1"))
            took = time.perf_counter() - began
            counted = figures.jobs_by_status(session)
            waiting = figures.oldest_waiting_s(session)
        yield Family("slm_database_seconds", "A question to the database.", value=took)
        open_jobs = Family("slm_jobs", "Jobs that are not over.", labels=("kind", "status"))
        ended = Family("slm_jobs_ended", "Jobs that are over and kept.", labels=("kind", "outcome"))
        for count in counted:
            family = open_jobs if count.is_open else ended
            family.add_metric((count.kind, count.status), count.count)
        yield open_jobs
        yield ended
        yield Family(
            "slm_oldest_waiting_seconds", "The first job's wait; 0 if none.", value=waiting
        )


def registry(store: Callable[[], Store]) -> CollectorRegistry:
    """The installation's figures and this process's own."""
    found = CollectorRegistry()
    ProcessCollector(registry=found)
    found.register(Installation(store))
    return found


def text(of: CollectorRegistry) -> bytes:
    """All of it, as Prometheus reads it."""
    return generate_latest(of)
