"""Turns a large file into a table of texts on the disk, a few rows at a time."""

import dataclasses
import shutil
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.words import count
from workbench.data.bulk import answered, limits, several
from workbench.data.bulk.read_file import read
from workbench.data.bulk.together import together
from workbench.data.readers.archives.room import check_room
from workbench.data.readers.archives.unpack import FOLDER, unpack
from workbench.data.readers.table import Table, options_from
from workbench.data.readers.table_file import TableWriter, facts_of
from workbench.data.readers.training import notes_on
from workbench.data.splits import sample_file
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ConvertSpec
from workbench.jobs.process.stop import Stop


def convert(spec: ConvertSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write table.parquet, a sample of it and table.json into the job's folder, or nothing.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    name, folder = spec.name, job.path
    too_large = (
        f"{name} holds cells or rows that are too large to be read in the memory that is set "
        "aside: split them, or take them out."
    )
    writer = TableWriter(folder / "table.parquet")
    try:
        with limits.explain_errors(too_large):
            table = _convert(spec, folder, report, stop, writer)
            writer.close()
            table, writer = together(table, options_from(spec.options), folder, writer)
            table, writer = answered.answer(table, spec.options, folder, writer, stop.check)
    except BaseException:
        writer.abandon()
        raise
    finally:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
    table = dataclasses.replace(table, notes=(*table.notes, *notes_on(writer.names)))
    sample_file.write(folder)
    write_json(folder / "table.json", facts_of(table))
    return {"rows": writer.rows, "columns": len(writer.names)}


def _convert(
    spec: ConvertSpec, folder: Path, report: Report, stop: Stop, writer: TableWriter
) -> Table:
    name, source = spec.name, spec.source
    if not source.is_file():
        raise WorkbenchError(f"{name} is not here any more: choose the file again.")
    report.phase("unpacking", f"Looking at {name}")
    meter = Meter(report, stop.check)
    parts = unpack(source, name, folder, meter)
    check_room(folder, sum(part.path.stat().st_size for part in parts) // 2, name)
    options = options_from(spec.options)
    if len(parts) == 1:
        (part,) = parts
        report.phase("reading", f"Reading {part.name}")
        return read(part, options, writer, meter)
    report.phase("reading", f"Reading {count(len(parts))} files of {name}")
    return several.read(parts, name, options, writer, meter, folder)
