"""Writes a version's examples as a file for other programs, where the pages' process need not."""

from workbench.core.errors import WorkbenchError
from workbench.core.words import count
from workbench.data.bulk import limits
from workbench.data.export import write
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ExportSpec
from workbench.jobs.process.stop import Stop

FOLDER = "export"
"""Of the job's folder; what lies there can be made again."""


def export(spec: ExportSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write the file into the job's folder.

    Raises:
        WorkbenchError: the version is gone, or a workbook cannot hold it.
    """
    if not spec.data.is_file():
        raise WorkbenchError("The examples of this version are not here any more.")
    report.phase("saving", f"Writing {count(spec.rows)} examples")
    folder = job.path / FOLDER
    folder.mkdir(exist_ok=True)
    target = folder / f"examples.{spec.format}"
    too_large = "A row is too large to be written in the memory that is set aside."
    with limits.explain_errors(too_large):
        rows = write.write(
            spec.data,
            target,
            spec.format,
            spec.task,
            system=spec.system,
            progress=Meter(report, stop.check),
        )
    return {"file": f"{FOLDER}/{target.name}", "rows": rows, "bytes": target.stat().st_size}
