"""Batch prediction: a model answers every row of a file, and the file comes back with answers."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED, Job, Run
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import INVENTED
from workbench.core.metrics import please_check as to_be_checked
from workbench.core.whole import whole_file
from workbench.data import datasets, mapped_file
from workbench.data.examples.plan import Source
from workbench.data.export import spreadsheet
from workbench.data.readers import CSV, XLSX, Table, options_from
from workbench.jobs import queue
from workbench.jobs.process.specs import PredictSpec
from workbench.models.families import family_named
from workbench.training.trained_run import threshold_of, told_of, trained_run
from workbench.use.answered.asking import share_rows

_NUMBERED = (CSV, XLSX)
"""Kinds of files in which a row that is missing from the numbers was an empty one."""
NONE_OF_THESE = "none_of_these"
_TITLES = {
    "output": "answer",
    INVENTED: "not in your examples",
    "low": "from",
    "high": "to",
    "rounded": "rounded",
    "outside": "outside",
}
PLEASE_CHECK = "please_check"
_COLUMNS = (*_TITLES.values(), "probability", NONE_OF_THESE)
_WORDS = {True: "true", False: "false"}
_MOST_EMPTY = 100_000
"""A cell far below the table is no reason for a file of a million empty rows."""


def start_prediction(
    store: Store,
    run_id: int,
    path: Path,
    name: str = "",
    *,
    columns: Mapping[str, str] | None = None,
    untrained: bool = False,
    rung: str | None = None,
    sheet: str = "",
) -> int:
    """Queue the answering of a file by a trained model; the job's id.

    Args:
        path: a table with the columns that questions came from when the model learned.
        name: what the user calls the file.
        columns: role → column, where the file calls it otherwise.
        untrained: ask the run's base model in the same words instead, for comparison.
        rung: who answers in the model's place, by `core.tasks.rungs`; one of those that need
            no model and fit the task.
        sheet: of a workbook, where that is not to be found out.

    Raises:
        WorkbenchError: there is no trained model, or the file cannot be used.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
    if untrained and not family_named(row.base_model.kind).writes_text:
        raise WorkbenchError(
            f"{row.base_model.name} only reads texts and cannot answer untrained: "
            "ask the trained model instead."
        )
    version_id = row.version.id
    table = mapped_file.open_file(store, version_id, path, name, answers=False, sheet=sheet)
    mapped = mapped_file.map_table(store, version_id, table, need_answers=False, columns=columns)
    with path.open("rb") as stream:
        source = datasets.keep(stream, name or path.name)
    spec = PredictSpec(
        **told_of(row),
        data=mapped.data,
        source={"digest": source.digest, "name": source.name},
        read=row.version.mapping.get("read") or {},
        read_as=table.options.as_dict(),
        columns=dict(columns or {}),
        rung=rung,
        share_rows=share_rows(row.base_model.kind),
    )
    if untrained:
        spec = dataclasses.replace(spec, adapter=None)
    system = row.base_model.name if untrained else row.run.name
    system = f"'{rung}' in place of {system}" if rung else system
    with store.write() as session:
        return queue.enqueue(
            session,
            f"Answers of {system} to {source.name}",
            spec,
            project_id=row.run.project_id,
            run_id=run_id,
        )


def answers(store: Store, job_id: int) -> pd.DataFrame:
    """The user's own table with the answers behind its columns.

    Returns:
        The file's rows in their order with all its columns as text, also those that say nothing,
        then `answer`; for free texts `not in your examples` (what of the answer nobody told the
        model); for a classifier `probability` (0 to 1) and, where it can tell, `none_of_these`
        (true or false). Where a row had no question, they are empty.

    Raises:
        WorkbenchError: the answers are not there (yet).
    """
    spec, digest = _finished(store, job_id)
    alike = datasets.reading_alike(options_from(spec.read), answers=False)
    options = alike if spec.read_as is None else options_from(spec.read_as)
    table = datasets.open_source(Source(**spec.source), options)
    places = _places(table)
    own: pd.DataFrame = table.data.to_pandas().set_axis(table.row_numbers.to_pylist())
    own = own.reindex(places).reset_index(drop=True)
    found = _marked(_answers(digest), _threshold(store, spec)).reindex(places)
    for flag in (name for name in (NONE_OF_THESE, PLEASE_CHECK) if name in found):
        found[flag] = found[flag].map(_WORDS)
    for column in found:
        own[_free_name(str(column), own)] = found[column].to_numpy()
    return own


