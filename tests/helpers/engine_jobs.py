"""Jobs done in the test's own process, what happens to them on the way, and what they told."""

from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from workbench.engine.kinds import HANDLERS
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process import shell
from workbench.jobs.process.job_dir import JobDir, read_events, read_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

PEFT_WARNS = "ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"
"""peft asks transformers by an old name, which pytest would make an error."""


def run(job: JobDir) -> dict[str, Any]:
    """Do the job as its process would; the result."""
    assert shell.run(job.path, HANDLERS, quiet=quiet) == 0
    return read_json(job.result)


def run_orphaned(job: JobDir) -> None:
    """Do the job until its worker dies."""
    assert shell.run(job.path, HANDLERS, quiet=quiet) == shell.ORPHANED
    assert not job.result.exists()


def events(job: JobDir, type: str) -> list[dict[str, Any]]:
    """The job's events of a type, in order."""
    return [event for event in read_events(job, 1, 0)[0] if event["type"] == type]


def predictions(result: dict[str, Any]) -> dict[str, list[Any]]:
    """The columns of a result's predictions."""
    return pq.read_table(result["predictions"]).to_pydict()


def losses(job: JobDir) -> dict[int, float]:
    """Step → loss of the training curve."""
    return {
        event["step"]: event["values"]["loss"]
        for event in events(job, "metric")
        if event["kind"] == "train"
    }


def at_step(step: int, monkeypatch: pytest.MonkeyPatch, act: Callable[[Stop], Any]) -> None:
    """Do `act` (with what the job is stopped by) when a training step has been told."""
    tell = Report.metric

    def metric(self: Report, kind: str, number: int, values: Any) -> None:
        tell(self, kind, number, values)
        if (kind, number) == ("train", step):
            act(self._stop)

    monkeypatch.setattr(Report, "metric", metric)


def leave_at_step(
    step: int, job: JobDir, monkeypatch: pytest.MonkeyPatch, act: Callable[[Stop, JobDir], Any]
) -> None:
    """Do the job until `act` at this step makes its process leave without a result."""
    with monkeypatch.context() as patch:
        at_step(step, patch, lambda stop: act(stop, job))
        run_orphaned(job)
