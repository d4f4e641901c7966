"""The answers of a job, whole or as far as it came: where they lie, and what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storage import files
from storage.database import Store
from storage.tables import Job, Run
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import INVENTED, please_check
from workbench.core.tasks import task_named
from workbench.data.export.answer_columns import (
    CHECK,
    field_titles,
    field_values,
    number_columns,
    title_of,
)
from workbench.data.versions import VersionInfo, first_examples, get_version
from workbench.jobs.job import spec_of
from workbench.jobs.process.parts import parts_in
from workbench.jobs.process.specs import FirstAnswersSpec, PredictSpec
from workbench.training.trained_run import threshold_of

NONE_OF_THESE = "none_of_these"
MOST_COLUMNS = 20
"""Of more categories than that none gets a column of its own."""
OTHERS = 200
"""So many learned answers tell which fields there are."""
GONE = "The answers are not on the disk any more: ask the file again."


@dataclass(frozen=True)
class Answers:
    """The answers of one job."""

    job_id: int
    project_id: int
    spec: PredictSpec
    version: VersionInfo
    """What the model that answered has learned from."""
    paths: tuple[Path, ...]
    """Parquet files, in the rows' order; none if nothing is answered yet."""
    threshold: float | None
    """The limit that is kept with the model."""

    @property
    def rows(self) -> int:
        """How many rows are answered."""
        return sum(int(pq.read_metadata(path).num_rows) for path in self.paths)

    @property
    def title(self) -> str:
        """What the column of the answers is called."""
        task = task_named(self.version.task)
        roles = self.version.mapping.get("roles") or {}
        source = "" if task.rows_are_conversations else str(roles.get(task.answer_role) or "")
        return title_of("" if task.answers_are_json else source)

    @property
    def fields(self) -> tuple[str, ...]:
        """The titles of the fields that the model has learned, or its categories where a text may have
        several; none for other tasks."""
        task = task_named(self.version.task)
        if task.answers_are_sets:
            labels = sorted(self.version.labels)
            return tuple(labels) if len(labels) <= MOST_COLUMNS else ()
        if not task.answers_are_json or not self.version.path.is_file():
            return ()
        data = first_examples(self.version, OTHERS)
        return tuple(field_titles(filter(None, data[task.answer_role].to_pylist())))


def answers_of(store: Store, job_id: int) -> Answers:
    """The answers of a job that answers a file, as far as there are any.

    Raises:
        WorkbenchError: there is no such job (any more).
    """
    with store.read() as session:
        job = session.get(Job, job_id)
        spec = _spec_of(job) if job is not None else None
        if job is None or spec is None:
            raise WorkbenchError(
                f"There are no answers with the number {job_id}: ask the file again."
            )
        run = session.get(Run, spec.run_id)
        if run is None:
            raise WorkbenchError("The model that answered this file was deleted: ask another one.")
        threshold = threshold_of(run) if spec.adapter is not None else None
        version_id, project_id = run.dataset_version_id, run.project_id
        paths = _paths(job)
    version = get_version(store, version_id)
    return Answers(job_id, project_id, spec, version, paths, threshold)


def _spec_of(job: Job) -> PredictSpec | None:
    kinds = {PredictSpec.kind: PredictSpec, FirstAnswersSpec.kind: FirstAnswersSpec}
    kind = kinds.get(job.kind)
    return spec_of(job, kind) if kind else None


def _paths(job: Job) -> tuple[Path, ...]:
    """The answers that the job has handed over; else the parts that are whole in its folder."""
    digest = (job.result or {}).get("predictions_hash")
    if digest:
        return (files.object_path(str(digest)),)
    return tuple(parts_in(files.job_folder(job.id)))


def first_rows(answers: Answers, most: int) -> pd.DataFrame:
    """The first answers as a person looks at them: `row`, `text`, the answer and what is known of it.

    Raises:
        WorkbenchError: they are not on the disk any more.
    """
    task = task_named(answers.version.task)
    fields = answers.fields
    lines = []
    for row in _take(answers.paths, most):
        line: dict[str, Any] = {"Row": row["row_id"], "Text": task.question(row)}
        told = field_values(row["output"]) if task.answers_are_json else None
        if not task.answers_are_sets:
            line |= {name: (told or {}).get(name) for name in fields}
        if told is None:
            line["Answer"] = row["output"]
        if task.answers_are_numbers:
            line |= number_columns(row)
        lines.append(line | _judged(answers.threshold, row))
    return pd.DataFrame(lines)


def _judged(threshold: float | None, row: dict[str, Any]) -> dict[str, Any]:
    sure, none = row.get("probability"), row.get(NONE_OF_THESE)
    told: dict[str, Any] = {} if sure is None else {"How sure": sure}
    if sure is not None and threshold is not None:
        told[CHECK] = bool(please_check(threshold, sure, none))
    if none is not None:
        told["None of these"] = none
    if INVENTED in row:
        told["Not in your examples"] = row[INVENTED]
    return told


def _take(paths: Sequence[Path], most: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in paths:
        parquet.check(path, GONE)
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(most):
                rows += batch.to_pylist()
                if len(rows) >= most:
                    return rows[:most]
    return rows


def to_check(answers: Answers) -> int | None:
    """How many answers a person is to check; None where no limit is kept, or nothing is that sure."""
    if answers.threshold is None:
        return None
    count = 0
    for path in answers.paths:
        names = [n for n in ("probability", NONE_OF_THESE) if n in pq.read_schema(path).names]
        if "probability" not in names:
            return None
        count += _unsure(parquet.read(path, GONE, columns=names), answers.threshold)
    return count


def _unsure(table: pa.Table, threshold: float) -> int:
    """How many of the rows `please_check` would mark."""
    marked = pc.invert(pc.greater(table["probability"], threshold))
    if NONE_OF_THESE in table.column_names:
        marked = pc.or_(marked, pc.fill_null(table[NONE_OF_THESE], False))
    return int(pc.sum(marked).as_py() or 0)
