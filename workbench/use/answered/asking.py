"""What a model is asked of a file: which table, which columns, and the jobs that answer it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from storage import conversions, files
from storage.database import Store
from storage.tables import CANCELLED, FAILED, OPEN, Job
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import rung_in_place
from workbench.core.tasks.text_pair import ROLE as PAIR
from workbench.core.tasks.text_pair import columns_of, headings_of, woven_in
from workbench.data import mapped_file
from workbench.data.columns.likeness import LOOKED_AT, guess, usual
from workbench.data.columns.mapping import check_roles, without_absent
from workbench.data.examples.plan import Source
from workbench.data.files import large, sources
from workbench.data.readers import ReadOptions, Table, options_from
from workbench.data.versions import first_examples, get_version
from workbench.jobs import queue
from workbench.jobs.job import JobView, spec_of, view_of
from workbench.jobs.process.parts import FIRST_ROWS
from workbench.jobs.process.specs import FirstAnswersSpec, PredictSpec
from workbench.models.families import family_named
from workbench.training.trained_run import told_of, trained_run

WRITING_SHARE, SORTING_SHARE = 200, 20_000
"""Rows that are worth starting another machine for: some minutes' work beside half a minute to begin."""


@dataclass(frozen=True)
class Order:
    """One file to be answered by one model, as chosen."""

    project_id: int
    run_id: int
    source: Source
    read: ReadOptions = field(default_factory=ReadOptions)
    """What was chosen of how it is read; the rest is found out."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Role → column of the file."""
    rung: str = ""
    """What answers in the place of the run's model; empty for the model itself."""


def version_id_of(store: Store, run_id: int) -> int:
    """The version that a run learned from.

    Raises:
        WorkbenchError: there is no trained model.
    """
    with store.read() as session:
        return trained_run(session, run_id).version.id


def options_of(store: Store, order: Order) -> ReadOptions:
    """How the file is read: as the version's own, sheet and header row as chosen."""
    version = get_version(store, version_id_of(store, order.run_id))
    own = options_from(version.mapping.get("read") or {})
    alike = sources.reading_alike(own, answers=False)
    header = alike.header_row if order.read.header_row is None else order.read.header_row
    return dataclasses.replace(alike, sheet=order.read.sheet, header_row=header)


def table(store: Store, order: Order) -> Table:
    """The file's table; of a large one some rows.

    Raises:
        NotReady: it is large, and no job has read it yet.
        WorkbenchError: it cannot be read.
    """
    options = options_of(store, order)
    if large.is_large(order.source):
        return large.table(store, order.project_id, order.source, options)
    return sources.open_source(order.source, options)


def guess_columns(store: Store, run_id: int, found: Table) -> dict[str, str]:
    """Role → the column that has it, by its name or by what stands in it; "" where none is like it."""
    version = get_version(store, version_id_of(store, run_id))
    task = task_named(version.task)
    roles = mapped_file.roles_of(store, version.id, need_answers=False)
    some = first_examples(version, LOOKED_AT) if version.path.is_file() else None
    guessed = {}
    for role, source in roles.items():
        learned = some[role].to_pylist() if some and role in some.column_names else []
        like = guess if role in task.required else _by_name
        guessed[role] = like(source, found, learned)
    asked = task.question_role
    if headings_of(roles.get(asked, "")):  # each of the two texts has a column of its own
        one, other = columns_of(guessed[asked]) or (guessed[asked], "")
        guessed = {asked: one, PAIR: other, **{r: s for r, s in guessed.items() if r != asked}}
    return guessed


