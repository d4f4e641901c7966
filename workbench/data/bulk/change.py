"""Makes the next version of a large dataset, where the pages' process need not hold its rows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.checkup import record
from workbench.data.edits import carry_over as carrying
from workbench.data.edits import edit as fixing
from workbench.data.edits.apply import amended
from workbench.data.edits.edit import Edit
from workbench.data.examples import source_table as origin
from workbench.data.examples.plan import plan_from
from workbench.data.examples.source_table import Origin
from workbench.data.readers import table_file
from workbench.jobs.process.shell import Process


def mend(process: Process) -> dict[str, Any]:
    """Write examples.parquet into the job's folder; the result has what a version's row needs.

    The spec has the version's `data`, `task`, `mapping`, `seed` and `report`, and either the fix
    (the `checkup` folder, the `finding`, `fix`: remove or change, and the row ids to `leave`
    alone), or an `edit` by hand, or `again`: the Parquet files `before` and `after` the changes
    that are to be made again, whether row numbers mean the `same_rows`, and the `table` with the
    `roles` of its columns. Nothing is written if none applies.

    Raises:
        WorkbenchError: too little would be left, or there is too much for the memory.
    """
    too_large = (
        "The dataset has more examples than fit in this machine's memory at once: change the "
        "table itself, or use a machine with more memory."
    )
    with limits.explained(too_large), process.leaving_at_once():
        return _mend(process)


def _mend(process: Process) -> dict[str, Any]:
    spec = process.spec
    process.phase("reading", "Reading the examples")
    data = pq.read_table(spec["data"])
    edit = _edit(spec, data)
    process.check()
    if not edit.rows:
        return {"rows": len(data), "touched": 0}
    process.phase("checking", f"Changing {count(edit.rows)} of {count(len(data))} examples")
    plan = plan_from(spec["task"], spec["mapping"], spec["seed"])
    prepared = amended(data, plan, spec["report"], edit)
    process.check()
    process.phase("saving", f"Writing {count(len(prepared))} examples")
    target = process.job.path / "examples.parquet"
    pq.write_table(prepared.data, target, compression="zstd")
    return {
        "examples": str(target),
        "rows": len(prepared),
        "touched": edit.rows,
        "splits": prepared.splits,
        "dropped": prepared.dropped,
        "report": prepared.report,
        "mapping": spec["mapping"],
    }


def _edit(spec: dict[str, Any], data: pa.Table) -> Edit:
    if "again" in spec:
        return _carried(spec, data)
    if "edit" in spec:
        return fixing.edit_from(spec["edit"])
    found = record.marks(Path(spec["checkup"]), spec["finding"])
    return record.edit_of(spec["fix"], record.those_that(spec["fix"], found, spec["leave"]))


def _carried(spec: dict[str, Any], data: pa.Table) -> Edit:
    again = spec["again"]
    before, after = pq.read_table(again["before"]), pq.read_table(again["after"])
    now = carrying.Now(
        data, again["same_rows"], task_named(spec["task"]), again["roles"], _origin(again["table"])
    )
    return carrying.carried(carrying.changes_between(before, after), before, now)


def _origin(about: dict[str, Any]) -> Origin | None:
    if about.get("is_large"):
        there = about["folder"] and table_file.options_in(Path(about["folder"])) is not None
        return origin.of_folder(Path(about["folder"])) if there else None
    path = Path(about["path"])
    return origin.of_file(path, about["name"], about["options"]) if path.is_file() else None
