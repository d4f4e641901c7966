"""Makes the examples of a version from a large table, where the pages' process need not hold them."""

import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.progress import within
from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.checkup.import_report import judge
from workbench.data.columns.mapping import columns_in
from workbench.data.examples.example_table import splits_by_question
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.examples.prepare import prepare
from workbench.data.readers import Table, read_table, table_file
from workbench.data.readers.table import options_from
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import PrepareSpec, TableRef
from workbench.jobs.process.stop import Stop


def write_examples(spec: PrepareSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write examples.parquet into the job's folder; the result has what the page shows of them.

    Raises:
        WorkbenchError: a column is missing, there is too little to learn from, or too much to
            be held in memory.
    """
    too_large = (
        f"{spec.table.name} has more examples than fit in this machine's memory at once: "
        "choose a part of its rows, or use a machine with more memory."
    )
    with limits.explain_errors(too_large), stop.at_once():
        return _write(spec, job, report, stop)


def _write(spec: PrepareSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    plan = plan_from(spec.task, spec.mapping, spec.seed)
    report.phase("reading", "Reading the columns")
    table = _table(spec.table, plan)
    test = _table(spec.test, plan) if spec.test else None
    stop.check()
    report.phase("checking", f"Checking {count(len(table))} rows")
    meter = Meter(report, stop.check)
    prepared = prepare(plan, table, test, earlier=_earlier(spec), progress=within(meter, 0.0, 0.9))
    del table, test
    prepared = judge(prepared, progress=within(meter, 0.9, 1.0))
    stop.check()
    report.phase("saving", f"Writing {count(len(prepared))} examples")
    target = job.path / "examples.parquet"
    pq.write_table(prepared.data, target, compression="zstd")
    return {
        "rows": len(prepared),
        "splits": prepared.splits,
        "dropped": prepared.dropped,
        "report": prepared.report,
        "mapping": prepared.plan.as_mapping(),
    }


def _table(table: TableRef, plan: Plan) -> Table:
    if table.path is not None:
        return read_table(table.path, table.name, options_from(table.options))
    folder = table.folder
    if folder is None or not (folder / "table.json").exists():
        raise WorkbenchError(f"{table.name} is not here any more: choose the file again.")
    names = table_file.columns_of(folder)
    used = {column for source in plan.roles.values() for column in columns_in(source, names)}
    used.add(plan.split_by.column)
    return table_file.read_whole(folder, [name for name in names if name in used])


def _earlier(spec: PrepareSpec) -> dict[str, str]:
    """Question key → split, the later version last."""
    splits: dict[str, str] = {}
    for path in spec.earlier:
        splits |= splits_by_question(task_named(spec.task), parquet.examples(path))
    return splits
