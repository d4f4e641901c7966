"""The table that a version came from, as a checkup finds it: small, large, or not there any more."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.data.checkup import table as source
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.table import Look
from workbench.data.examples import source_table as origin
from workbench.data.examples.source_table import Origin
from workbench.engine.checkup.convert_again import FOLDER, TABLE, converted
from workbench.jobs.process.shell import Process


@dataclass(frozen=True)
class SourceTable:
    """The table, and what the user should know where it could not be had."""

    mapping: dict[str, Any]
    origin: Origin | None = None
    notes: list[str] = field(default_factory=list)

    def look(self, rows: Rows, progress: Progress) -> Look:
        """What it shows."""
        return source.look(rows, self.origin, self.mapping, progress) if self.origin else Look()


@contextlib.contextmanager
def opened(process: Process, progress: Progress) -> Iterator[SourceTable]:
    """The table that the spec's `table` names: the file's `path`, its `name` and the reading
    `options`; of one that is too large for this process `is_large` and perhaps the `folder` that
    holds it as `convert` left it. Where that folder has gone, the file is converted once more."""
    about, mapping = process.spec.get("table"), process.spec["mapping"]
    table = SourceTable(mapping)
    try:
        if about:
            try:
                table = SourceTable(mapping, _origin(process, about, progress))
            except WorkbenchError as error:
                table = SourceTable(mapping, notes=[f"{_not_seen(process.spec['task'])}: {error}"])
        yield table
    finally:
        shutil.rmtree(process.job.path / FOLDER, ignore_errors=True)


def _origin(process: Process, about: dict[str, Any], progress: Progress) -> Origin:
    """Where the rows of the table are to be had.

    Raises:
        WorkbenchError: nowhere.
    """
    folder = Path(about.get("folder") or "")
    if about.get("folder") and (folder / TABLE).exists():
        return origin.of_folder(folder)
    if not Path(about["path"]).is_file():
        raise WorkbenchError(f"{about['name']} is not on the disk any more.")
    if about.get("is_large"):
        process.phase("reading", f"Reading {about['name']} once more")
        return origin.of_folder(converted(process, about, progress))
    return origin.of_file(Path(about["path"]), about["name"], about["options"])


def _not_seen(task: str) -> str:
    if task == "classification":
        return "Rows without a category were not looked for, nor an exam that would be fairer"
    return "An exam that would be fairer was not looked for"
