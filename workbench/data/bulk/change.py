"""Makes the next version of a large dataset, where the pages' process need not hold its rows."""

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.checkup import record
from workbench.data.edits import replay
from workbench.data.edits.apply import apply_edit
from workbench.data.edits.edit import Edit, edit_from
from workbench.data.examples import source_table
from workbench.data.examples.plan import plan_from
from workbench.data.examples.source_table import SourceTable
from workbench.data.readers import table_file
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ChangeSpec, ReplayOrder, TableRef
from workbench.jobs.process.stop import Stop


def apply_change(spec: ChangeSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write examples.parquet into the job's folder; the result has what a version's row needs.

    Nothing is written if none of the changes applies.

    Raises:
        WorkbenchError: too little would be left, or there is too much for the memory.
    """
    too_large = (
        "The dataset has more examples than fit in this machine's memory at once: change the "
        "table itself, or use a machine with more memory."
    )
    with limits.explain_errors(too_large), stop.at_once():
        return _apply(spec, job, report, stop)


def _apply(spec: ChangeSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    report.phase("reading", "Reading the examples")
    data = parquet.examples(spec.data)
    edit = _edit(spec, data)
    stop.check()
    if not edit.rows:
        return {"rows": len(data), "touched": 0}
    report.phase("checking", f"Changing {count(edit.rows)} of {count(len(data))} examples")
    plan = plan_from(spec.task, spec.mapping, spec.seed)
    prepared = apply_edit(data, plan, spec.report, edit)
    stop.check()
    report.phase("saving", f"Writing {count(len(prepared))} examples")
    target = job.path / "examples.parquet"
    pq.write_table(prepared.data, target, compression="zstd")
    return {
        "examples": str(target),
        "rows": len(prepared),
        "touched": edit.rows,
        "splits": prepared.splits,
        "dropped": prepared.dropped,
        "report": prepared.report,
        "mapping": spec.mapping,
    }


def _edit(spec: ChangeSpec, data: pa.Table) -> Edit:
    if spec.replay is not None:
        return _replay_edit(spec.task, spec.replay, data)
    if spec.edit is not None:
        return edit_from(spec.edit)
    if spec.checkup is None:
        raise WorkbenchError("Nothing is chosen that could be changed: choose at least one row.")
    found = record.flagged_rows(spec.checkup, spec.finding)
    return record.edit_of(spec.fix, record.those_that(spec.fix, found, spec.leave))


def _replay_edit(task: str, order: ReplayOrder, data: pa.Table) -> Edit:
    before, after = parquet.examples(order.before), parquet.examples(order.after)
    now = replay.NewExamples(
        data, order.same_rows, task_named(task), order.roles, _source_table(order.table)
    )
    return replay.replay_edit(replay.changes_between(before, after), before, now)


def _source_table(table: TableRef) -> SourceTable | None:
    if table.is_large:
        there = table.folder and table_file.options_in(table.folder) is not None
        return source_table.of_folder(table.folder) if table.folder and there else None
    if table.path is None or not table.path.is_file():
        return None
    return source_table.of_file(table.path, table.name, table.options)
