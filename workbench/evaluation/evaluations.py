"""Exams: scoring a trained model on questions that it never saw, and reading the answers."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from storage import evaluations as rows
from storage import files
from storage.database import Store
from storage.evaluations import EvaluationRow
from storage.runs import RunRow
from storage.tables import OPEN
from workbench.core import names, parquet
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import TURNS
from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tasks.descriptions import OUT_OF_SCOPE
from workbench.data.mapped_file import MappedFile, learned_categories
from workbench.data.unknown_categories import UnknownCategory, find_unknown
from workbench.data.versions import get_version
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import EvaluateSpec
from workbench.training.trained_run import told_of, trained_row, trained_run

EXAM = "test"
"""The split of a version that is never learned from; what an evaluation of it is called."""


@dataclass(frozen=True)
class EvaluationInfo:
    """Scores of a run on one set of questions."""

    id: int
    run_id: int
    task: str
    split: str
    """`test` for the version's own exam, else the name of the file that was scored."""
    rows: int
    scores: dict[str, Any]
    """Rung → score name → value, and the `seconds` of an answer; as far as each was scored."""
    predictions_hash: str
    created_at: dt.datetime

    @property
    def is_exam(self) -> bool:
        """Whether it is the version's own exam, rather than another file."""
        return self.split == EXAM

    @property
    def questions(self) -> str:
        """What one row is called in a sentence."""
        noun = task_named(self.task).exam_noun
        return f"exam {noun}" if self.is_exam else noun


def list_evaluations(store: Store, run_id: int) -> list[EvaluationInfo]:
    """The evaluations of a run, newest first."""
    with store.read() as session:
        return [_info(row) for row in rows.listing(session, run_id)]


def exams_of(store: Store, project_id: int) -> dict[int, EvaluationInfo]:
    """Run → its newest scoring on its own exam, of those in a project that have one."""
    with store.read() as session:
        found = [_info(row) for row in rows.of_project(session, project_id)]
    return {info.run_id: info for info in reversed(found) if info.is_exam}


def exam_of(store: Store, run_id: int) -> EvaluationInfo | None:
    """The newest scoring of a run on its own exam."""
    return next((info for info in list_evaluations(store, run_id) if info.is_exam), None)


def get_evaluation(store: Store, evaluation_id: int) -> EvaluationInfo:
    """One evaluation.

    Raises:
        WorkbenchError: there is none with this number.
    """
    with store.read() as session:
        row = rows.row(session, evaluation_id)
    if row is None:
        raise WorkbenchError(
            f"There is no evaluation {evaluation_id}: its run may have been deleted."
        )
    return _info(row)


def predictions(store: Store, evaluation_id: int) -> pd.DataFrame:
    """The answers of an evaluation, row by row, each judged.

    Returns:
        Columns row_id, input, expected, those of the rungs that were asked, and
        what `row_scores.score_rows` adds; for a classifier also probability (0 to 1)
        and, where the model can tell, none_of_these (bool).

    Raises:
        WorkbenchError: the answers are not on the disk any more, or damaged.
    """
    info = get_evaluation(store, evaluation_id)
    path = files.object_path(info.predictions_hash)
    if not path.is_file():
        raise WorkbenchError(
            "The answers of this exam are not on the disk any more: score the model again."
        )
    damaged = "The answers of this exam are damaged on the disk: score the model again."
    return score_rows(parquet.read(path, damaged).to_pandas(), info.task)


def version_of(store: Store, run_id: int) -> int:
    """The id of the version that a trained run learned from.

    Raises:
        WorkbenchError: there is no trained model.
    """
    return trained_row(store, run_id).version.id


