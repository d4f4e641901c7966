"""The worker: takes jobs from the queue and looks after their processes.

Run it with `python -m workbench.jobs.worker`; the web app and the command line start one when none
runs. There is one for a home. It writes every state of a job after `queued`, and nobody else
does (but for a queued job that is cancelled).
"""

import datetime as dt
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import IO

from storage import files, jobs, sweep
from storage.database import Store
from storage.errors import StorageError
from storage.operations import request
from storage.schema import open_store
from storage.tables import ACTIVE, OPEN, QUEUED, Job, now
from workbench.core.errors import WorkbenchError
from workbench.jobs import cluster, office, record, worker_process
from workbench.jobs.job import UNKNOWN, UNKNOWN_WHY
from workbench.jobs.kinds import LANES
from workbench.jobs.launchers import Launcher
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.operations import log, worker_endpoint
from workbench.jobs.outcome import GIVEN_UP, Ending, decide
from workbench.jobs.process.specs import ServeSpec
from workbench.jobs.supervision import Attempt, Timing, folder_of
from workbench.jobs.watching import Watching
from workbench.jobs.worker_loop import Signals, is_shortage, run

logger = logging.getLogger("workbench.jobs.worker")

_OFFICE = dt.timedelta(seconds=2)
"""Between two looks at the setting."""
LEAVE_S = 90.0
"""Of a service: for what runs to save itself. Whoever ends a service has to wait longer than that."""
_OUR_ERROR = "The workbench made an error while looking after this: the worker's log in {} has it."
_NO_CLUSTER = (
    "It was given to a cluster that this computer cannot use now; the worker's log says why."
)


class Worker:
    """Everything the worker does, one `step` at a time."""

    def __init__(
        self,
        store: Store,
        launcher: Launcher | None = None,
        timing: Timing | None = None,
        *,
        others: Iterable[Launcher] = (),
        now: Callable[[], dt.datetime] = now,
    ) -> None:
        """
        Args:
            launcher: of this computer.
            others: of other places, a cluster.
            now: the moment by which office hours are looked at.
        """
        self._store = store
        here: Launcher = launcher or LocalLauncher()
        self._launchers = {one.name: one for one in (here, *others)}
        self.timing = timing or Timing()
        self._attempts: dict[int, Attempt] = {}
        self._now = now
        self._office: tuple[dt.datetime, frozenset[str]] | None = None

    def step(self) -> None:
        """Look at every job once: what runs, what ended, what can start."""
        open_jobs = self._open_jobs()
        held = self._held()
        for job in open_jobs.values():
            if job.status in ACTIVE and job.id not in self._attempts:
                self._adopt(job)
        for attempt in list(self._attempts.values()):
            attempt.is_held = attempt.job.kind in held
            self._look_after(attempt, open_jobs.get(attempt.job.id))
        self._replace_servers(job for job in open_jobs.values() if job.kind == ServeSpec.kind)
        waiting = {(job.kind, job.place) for job in open_jobs.values() if job.status == QUEUED}
        for launcher in self._launchers.values():
            mine = {kind for kind, place in waiting if place == launcher.name} - held
            for kinds in LANES.values():
                ready = tuple(kind for kind in kinds if kind not in held)
                while mine & set(ready) and self._is_free(kinds, launcher):
                    if not self._start_next(ready, launcher):
                        break

    def _held(self) -> frozenset[str]:
        """The kinds of jobs that stand still now; a setting that cannot be read holds nothing."""
        at = self._now()
        if self._office is None or not dt.timedelta() <= at - self._office[0] < _OFFICE:
            try:
                until = office.held_until(self._store, at)
            except WorkbenchError as error:
                logger.warning("%s", error)
                until = None
            self._office = (at, office.HELD if until else frozenset())
        return self._office[1]

    def _open_jobs(self) -> dict[int, Job]:
        with self._store.read() as session:
            return {job.id: job for job in jobs.listing(session, OPEN)}

    def _adopt(self, job: Job) -> None:
        with self._store.read() as session:
            name = jobs.launcher_of(session, job.id, job.attempt)
        launcher = self._launchers.get(name or "")
        if launcher is None:
            self._say_out_of_reach(job)
            return
        logger.info("Job %s attempt %s was left by a former worker", job.id, job.attempt)
        attempt = self._attempt(job, launcher, own=launcher.outlives_worker)
        self._attempts[job.id] = attempt
        if launcher.outlives_worker:
            self._guarded(attempt, attempt.take_up)

    def _say_out_of_reach(self, job: Job) -> None:
        """A job that was given to a cluster of which this worker knows nothing any more."""
        if job.given_up_attempt == job.attempt:
            ending = Ending(cause=GIVEN_UP)
            record.record(self._store, job, decide(job, folder_of(job.id), ending), ending)
            return
        if UNKNOWN not in job.progress:
            told = {**job.progress, UNKNOWN: time.time(), UNKNOWN_WHY: _NO_CLUSTER}
            with self._store.write() as session:
                jobs.change(session, job.id, job.attempt, ACTIVE, progress=told)

    def _attempt(self, job: Job, launcher: Launcher, *, own: bool) -> Attempt:
        return Attempt(self._store, launcher, self.timing, job, own=own)

    def _look_after(self, attempt: Attempt, job: Job | None) -> None:
        look = attempt.abandon if job is None else partial(attempt.step, job)
        if self._guarded(attempt, look):
            del self._attempts[attempt.job.id]
            self._let_go(attempt)
            self._clear(attempt)

    def _let_go(self, attempt: Attempt) -> None:
        """A job may have been elsewhere before, so all launchers are told of its end."""
        with self._store.read() as session:
            job = jobs.get(session, attempt.job.id)
        for launcher in self._launchers.values():
            launcher.let_go(attempt.folder, goes_on=job is not None and job.status in OPEN)

    def _guarded(self, attempt: Attempt, look: Callable[[], bool]) -> bool:
        """What `look` says; an error of ours ends this one job and is in the log."""
        with request.of_job(attempt.job.id, attempt.job.request_id):
            return self._tried(attempt, look)

    def _tried(self, attempt: Attempt, look: Callable[[], bool]) -> bool:
        try:
            return look()
        except Exception as error:
            if is_shortage(error):
                raise
            logger.exception("Job %s met an error of the workbench", attempt.job.id)
            attempt.fail(_OUR_ERROR.format(worker_process.log_path().parent))
            return False

    def _clear(self, attempt: Attempt) -> None:
        """Remove what a job wrote after it was deleted."""
        with self._store.read() as session:
            if jobs.get(session, attempt.job.id) is None:
                shutil.rmtree(attempt.folder.path, ignore_errors=True)

    def _replace_servers(self, servers: Iterable[Job]) -> None:
        """One server at a time: the one that was asked for last."""
        older = sorted(servers, key=lambda job: job.id)[:-1]
        for job in older:
            if job.cancel_requested_at is None:
                with self._store.write() as session:
                    jobs.request_cancel(session, job.id)

    def _is_free(self, kinds: Iterable[str], launcher: Launcher) -> bool:
        there = [one for one in self._attempts.values() if one.launcher is launcher]
        return sum(one.job.kind in kinds for one in there) < launcher.at_once

    def _start_next(self, kinds: tuple[str, ...], launcher: Launcher) -> bool:
        with self._store.write() as session:
            job = jobs.claim(session, kinds, launcher.name)
        if job is None:
            return False
        attempt = self._attempts[job.id] = self._attempt(job, launcher, own=True)
        self._guarded(attempt, attempt.begin)
        return True


