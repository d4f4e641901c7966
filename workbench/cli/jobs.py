"""`jobs`, `cancel`, `worker`: the queue and who works on it."""

import argparse
from typing import Any

from storage.schema import open_store
from workbench import jobs, worker
from workbench.cli.output import command, emit


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    listing = command(commands, "jobs", _jobs, "List the jobs, newest first.")
    listing.add_argument("--active", action="store_true", help="only those that wait or run")
    cancel = command(commands, "cancel", _cancel, "Cancel a job; a training keeps its best state.")
    cancel.add_argument("job", type=int)
    command(commands, "worker", _worker, "Work on the queue until stopped.", as_json=False)


def _jobs(options: argparse.Namespace) -> int:
    found = jobs.list_jobs(open_store(), active=options.active)
    rows = [
        {
            "job_id": job.id,
            "kind": job.kind,
            "title": job.title,
            "status": job.status,
            "run_id": job.run_id,
            "attempt": job.attempt,
            "reason": job.reason,
            "progress": job.progress,
        }
        for job in found
    ]
    lines = [f"{job.id:>5}  {job.status:<10} {job.kind:<9} {job.title}" for job in found]
    emit(options, {"jobs": rows}, "\n".join(lines) or "There are no jobs.")
    return 0


def _cancel(options: argparse.Namespace) -> int:
    store = open_store()
    jobs.cancel_job(store, options.job)
    status = jobs.get_job(store, options.job).status
    text = (
        f"Job {options.job} is cancelled."
        if status == "cancelled"
        else f"Job {options.job} is asked to stop; it keeps what it has."
    )
    emit(options, {"job_id": options.job, "status": status}, text)
    return 0


def _worker(_options: argparse.Namespace) -> int:
    return worker.main()