def start_evaluation(
    store: Store,
    run_id: int,
    file: MappedFile | None = None,
    rungs: Sequence[str] | None = None,
    *,
    most: int | None = None,
) -> int:
    """Queue the scoring of a trained model; the job's id.

    Args:
        file: questions and their answers, mapped as those that the model learned from; None for
            the version's own exam.
        rungs: who answers beside the model before and after training; None for those that need no
            model.
        most: at most so many questions are answered, as in the exam of a training; None for all.

    A scoring of the same questions that still waits or runs is not started twice.

    Raises:
        WorkbenchError: there is no trained model, or it has learned from every row.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
    if file is None:
        _check_unseen(row)
    data, split = (file.data, _split_named(file.name)) if file else (_exam_of(row), EXAM)
    spec = EvaluateSpec(
        **told_of(row),
        data=data,
        split=split,
        rungs=tuple(rungs) if rungs else None,
        most=most,
        beside=file.beside if file else None,
    )
    told = (spec.data, spec.rungs, spec.most)
    with store.write() as session:
        for job in rows.jobs_of(session, run_id, EvaluateSpec.kind):
            same = jobs.spec_of(job, EvaluateSpec)
            if (
                job.status in OPEN
                and same is not None
                and (same.data, same.rungs, same.most) == told
            ):
                return job.id
        what = "the exam" if split == EXAM else split
        return queue.enqueue(
            session,
            f"Scoring of {row.run.name} on {what}",
            spec,
            project_id=row.run.project_id,
            run_id=run_id,
        )


def evaluation_jobs(store: Store, run_id: int) -> Sequence[JobView]:
    """The scorings of a run, newest first, whatever became of them; a page asks several times."""
    return store.known(("scorings", run_id), partial(_jobs, store, run_id))


def _jobs(store: Store, run_id: int) -> Sequence[JobView]:
    with store.read() as session:
        found = rows.jobs_of(session, run_id, EvaluateSpec.kind)
        return [jobs.view_of(session, job) for job in found]


def out_of_scope(store: Store, run_id: int) -> str:
    """The category that the run learned as that of texts which belong to none of the others."""
    return str(get_version(store, version_of(store, run_id)).mapping.get(OUT_OF_SCOPE) or "")


def unknown_categories(store: Store, run_id: int, answers: pd.DataFrame) -> list[UnknownCategory]:
    """The wanted categories that the model has not learned, and so cannot get right.

    Args:
        answers: the answers of an evaluation, as `predictions` gives them.

    Where the examples are damaged, those of all their rows count as learned.
    """
    version = get_version(store, version_of(store, run_id))
    task, wanted = task_named(version.task), answers["expected"].astype(str).tolist()
    if not task.has_categories:
        return []
    if task.answers_are_sets:
        wanted = [name for text in wanted for name in categories_in(text)]
    try:
        known = learned_categories(version)
    except WorkbenchError:
        known = set(version.labels)
    return find_unknown(wanted, known)


def _check_unseen(row: RunRow) -> None:
    """Refuse to ask a model again what it has learned."""
    if (row.run.result or {}).get("exam") == TURNS:
        raise WorkbenchError(
            f"'{row.run.name}' has learned from every row of its data, so none of them can examine "
            "it any more: its exam by turns belongs to its training. Test it on another file, or "
            "train it again."
        )


def _exam_of(row: RunRow) -> Path:
    """The version's test rows as a file of their own; the same file every time."""
    path = files.object_path(row.version.content_hash)
    table = parquet.examples(path, filters=[("split", "=", EXAM)])
    if not table.num_rows:
        raise WorkbenchError(
            f"The examples of '{row.run.name}' have no exam questions: test on another file, or "
            "save the data again with a part for the exam."
        )
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    stream.seek(0)
    return files.object_path(files.put(stream))


def _split_named(name: str) -> str:
    """The file's name; never mistaken for the version's own exam."""
    name = names.shown(Path(name).name)
    return f"{name} (file)" if name == EXAM else name


def _info(row: EvaluationRow) -> EvaluationInfo:
    evaluation = row.evaluation
    return EvaluationInfo(
        id=evaluation.id,
        run_id=evaluation.run_id,
        task=row.version.task,
        split=evaluation.split,
        rows=evaluation.rows,
        scores=evaluation.scores,
        predictions_hash=evaluation.predictions_hash,
        created_at=evaluation.created_at,
    )