def woven(store: Store, run_id: int, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns with that of a second text woven into the question's, as the model has learned it.

    Raises:
        WorkbenchError: there is a second text and no first one.
    """
    version = get_version(store, version_id_of(store, run_id))
    asked = task_named(version.task).question_role
    roles = mapped_file.roles_of(store, version.id, need_answers=False)
    return woven_in(columns, asked, headings_of(roles.get(asked, "")))


def _by_name(source: str, found: Table, _: object) -> str:
    return usual(source, found)


def start(store: Store, order: Order, *, first: bool = False) -> int:
    """Queue the answering of the file, or of its first rows; the job's id.

    Raises:
        NotReady: it is large, and no job has read it yet.
        WorkbenchError: there is no trained model, a column is missing, or no row can be used.
    """
    with store.read() as session:
        row = trained_run(session, order.run_id)
    found = table(store, order)
    spec = _of_large if large.is_large(order.source) else _of_small
    data, asks = spec(store, row.version.id, order, found)
    kind = FirstAnswersSpec if first else PredictSpec
    told = kind(
        **told_of(row),
        data=data,
        asks=asks,
        source=dataclasses.asdict(order.source),
        read=row.version.mapping.get("read") or {},
        read_as=found.options.as_dict(),
        columns=dict(order.columns),
        most=FIRST_ROWS if first else None,
        rung=order.rung or None,
        former=None if first else _former(store, order, found.options, data),
        share_rows=0 if first else share_rows(row.base_model.kind),
    )
    what = "First answers" if first else "Answers"
    who = rung_in_place(order.rung, row.run.name)
    title = f"{what} of {who} to {order.source.name}"
    with store.write() as session:
        if first:
            conversions.release(session, _looked_at(session, order))
        return queue.enqueue(session, title, told, project_id=order.project_id, run_id=order.run_id)


def share_rows(family: str) -> int:
    """From how many rows on a cluster's machines share a file of answers by models of a family."""
    return WRITING_SHARE if family_named(family).writes_text else SORTING_SHARE


def _looked_at(session: Session, order: Order) -> list[Job]:
    """First looks of the project that are of no use any more: at another file, or not at an end."""
    return [
        job
        for job in conversions.of_project(session, order.project_id, (FirstAnswersSpec.kind,))
        if (spec := spec_of(job, FirstAnswersSpec))
        and (spec.source.get("digest") != order.source.digest or job.status in OPEN)
    ]


def _former(store: Store, order: Order, read: ReadOptions, data: Path) -> Path | None:
    """The folder of a job that was stopped while it answered the very same; None if there is none."""
    job = newest(store, order, read)
    if job is None or job.status not in (FAILED, CANCELLED):
        return None
    with store.read() as session:
        row = session.get(Job, job.id)
        spec = spec_of(row, PredictSpec) if row is not None else None
    same = spec is not None and spec.data == data
    return files.job_folder(job.id) if same else None


def _of_small(
    store: Store, version_id: int, order: Order, found: Table
) -> tuple[Path, dict[str, str] | None]:
    mapped = mapped_file.map_table(
        store, version_id, found, need_answers=False, columns=order.columns
    )
    return mapped.data, None


def _of_large(
    store: Store, version_id: int, order: Order, found: Table
) -> tuple[Path, dict[str, str] | None]:
    """The table is kept with the job: what was read for a page goes with its next file."""
    roles = mapped_file.roles_of(store, version_id, need_answers=False) | dict(order.columns)
    task = task_named(get_version(store, version_id).task)
    asks = check_roles(task.asking(), without_absent(roles, found), found)
    options = options_of(store, order)
    path = large.table_file_of(store, order.project_id, order.source, options)
    return files.object_path(files.put_file(path)), asks


def newest(store: Store, order: Order, read: ReadOptions, *, first: bool = False) -> JobView | None:
    """The newest job that answers this file in this way; None if none did.

    Args:
        read: how the file's table was read.
    """
    kind = FirstAnswersSpec if first else PredictSpec
    with store.read() as session:
        for job in conversions.of_project(session, order.project_id, (kind.kind,)):
            if _is_of(job, kind, order, read):
                return view_of(session, job)
    return None


def _is_of(job: Job, kind: type[PredictSpec], order: Order, read: ReadOptions) -> bool:
    spec = spec_of(job, kind)
    return (
        spec is not None
        and spec.run_id == order.run_id
        and (spec.rung or "") == order.rung
        and spec.adapter is not None
        and spec.source.get("digest") == order.source.digest
        and spec.read_as == read.as_dict()
        and spec.columns == dict(order.columns)
    )
