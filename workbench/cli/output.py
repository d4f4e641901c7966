"""What the commands share: options, the store, and how results and progress are printed."""

import argparse
import json
import sys
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.core.errors import WorkbenchError
from workbench.jobs.job import JobView
from workbench.jobs.queue import wait_for
from workbench.jobs.worker_process import ensure_worker


def command(
    commands: Any, name: str, run: Any, help: str, *, as_json: bool = True
) -> argparse.ArgumentParser:
    """Add the command `name`; `run` gets the parsed options."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(command=run)
    if as_json:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def emit(options: argparse.Namespace, value: dict[str, Any], text: str) -> None:
    """Print the result: the object with --json, the text without."""
    said = json.dumps(value, ensure_ascii=False) if options.json else text
    # A file's name may hold bytes that are no text.
    print(said.encode("utf-8", "backslashreplace").decode(), flush=True)


def working_store() -> Store:
    """The store, with a worker at work on its queue."""
    store = open_store()
    ensure_worker()
    return store


def finished(store: Store, job_id: int) -> JobView:
    """Wait for the job, telling on stderr how far it is.

    Raises:
        WorkbenchError: it failed or was cancelled; the sentence says why.
    """
    # A worker that dies or, being of an older version, is told to end meanwhile is replaced.
    job = wait_for(store, job_id, on_progress=_Progress(), on_look=ensure_worker)
    if job.status == "failed":
        raise WorkbenchError(job.reason or f"Job {job_id} failed: see its log.")
    if job.status == "cancelled" and not job.result:
        raise WorkbenchError(f"Job {job_id} was cancelled.")
    return job


class _Progress:
    """Prints a line when something new is to be said."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, job: JobView) -> None:
        line = self._line(job)
        if line and line != self._last:
            self._last = line
            print(line, file=sys.stderr, flush=True)

    def _line(self, job: JobView) -> str:
        if job.status == "queued":
            return "waiting in the queue"
        phase = str(job.progress.get("phase", job.status))
        step, total = job.progress.get("step"), job.progress.get("total_steps")
        if not step or not total:
            return phase
        # A line for every tenth of the way is enough on a terminal.
        return f"{phase}: {10 * (10 * int(step) // int(total))} %"
