"""A large file made a table of once more, by a process of its own, in the midst of another job.

The table that the file's first reading left is thrown away when the page goes on to another file.
The process has the limit of memory that every conversion has, and ends when this one does.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.child import running
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json
from workbench.jobs.process.specs import ConvertSpec, TableRef

FOLDER = "table"
"""Where in the job's folder the table is made."""
TABLE = "table.json"
"""A folder with this file holds a whole table."""
_POLL_S = 0.2
_END_S = 5.0


def converted(source: Path, table: TableRef, outer: JobDir, done: Callable[[float], None]) -> Path:
    """The folder, within the outer job's, with the table that is made of a file.

    Args:
        done: told the share that is read; raises to leave.

    Raises:
        WorkbenchError: the file cannot be read; one sentence.
    """
    job = JobDir(outer.path / FOLDER)
    job.path.mkdir(exist_ok=True)
    spec = ConvertSpec(source=source, name=table.name, options=table.options)
    write_json(job.spec, spec.as_dict())
    command = [sys.executable, "-m", "workbench.data.bulk", str(job.path)]
    with running(command, _END_S, own_group=False) as child:
        share, at = 0.0, (1, 0)
        while child.poll() is None:
            time.sleep(_POLL_S)
            events, *read_to = read_events(job, *at)
            at = (read_to[0], read_to[1])
            steps = [event for event in events if event["type"] == "progress"]
            share = steps[-1]["step"] / steps[-1]["total_steps"] if steps else share
            done(share)
    result = read_json(job.result)
    result = result if isinstance(result, dict) else {}
    if result.get("status") != "succeeded" or not (job.path / TABLE).exists():
        raise WorkbenchError(result.get("reason") or f"{table.name} could not be read again.")
    return job.path
