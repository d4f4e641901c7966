"""What a version answers to the must-pass examples: from its exam, or by a job that asks it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from storage import evaluations as evaluation_rows
from storage import files
from storage.database import Store
from storage.live import must_pass as rows
from storage.tables import SUCCEEDED
from workbench.core import parquet
from workbench.evaluation import evaluations
from workbench.evaluation.release.must_pass import MustPass, example_of
from workbench.evaluation.verdict import TURN
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import MustPassSpec
from workbench.training.trained_run import told_of, trained_run

_Told = Callable[[MustPass], str | None]


@dataclass(frozen=True)
class Result:
    """What a version answered to an example."""

    example: MustPass
    answer: str | None
    """None where it has not been asked yet."""

    @property
    def passed(self) -> bool | None:
        """None where it has not been asked yet."""
        return None if self.answer is None else self.example.is_passed(self.answer)


def results(store: Store, run_id: int, rung: str = "") -> list[Result]:
    """What a run, or a rung in its place, has answered to the must-pass examples of its task.

    An answer of its exam counts where it was put aside; what it has learned it is asked anew.

    Raises:
        WorkbenchError: there is no trained model.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
        examples = [
            example_of(found)
            for found in rows.listing(session, row.run.project_id, row.version.task)
        ]
        digests = [
            str((job.result or {})["predictions_hash"])
            for job in evaluation_rows.jobs_of(session, run_id, MustPassSpec.kind)
            if job.status == SUCCEEDED
            and (job.result or {}).get("predictions_hash")
            and (job.spec.get("rung") or "") == rung
        ]
    if not examples:
        return []
    told = [_of_exam(store, run_id, rung), *map(_of_job, digests)]
    return [Result(one, _answer(told, one)) for one in examples]


def start(store: Store, run_id: int, rung: str = "") -> int | None:
    """Queue the asking of those examples that a run, or a rung in its place, has not answered; the
    job's id, None if none.

    Raises:
        WorkbenchError: there is no trained model.
    """
    if (job := open_job(store, run_id)) is not None:
        return job.id
    missing = [found.example for found in results(store, run_id, rung) if found.answer is None]
    if not missing:
        return None
    with store.read() as session:
        row = trained_run(session, run_id)
    data = files.object_path(_put(missing))
    spec = MustPassSpec(**told_of(row), data=data, rung=rung or None)
    with store.write() as session:
        return queue.enqueue(
            session,
            f"Must-pass examples for {row.run.name}",
            spec,
            project_id=row.run.project_id,
            run_id=run_id,
        )


def open_job(store: Store, run_id: int) -> JobView | None:
    """The job that asks a run, while it waits or works."""
    return next((job for job in _jobs(store, run_id) if not job.is_over), None)


def last_failure(store: Store, run_id: int) -> str:
    """Why the last asking came to nothing; empty where it did not."""
    found = _jobs(store, run_id)
    return found[0].reason if found and found[0].status == "failed" else ""


def _jobs(store: Store, run_id: int) -> Sequence[JobView]:
    return store.known(("askings", run_id), partial(_found, store, run_id))


def _found(store: Store, run_id: int) -> Sequence[JobView]:
    with store.read() as session:
        found = evaluation_rows.jobs_of(session, run_id, MustPassSpec.kind)
        return [jobs.view_of(session, job) for job in found]


def _put(examples: Sequence[MustPass]) -> str:
    """The examples as a Parquet object, as a model is asked them; its sha256."""
    roles = dict.fromkeys(role for example in examples for role in example.asked)
    columns: dict[str, Any] = {"row_id": [example.id for example in examples]}
    for role in roles:
        columns[role] = pa.array([example.asked.get(role) for example in examples], pa.string())
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    stream.seek(0)
    return files.put(stream)


def _answer(told: Sequence[_Told], example: MustPass) -> str | None:
    return next((answer for one in told if (answer := one(example)) is not None), None)


def _of_job(digest: str) -> _Told:
    """What a job was answered; nothing where that is not on the disk any more."""
    path = files.object_path(digest)
    if not parquet.is_whole(path):
        return lambda example: None
    table = pq.read_table(path)
    found = dict(zip(table["row_id"].to_pylist(), table["output"].to_pylist(), strict=True))
    return lambda example: None if found.get(example.id) is None else str(found[example.id])


def _of_exam(store: Store, run_id: int, rung: str) -> _Told:
    """What the run, or the rung, answered in its exam, where that was put aside."""
    exam = next((e for e in evaluations.list_evaluations(store, run_id) if e.is_exam), None)
    answers = pd.DataFrame()
    if exam is not None and parquet.is_whole(files.object_path(exam.predictions_hash)):
        answers = parquet.read(files.object_path(exam.predictions_hash), "").to_pandas()
    who = rung or "tuned"
    if TURN in answers or who not in answers:
        return lambda example: None
    first = answers.drop_duplicates("input").set_index("input")[who]
    found = {str(question): answer for question, answer in first.items() if answer is not None}
    return lambda example: None if example.question not in found else str(found[example.question])
