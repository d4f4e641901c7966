"""Runs jobs on a Ray cluster: the launcher for many machines.

A job goes to the cluster under a name that its number and its attempt make, so that giving it twice
gives it once; its files go by a store that all machines reach (`jobs/process/remote/`).
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Any

from storage import files
from workbench.jobs.cluster import CLUSTER, Cluster, home_name
from workbench.jobs.launchers import Handle, State
from workbench.jobs.launchers.known_digests import KnownDigests
from workbench.jobs.launchers.ray_jobs import RayJobs
from workbench.jobs.launchers.remote_watch import CANCEL, KILL, PAUSE, Remote, Watch
from workbench.jobs.launchers.shared_watch import SharedWatch
from workbench.jobs.launchers.shares import plan_in, share_out
from workbench.jobs.process.job_dir import JobDir, read_json, read_spec
from workbench.jobs.process.remote import incoming
from workbench.jobs.process.remote.file_store import StoreUnreachable
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.stores import store_at

logger = logging.getLogger(__name__)

_PAUSES_S = (1.0, 10.0, 60.0)
"""Between tries to throw something away."""


class RayLauncher:
    """The launcher for a cluster."""

    name = CLUSTER
    outlives_worker = True

    def __init__(self, cluster: Cluster, jobs: RayJobs | None = None) -> None:
        """
        Raises:
            WorkbenchError: what reads the cluster's files is not installed.
        """
        self._cluster, self._store = cluster, store_at(cluster.files)
        self._digests = KnownDigests()
        jobs = jobs or RayJobs(cluster.address, cluster.token)
        self._remote = Remote(cluster, jobs, self._digests)
        self._home = home_name()
        self._watches: dict[tuple[int, int], Watch] = {}
        self.at_once = cluster.at_once

    def submit(self, job_kind: str, job: JobDir) -> Handle:
        """Begin to give it to the cluster; nothing is waited for."""
        handle = self._handle(job, job_kind, int(read_spec(job)["attempt"]))
        share_out(job, self.at_once - len(self._watches))
        self._watch(handle)
        return handle

    def find(self, job: JobDir) -> Handle | None:
        """The attempt that was sent from this folder last."""
        spec, attempt = read_json(job.spec), _sent(job)
        if attempt is None or not isinstance(spec, dict):
            return None
        return self._handle(job, spec["kind"], attempt) if attempt == spec["attempt"] else None

    def poll(self, handle: Handle) -> State:
        """What was known at the last look."""
        return self._watch(handle).state

    def was_restarted(self, handle: Handle) -> bool:
        """No: a cluster's machines come and go by themselves."""
        return False

    def stop(self, handle: Handle, *, force: bool = False) -> None:
        """Let the process know; what it is to do stands in the job's folder."""
        watch = self._watch(handle)
        if force:
            watch.tell(KILL)
        else:
            watch.tell(PAUSE if self._job(handle).pause.exists() else CANCEL)

    def let_go(self, job: JobDir, *, goes_on: bool) -> None:
        """Throw the attempt's files away, by which a process that is still at work leaves."""
        job_id = int(job.path.name)
        mine = [key for key in self._watches if key[0] == job_id]
        for key in mine:
            self._watches.pop(key).leave()
        if (sent := _sent(job)) is not None:
            attempt = AttemptFiles(self._store, "", self._home, job_id, sent)
            prefix = attempt.folder if goes_on else attempt.job
            _beside(lambda: self._store.remove(prefix))

    def close(self, patience_s: float = 0.0) -> None:
        """Watch nothing any more; what runs goes on, for the next worker to take up."""
        for watch in self._watches.values():
            watch.leave(patience_s)

    def sweep(self, job_ids: Collection[int]) -> None:
        """Throw away, beside everything else, what no job that is open and no file here needs.

        Args:
            job_ids: of jobs that are not over.
        """
        _beside(lambda: self._sweep(set(job_ids)))

    def _sweep(self, job_ids: set[int]) -> None:
        wanted = self._digests.forget_gone()
        for key in self._store.sizes(f"{self._home}/objects"):
            digest = key.rpartition("/")[2]
            if digest not in wanted and not files.object_path(digest).is_file() and not job_ids:
                self._store.remove(key)
        ids = {int(key.split("/")[2]) for key in self._store.sizes(f"{self._home}/jobs")}
        for gone in ids - job_ids:
            self._store.remove(f"{self._home}/jobs/{gone}")

    def _handle(self, job: JobDir, job_kind: str, attempt: int) -> Handle:
        number = int(job.path.name)
        return {
            "job_id": number,
            "attempt": attempt,
            "kind": job_kind,
            "submission_id": f"job-{number}-a{attempt}-{self._home}",
            "files": self._cluster.files,
        }

    def _job(self, handle: Handle) -> JobDir:
        return JobDir(files.job_folder(handle["job_id"]))

    def _watch(self, handle: Handle) -> Watch:
        key = (handle["job_id"], handle["attempt"])
        if key not in self._watches:
            url = handle["files"]
            store = self._store if url == self._cluster.files else store_at(url)
            where = AttemptFiles(store, url, self._home, *key)
            job, plan = self._job(handle), plan_in(self._job(handle))
            told = (self._remote, handle["kind"], job, where, handle["submission_id"])
            is_shared = plan is not None and plan.attempt == handle["attempt"]
            self._watches[key] = SharedWatch(*told, plan) if plan and is_shared else Watch(*told)
        return self._watches[key]


def _sent(job: JobDir) -> int | None:
    """The attempt that was sent from a folder last, as a whole or in shares."""
    known, plan = read_json(job.path / incoming.FILE), plan_in(job)
    whole = int(known["attempt"]) if isinstance(known, dict) else 0
    return max(whole, plan.attempt if plan else 0) or None


def _beside(do: Callable[[], Any]) -> None:
    """Do it in a thread of its own, and again if nobody answers; what fails is in the log."""

    def patiently() -> None:
        for pause_s in _PAUSES_S:
            try:
                do()
                break
            except StoreUnreachable as error:
                logger.warning("Nothing was thrown away yet: %s", error)
            except Exception:
                logger.exception("What is not needed any more could not be thrown away")
                break
            time.sleep(pause_s)

    threading.Thread(target=patiently, daemon=True).start()
