"""Checkups of dataset versions: a job looks through the examples, its files tell what it found."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from storage import conversions, files, projects
from storage.database import Store
from storage.rights.require import require
from storage.rights.rule import SEE
from storage.tables import OPEN, Job
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.data.changes import FIX, HERE_ROWS, apply_edit_to, data_of, enqueue_change
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.record import Checkup
from workbench.data.described import is_only_described
from workbench.data.edits.edit import Edit, before_and_after
from workbench.data.files.large import table_of
from workbench.data.splits.turns import turns_from, with_turns
from workbench.data.versions import VersionInfo, check_there, get_version, rows_by_id
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, is_gone, spec_of, view_of
from workbench.jobs.process.specs import CheckSpec
from workbench.models import bundled, catalogue
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.model_info import ModelInfo, can_learn
from workbench.training.presets import preset

SPLIT = "split"
"""The finding whose fix draws the exam anew."""

EDITION = 9
"""Counts up when the checks learn something new: older checkups are then made again."""


def start(store: Store, version_id: int) -> JobView:
    """Let a job look through a version; one that waits or runs is not started twice.

    Raises:
        WorkbenchError: the version or its examples are gone, or it has none.
    """
    version = get_version(store, version_id)
    if is_only_described(version):
        raise WorkbenchError(
            f"'{version.dataset_name}' has no examples to look through yet: sort some texts first."
        )
    check_there(version)
    spec = _spec(store, version)
    with store.write() as session:
        same = _of(session, version)
        if same and same[0].status in OPEN:
            return view_of(session, same[0])
        conversions.release(session, same)
        title = f"Checkup of {version.dataset_name}, version {version.number}"
        job_id = queue.enqueue(session, title, spec, project_id=version.project_id)
    return get_job(store, job_id)


def newest(store: Store, version: VersionInfo) -> JobView | None:
    """The newest checkup of a version's examples, whatever became of it; None if there is none.

    It is that of the content: a version that was returned to has been looked through already.
    """
    with store.read() as session:
        for job in _of(session, version)[:1]:
            return None if is_gone(job) else view_of(session, job)
    return None


def read(store: Store, job_id: int) -> Checkup:
    """What a checkup that has succeeded found.

    Raises:
        WorkbenchError: it is not on the disk any more.
    """
    return record.read(_folder(store, job_id))


def _folder(store: Store, job_id: int) -> Path:
    """Where a checkup lies, for who may see its project."""
    with store.read() as session:
        require(session, Job, job_id, SEE)
    return files.job_folder(job_id)


def flagged_rows(
    store: Store, version: VersionInfo, job_id: int, kind: str, limit: int
) -> pa.Table:
    """The first rows of a finding: what is known of each beside the version's own.

    Raises:
        WorkbenchError: the checkup or the examples are not on the disk any more.
    """
    found = record.flagged_rows(_folder(store, job_id), kind).slice(0, limit)
    data = rows_by_id(version, found["row_id"].to_pylist())
    place = {row: number for number, row in enumerate(data["row_id"].to_pylist())}
    there = [place.get(row) for row in found["row_id"].to_pylist()]
    found = found.filter(pa.array([number is not None for number in there]))
    data = data.take(pa.array([number for number in there if number is not None], pa.int64()))
    for name in data.column_names:
        if name != "row_id":
            found = found.append_column(name, data[name])
    return found


def map_of(store: Store, job_id: int) -> pa.Table | None:
    """Columns row_id, x and y of the rows on the map; None if none was drawn."""
    path = _folder(store, job_id) / record.MAP
    return parquet.read(path, record.DAMAGED) if path.is_file() else None


def unlabelled_of(store: Store, job_id: int) -> pa.Table | None:
    """Rows without a category with suggestions, the most uncertain first; None if there are none.

    Columns row_id, text, labels, shares and margin.
    """
    path = _folder(store, job_id) / record.UNLABELLED
    return parquet.read(path, record.DAMAGED) if path.is_file() else None


def _of(session: Session, version: VersionInfo) -> list[Job]:
    """The checkups of a version's examples that can be looked at, the newest first: of this
    edition, and not let go of."""
    return [
        job
        for job in conversions.of_project(session, version.project_id, (CheckSpec.kind,))
        if (spec := spec_of(job, CheckSpec))
        and (spec.edition, spec.data) == (EDITION, version.path)
    ]


def _spec(store: Store, version: VersionInfo) -> CheckSpec:
    """What a checkup is told: the examples, the table that they came from, and the models."""
    models = {model.name: model for model in catalogue.list_models(store)}
    encoder = models.get(bundled.READER)
    with store.read() as session:
        project = projects.get(session, version.project_id)
        base_id = project.base_model_id if project else None
    base = next((model for model in models.values() if model.id == base_id), encoder)
    return CheckSpec(
        edition=EDITION,
        version_id=version.id,
        data=version.path,
        task=version.task,
        mapping=version.mapping,
        seed=version.split_seed,
        table=table_of(store, version),
        encoder=encoder.reference if encoder and bundled.is_ready(bundled.READER) else None,
        tokenizer=base.reference if base else None,
        max_tokens=_max_tokens(base, version.task, version.rows),
    )


def _max_tokens(model: ModelInfo | None, task: str, rows_: int) -> int:
    """So many tokens an example may have in a balanced training with this model, or with one that
    can be taught the task where this one cannot."""
    taught = model if model and can_learn(model, task) else None
    able = ENCODER if ENCODER.can_learn(task) else CAUSAL
    kind = taught.family if taught else able.name
    wanted = preset("balanced", task=task, family=kind, rows=rows_).max_length
    context = taught.context_length if taught else None
    return min(wanted, context) if context else wanted


@dataclass(frozen=True)
class Fix:
    """A finding's fix as the user wants it."""

    version_id: int
    job_id: int
    """The checkup that found it."""
    finding: Finding
    kind: str
    """record.REMOVE or record.CHANGE."""
    leave: frozenset[int] = frozenset()
    """Rows that stay as they are."""

    @property
    def title(self) -> str:
        """What the history says of it."""
        what = self.finding.remove if self.kind == record.REMOVE else self.finding.change
        return f"{self.finding.title}: {what[:1].lower()}{what[1:]}"


