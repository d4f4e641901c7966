"""Makes the next version of a large dataset, where the pages' process need not hold its rows."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from workbench.amending import amended
from workbench.checkup import fixing, record
from workbench.conversion import limits
from workbench.preparing import plan_from
from workbench.trainer.process import Process
from workbench.words import count


def mend(process: Process) -> dict[str, Any]:
    """Write examples.parquet into the job's folder; the result has what a version's row needs.

    The spec has the version's `data`, `task`, `mapping`, `seed` and `report`, and the fix: the
    `checkup` folder, the `finding`, `fix` (remove or change) and the row ids to `leave` alone.

    Raises:
        WorkbenchError: too little would be left, or there is too much for the memory.
    """
    too_large = (
        "The dataset has more examples than fit in this machine's memory at once: change the "
        "table itself, or use a machine with more memory."
    )
    with limits.explained(too_large):
        return _mend(process)


def _mend(process: Process) -> dict[str, Any]:
    spec = process.spec
    process.phase("reading", "Reading the examples")
    data = pq.read_table(spec["data"])
    found = record.marks(Path(spec["checkup"]), spec["finding"])
    edit = fixing.edit_of(spec["fix"], record.those_that(spec["fix"], found, spec["leave"]))
    process.check()
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
        "splits": prepared.splits,
        "dropped": prepared.dropped,
        "report": prepared.report,
        "mapping": spec["mapping"],
    }