def main() -> int:
    """Be the worker of this home until told to end; 2 if it cannot be."""
    try:
        lock = _lock(patience_s=1.0)
        if lock is None:
            return _refuse(f"A worker runs for {files.home()} already: there is nothing to do.")
        with lock:
            _work()
    except StorageError as error:
        return _refuse(str(error))
    return 0


def _work() -> None:
    """Be the worker, whose lock is held.

    Raises:
        StorageError: the home or its database cannot be used.
    """
    os.environ.pop(worker_process.LOCK_VARIABLE, None)
    _log()
    store = open_store()
    worker_process.code_time()  # of the files that this process has loaded
    logger.info("The worker starts as process %s", os.getpid())
    sweep.sweep(store)
    watching = Watching(store, worker_process.log_path())
    launcher, signals = LocalLauncher(), Signals()
    try:
        with worker_endpoint.answering(store):
            run(Worker(store, launcher, others=_elsewhere(store)), signals.wait, watching.step)
    finally:
        watching.close()
    if worker_process.is_service():
        logger.info("The worker waits for what runs to save itself")
        launcher.leave(LEAVE_S)
    logger.info("The worker ends; what still runs saves itself and goes on with the next one")


def _elsewhere(store: Store) -> list[Launcher]:
    """The cluster's launcher, where one is named; what is wrong with what is said of it is in the log."""
    try:
        named = cluster.configured()
        if named is None:
            return []
        from workbench.jobs.launchers.ray import RayLauncher

        launcher = RayLauncher(named)
    except WorkbenchError as error:
        logger.error("No job can be given to the cluster: %s", error)
        return []
    with store.read() as session:
        launcher.sweep([job.id for job in jobs.listing(session, OPEN)])
    return [launcher]


def _lock(patience_s: float) -> IO[str] | None:
    """The worker's lock; somebody's look at it passes within moments."""
    until = time.monotonic() + patience_s
    while (lock := worker_process.take_lock()) is None and time.monotonic() < until:
        time.sleep(0.05)
    return lock


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _log() -> None:
    """Write to the worker's log, to which a detached worker's own output goes as well."""
    logging.getLogger().setLevel(logging.INFO)
    log.keep("worker", worker_process.log_path())
    for library in ("alembic", "httpx"):
        logging.getLogger(library).setLevel(logging.WARNING)
    if sys.stderr.isatty():
        logging.getLogger().addHandler(logging.StreamHandler())


if __name__ == "__main__":
    sys.exit(main())
