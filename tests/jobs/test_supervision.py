"""Supervision knows a process only through its launcher: any launcher will do."""

from typing import Any

from storage import jobs
from storage.database import Store
from storage.tables import RUNNING, STARTING, SUCCEEDED
from tests.fakes.harness import add_job, drive, drive_to_end, job_of, status_of
from tests.fakes.worker import QUICK
from workbench.jobs.job import get_job
from workbench.jobs.launchers import Handle, State
from workbench.jobs.process.job_dir import JobDir, read_spec, write_json
from workbench.jobs.worker import Worker


class Cluster:
    """A launcher without processes: what it starts has succeeded when it is looked at."""

    name = "cluster"
    outlives_worker = False
    at_once = 1

    def __init__(self) -> None:
        self.asked: list[Handle] = []
        self.let_go_of: list[tuple[str, bool]] = []

    def submit(self, job_kind: str, job: JobDir) -> Handle:
        attempt = read_spec(job)["attempt"]
        write_json(job.result, {"status": "succeeded", "attempt": attempt, "reason": ""})
        return {"task": f"{job_kind} {job.path.name}"}

    def find(self, job: JobDir) -> Handle | None:
        return None

    def poll(self, handle: Handle) -> State:
        self.asked.append(handle)
        return State(False, 0)

    def was_restarted(self, handle: Handle) -> bool:
        return bool(handle.get("is_old"))

    def stop(self, handle: Handle, *, force: bool = False) -> None:
        raise AssertionError("there is nothing to stop")

    def let_go(self, job: JobDir, *, goes_on: bool) -> None:
        self.let_go_of.append((job.path.name, goes_on))


def leave_running(store: Store, launcher: str, handle: dict[str, Any]) -> None:
    """As if a former worker had started the one job that there is."""
    with store.write() as session:
        job = jobs.claim(session, ("train",), launcher)
        assert job is not None
        jobs.change(session, job.id, 1, (STARTING,), status=RUNNING)
        jobs.set_handle(session, job.id, 1, handle)


def test_a_handle_is_kept_with_its_launchers_name_and_handed_back(store: Store) -> None:
    cluster, job_id = Cluster(), add_job(store, place="cluster")
    assert drive_to_end(Worker(store, cluster, QUICK), store, job_id).status == SUCCEEDED
    assert cluster.asked == [{"task": f"train {job_id}"}]
    with store.read() as session:
        (row,) = jobs.attempts(session, job_id)
        assert jobs.last_handle(session, job_id, 1, "cluster") == cluster.asked[0]
    assert (row.launcher, row.handle) == ("cluster", cluster.asked[0])
    assert cluster.let_go_of == [(str(job_id), False)]


def test_the_launcher_says_whether_its_machine_was_restarted(store: Store) -> None:
    job_id, worker = add_job(store, place="cluster"), Worker(store, Cluster(), QUICK)
    leave_running(store, "cluster", {"is_old": True})
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert job_of(store, job_id).reason.startswith("The computer was restarted; ")
    drive(worker, lambda: status_of(store, job_id) == SUCCEEDED)


def test_a_handle_of_another_launcher_is_not_understood(store: Store) -> None:
    cluster, job_id = Cluster(), add_job(store)
    leave_running(store, "local", {"pid": 1, "started_s": 1.0, "boot_id": "another boot"})
    worker = Worker(store, cluster, QUICK)
    drive(worker, lambda: get_job(store, job_id).unknown_s is not None)
    assert (job_of(store, job_id).status, cluster.asked) == (RUNNING, [])
