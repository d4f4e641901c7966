"""Writes a version's examples as a file for other programs, where the pages' process need not."""

from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.bulk.sink import Watch
from workbench.data.export import write as export_file
from workbench.jobs.process.shell import Process

FOLDER = "export"
"""Of the job's folder; what lies there can be made again."""


def export(process: Process) -> dict[str, Any]:
    """Write the file into the job's folder.

    The spec has the version's `data` (a path), `task`, `system` and `rows`, and the `format`.

    Raises:
        WorkbenchError: the version is gone, or a workbook cannot hold it.
    """
    spec = process.spec
    source = Path(spec["data"])
    if not source.is_file():
        raise WorkbenchError("The examples of this version are not here any more.")
    process.phase("saving", f"Writing {count(spec['rows'])} examples")
    folder = process.job.path / FOLDER
    folder.mkdir(exist_ok=True)
    target = folder / f"examples.{spec['format']}"
    too_large = "A row is too large to be written in the memory that is set aside."
    with limits.explained(too_large):
        rows = export_file.write(
            source,
            target,
            spec["format"],
            spec["task"],
            system=spec["system"],
            progress=Watch(process),
        )
    return {"file": f"{FOLDER}/{target.name}", "rows": rows, "bytes": target.stat().st_size}
