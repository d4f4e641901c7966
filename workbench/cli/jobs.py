"""`jobs`, `cancel`, `pause`, `resume`, `move`, `place`, `give-up`, `worker`: the queue and who works
on it."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.jobs import job as jobs
from workbench.jobs import placing, queue, worker, worker_process
from workbench.jobs.cluster import CLUSTER, HERE

PLACES = {"here": HERE, "cluster": CLUSTER}
"""Word of a command → place."""


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    listing = command(commands, "jobs", _jobs, "List the jobs, oldest first.")
    listing.add_argument("--active", action="store_true", help="only those that wait or run")
    cancel = command(commands, "cancel", _cancel, "Cancel a job; a training keeps its best state.")
    cancel.add_argument("job", type=int)
    pause = command(commands, "pause", _pause, "Interrupt a job; `resume` lets it go on.")
    pause.add_argument("job", type=int)
    resume = command(commands, "resume", _resume, "Let a paused job go on.")
    resume.add_argument("job", type=int)
    move = command(commands, "move", _move, "Let a waiting job start first, or after another.")
    move.add_argument("job", type=int)
    move.add_argument("--after", type=int, metavar="JOB", help="the job to start right after")
    place = command(commands, "place", _place, "Let a job that waits run here or on the cluster.")
    place.add_argument("job", type=int)
    place.add_argument("--on", choices=list(PLACES), required=True)
    give_up = command(
        commands, "give-up", _give_up,
        "Wait no longer for a process on the cluster that nobody can tell of; the job goes on anew.",
    )  # fmt: skip
    give_up.add_argument("job", type=int)
    command(commands, "worker", _worker, "Work on the queue until stopped.", as_json=False)


def _jobs(options: argparse.Namespace) -> int:
    found = queue.list_jobs(open_store(), active=options.active)
    rows = [
        {
            "job_id": job.id,
            "kind": job.kind,
            "title": job.title,
            "status": job.status,
            "run_id": job.run_id,
            "attempt": job.attempt,
            "place": job.place,
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
    queue.cancel_job(store, options.job)
    status = jobs.get_job(store, options.job).status
    text = (
        f"Job {options.job} is cancelled."
        if status == "cancelled"
        else f"Job {options.job} is asked to stop; it keeps what it has."
    )
    emit(options, {"job_id": options.job, "status": status}, text)
    return 0


def _pause(options: argparse.Namespace) -> int:
    job = queue.pause_job(open_store(), options.job)
    said = "is paused" if job.status == "paused" else "saves where it stands, then pauses"
    emit(options, {"job_id": job.id, "status": job.status}, f"Job {job.id} {said}.")
    return 0


def _resume(options: argparse.Namespace) -> int:
    job = queue.resume_job(open_store(), options.job)
    worker_process.ensure_worker()
    text = f"Job {job.id} goes on when its turn comes."
    emit(options, {"job_id": job.id, "status": job.status}, text)
    return 0


def _move(options: argparse.Namespace) -> int:
    store = open_store()
    queue.move_job(store, options.job, options.after)
    order = [job.id for job in queue.list_jobs(store, active=True)]
    emit(options, {"queue": order}, f"The queue is now: {', '.join(map(str, order))}.")
    return 0


def _place(options: argparse.Namespace) -> int:
    job = placing.put_job(open_store(), options.job, PLACES[options.on])
    text = f"Job {job.id} runs on {placing.TITLES[job.place].lower()}."
    emit(options, {"job_id": job.id, "place": job.place}, text)
    return 0


def _give_up(options: argparse.Namespace) -> int:
    job = queue.give_up(open_store(), options.job)
    worker_process.ensure_worker()
    text = f"Attempt {job.attempt} of job {job.id} is given up; it goes on with another one."
    emit(options, {"job_id": job.id, "status": job.status}, text)
    return 0


def _worker(_options: argparse.Namespace) -> int:
    return worker.main()
