"""The table that a version came from, as a checkup finds it: small, large, or not there any more."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.core.tasks import task_named
from workbench.data.checkup import table as source
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.table import TableFindings
from workbench.data.examples import source_table
from workbench.data.examples.source_table import SourceTable
from workbench.engine.checkup.convert_again import FOLDER, TABLE, converted
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import CheckSpec, TableRef


@dataclass(frozen=True)
class OpenedTable:
    """The table, and what the user should know where it could not be had."""

    mapping: dict[str, Any]
    rows: SourceTable | None = None
    notes: list[str] = field(default_factory=list)

    def look(self, rows: Rows, progress: Progress) -> TableFindings:
        """What it shows."""
        if self.rows is None:
            return TableFindings()
        return source.find_in_table(rows, self.rows, self.mapping, progress)


@contextlib.contextmanager
def opened(
    spec: CheckSpec, job: JobDir, report: Report, progress: Progress
) -> Iterator[OpenedTable]:
    """The table that the version came from. Where what `convert` made of a large one has gone, the
    file is converted once more."""
    table = OpenedTable(spec.mapping)
    try:
        if spec.table is not None:
            try:
                rows = _source_table(spec.table, job, report, progress)
                table = OpenedTable(spec.mapping, rows)
            except WorkbenchError as error:
                table = OpenedTable(spec.mapping, notes=[f"{_not_seen(spec.task)}: {error}"])
        yield table
    finally:
        shutil.rmtree(job.path / FOLDER, ignore_errors=True)


def _source_table(table: TableRef, job: JobDir, report: Report, progress: Progress) -> SourceTable:
    """Where the rows of the table are to be had.

    Raises:
        WorkbenchError: nowhere.
    """
    if table.folder is not None and (table.folder / TABLE).exists():
        return source_table.of_folder(table.folder)
    if table.path is None or not table.path.is_file():
        raise WorkbenchError(f"{table.name} is not on the disk any more.")
    if table.is_large:
        report.phase("reading", f"Reading {table.name} once more")
        return source_table.of_folder(converted(table.path, table, job, progress))
    return source_table.of_file(table.path, table.name, table.options)


def _not_seen(task: str) -> str:
    if task_named(task).answers_are_categories:
        return "Rows without a category were not looked for, nor an exam that would be fairer"
    return "An exam that would be fairer was not looked for"