def titles(store: Store, job_id: int) -> list[str]:
    """Of the columns that `answers` puts behind the user's own.

    Raises:
        WorkbenchError: the answers are not there (yet).
    """
    spec, digest = _finished(store, job_id)
    added = len(_marked(_answers(digest), _threshold(store, spec)).columns)
    return [str(title) for title in answers(store, job_id).columns[-added:]]


def _places(table: Table) -> list[int]:
    """The numbers of all rows of the file, also of those that a reader passes over as empty."""
    numbers: list[int] = table.row_numbers.to_pylist()
    if table.kind not in _NUMBERED or not numbers:
        return numbers
    first, last = (table.options.header_row or 0) + 1, max(numbers)
    return [*range(first, last + 1)] if last - first - len(numbers) <= _MOST_EMPTY else numbers


def answered_rows(store: Store, job_id: int) -> int:
    """How many rows got an answer.

    Raises:
        WorkbenchError: the answers are not there (yet).
    """
    return len(_answers(_finished(store, job_id)[1]))


def none_of_these(store: Store, job_id: int) -> int | None:
    """How many rows belong to none of the categories; None where the model cannot tell.

    Raises:
        WorkbenchError: the answers are not there (yet).
    """
    found = _answers(_finished(store, job_id)[1])
    return int(found[NONE_OF_THESE].sum()) if NONE_OF_THESE in found else None


def please_check(store: Store, job_id: int) -> int | None:
    """How many answers a person is to check; None where no limit is kept with the model.

    Raises:
        WorkbenchError: the answers are not there (yet).
    """
    spec, digest = _finished(store, job_id)
    found = _marked(_answers(digest), _threshold(store, spec))
    return int(found[PLEASE_CHECK].sum()) if PLEASE_CHECK in found else None


def answers_file(store: Store, job_id: int, kind: str) -> Path:
    """The table of `answers` as a file, csv or xlsx; made once for each limit.

    Raises:
        WorkbenchError: the answers are not there (yet), or do not fit into a workbook.
    """
    threshold = _threshold(store, _finished(store, job_id)[0])
    limit = "" if threshold is None else f" above {threshold:.6g}"
    path = files.job_folder(job_id) / f"answers{limit}.{kind}"
    if not path.is_file():
        content = spreadsheet.to_bytes(answers(store, job_id), kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            part.write_bytes(content)
    return path


def _finished(store: Store, job_id: int) -> tuple[PredictSpec, str]:
    """What the job was told, and the object with its answers."""
    with store.read() as session:
        job = session.get(Job, job_id)
    if job is None or job.kind != PredictSpec.kind:
        raise WorkbenchError(f"There are no answers with the number {job_id}: ask the file again.")
    spec = PredictSpec.from_dict(job.spec)
    digest = (job.result or {}).get("predictions_hash")
    if job.status != SUCCEEDED or not digest:
        why = job.reason or f"the job is {job.status}."
        raise WorkbenchError(f"{spec.source['name']} has no answers: {why}")
    return spec, str(digest)


def _answers(digest: str) -> pd.DataFrame:
    """Row number → answer, and what else is known of it."""
    path = files.object_path(digest)
    if not path.is_file():
        raise WorkbenchError("The answers are not on the disk any more: ask the file again.")
    table = parquet.read(path, "The answers are damaged on the disk: ask the file again.")
    found: pd.DataFrame = table.to_pandas().set_index("row_id").rename(columns=_TITLES)
    return found[[column for column in _COLUMNS if column in found]]


def _threshold(store: Store, spec: PredictSpec) -> float | None:
    """The limit that is kept with the model that answered."""
    with store.read() as session:
        run = session.get(Run, spec.run_id)
        return threshold_of(run) if run is not None and spec.adapter is not None else None


def _marked(found: pd.DataFrame, threshold: float | None) -> pd.DataFrame:
    """The answers, those marked that a person is to check."""
    if threshold is None or "probability" not in found:
        return found
    told = zip(found["probability"], found.get(NONE_OF_THESE, [False] * len(found)), strict=True)
    marked = found.copy()
    marked[PLEASE_CHECK] = [to_be_checked(threshold, *own) for own in told]
    return marked


def _free_name(name: str, table: pd.DataFrame) -> str:
    """The name, numbered if the user's table has such a column."""
    taken: set[Any] = set(table.columns)
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} ({number})"
    return free