def preview(store: Store, fix: Fix, limit: int = 50) -> tuple[int, list[dict[str, str]]]:
    """How many rows a fix touches, and the first of them: `row`, `column`, `before`, `after`.

    Raises:
        WorkbenchError: the checkup or the examples are not on the disk any more.
    """
    version = get_version(store, fix.version_id)
    edit = _edit_of(store, fix)
    data = rows_by_id(version, sorted(rows_touched(store, fix))[:limit])
    return edit.rows, before_and_after(data, edit, limit)


def rows_touched(store: Store, fix: Fix) -> frozenset[int]:
    """The ids of all rows that a fix touches.

    Raises:
        WorkbenchError: the checkup is not on the disk any more.
    """
    edit = _edit_of(store, fix)
    return edit.remove | {row for row, _ in edit.change or {}}


def apply(store: Store, fix: Fix) -> VersionInfo | JobView:
    """Make the next version by a fix: the version, or for a large dataset the job that makes it.

    Raises:
        WorkbenchError: too little would be left, or the version is not the newest any more.
    """
    version = get_version(store, fix.version_id)
    mapping, report = _redraw_split(store, version, fix)
    version = dataclasses.replace(version, mapping=mapping, report=report)
    if version.rows > HERE_ROWS:
        change = {"kind": FIX, "title": fix.title, "rows": fix.finding.rows}
        return enqueue_change(store, version, change, **_order_of(store, fix))
    data = _redraw_turns(store, data_of(version), fix)
    return apply_edit_to(store, version, _edit_of(store, fix), FIX, fix.title, data)


def _redraw_split(
    store: Store, version: VersionInfo, fix: Fix
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The version's mapping and report; a fix of the split changes how the exam is drawn, so that
    later rows of the same table go by it, too."""
    if fix.finding.kind != SPLIT:
        return version.mapping, version.report
    told = read(store, fix.job_id).facts["split"]
    mapping = {**version.mapping, "split_by": told["by"]}
    return mapping, {**version.report, "split": told["report"]}


def _redraw_turns(store: Store, data: pa.Table, fix: Fix) -> pa.Table:
    """The examples with the turns that go with another exam; of an older checkup, without any."""
    if fix.finding.kind != SPLIT:
        return data
    told = read(store, fix.job_id).facts["split"].get("turns")
    return with_turns(data, turns_from(told) if told else None)


def _edit_of(store: Store, fix: Fix) -> Edit:
    found = record.flagged_rows(_folder(store, fix.job_id), fix.finding.kind)
    return record.edit_of(fix.kind, record.those_that(fix.kind, found, fix.leave))


def _order_of(store: Store, fix: Fix) -> dict[str, Any]:
    """A fix as a job's spec names it."""
    return {
        "checkup": _folder(store, fix.job_id),
        "finding": fix.finding.kind,
        "fix": fix.kind,
        "leave": tuple(sorted(fix.leave)),
    }
