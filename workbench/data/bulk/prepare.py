"""Makes the examples of a version from a large table, where the pages' process need not hold them."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.bulk.sink import Watch
from workbench.data.columns.mapping import columns_in
from workbench.data.examples.example_table import splits_by_question
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.examples.prepare import prepare as prepared_from
from workbench.data.readers import Table, read_table, table_file
from workbench.data.readers.table import options_from
from workbench.jobs.process.shell import Process


def prepare(process: Process) -> dict[str, Any]:
    """Write examples.parquet into the job's folder; the result has what the page shows of them.

    The spec has the `table` and perhaps a `test` table (each a `folder` that `convert` filled, or
    a `path` with a `name` and reading `options`), the plan as `task`, `mapping` and `seed`, and
    the Parquet files of `earlier` versions that are split alike.

    Raises:
        WorkbenchError: a column is missing, there is too little to learn from, or too much to
            be held in memory.
    """
    spec = process.spec
    too_large = (
        f"{spec['table']['name']} has more examples than fit in this machine's memory at once: "
        "choose a part of its rows, or use a machine with more memory."
    )
    with limits.explained(too_large), process.leaving_at_once():
        return _prepare(process)


def _prepare(process: Process) -> dict[str, Any]:
    spec = process.spec
    plan = plan_from(spec["task"], spec["mapping"], spec["seed"])
    process.phase("reading", "Reading the columns")
    table = _table(spec["table"], plan)
    test = _table(spec["test"], plan) if spec.get("test") else None
    process.check()
    process.phase("checking", f"Checking {count(len(table))} rows")
    prepared = prepared_from(plan, table, test, earlier=_earlier(spec), progress=Watch(process))
    process.check()
    process.phase("saving", f"Writing {count(len(prepared))} examples")
    target = process.job.path / "examples.parquet"
    pq.write_table(prepared.data, target, compression="zstd")
    return {
        "rows": len(prepared),
        "splits": prepared.splits,
        "dropped": prepared.dropped,
        "report": prepared.report,
        "mapping": prepared.plan.as_mapping(),
    }


def _table(about: dict[str, Any], plan: Plan) -> Table:
    if "path" in about:
        return read_table(Path(about["path"]), about["name"], options_from(about["options"]))
    folder = Path(about["folder"])
    if not (folder / "table.json").exists():
        raise WorkbenchError(f"{about['name']} is not here any more: choose the file again.")
    names = table_file.columns_of(folder)
    used = {column for source in plan.roles.values() for column in columns_in(source, names)}
    used.add(plan.split_by.column)
    return table_file.read_whole(folder, [name for name in names if name in used])


def _earlier(spec: dict[str, Any]) -> dict[str, str]:
    """Question key → split, the later version last."""
    splits: dict[str, str] = {}
    for path in spec.get("earlier", ()):
        splits |= splits_by_question(task_named(spec["task"]), pq.read_table(path))
    return splits
