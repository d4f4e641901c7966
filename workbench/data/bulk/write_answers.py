"""Puts a model's answers into the user's own file, where the pages' process need not read it."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.write import why_not, write_answers
from workbench.data.bulk import limits
from workbench.data.bulk.convert import convert
from workbench.data.export.answer_columns import answer_columns
from workbench.data.export.answered_table import write_table
from workbench.data.readers.kinds import kind_of
from workbench.data.readers.table import ReadOptions, options_from
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ConvertSpec, WriteAnswersSpec
from workbench.jobs.process.stop import Stop

_LONGEST_NAME = 60
"""Characters, each of up to four bytes, of which a name may have 255."""
FOLDER = "answered"
"""Of the job's folder; what lies there can be made again."""


def put_answers(spec: WriteAnswersSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write the file with its answers into the job's folder.

    Raises:
        WorkbenchError: the file is gone, or cannot be read.
    """
    report.phase("saving", f"Writing the answers into {spec.name}")
    too_large = f"{spec.name} has more rows than fit in this machine's memory at once."
    with limits.explain_errors(too_large), _named(spec, job) as source:
        columns = answer_columns(
            spec.answers,
            spec.task,
            title=spec.answer_title,
            fields=spec.fields,
            threshold=spec.threshold,
            for_programs=spec.for_programs,
        )
        folder = job.path / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        stop.check()
        kind = kind_of(source, spec.name)
        if why := why_not(source, kind):
            return _as_table(spec, job, report, stop, columns, why)
        try:
            return _patched(spec, source, kind, folder, columns)
        except (
            WorkbenchError
        ) as error:  # it could be read, but it has no room, or is of another form
            return _as_table(spec, job, report, stop, columns, str(error))


@contextlib.contextmanager
def _named(spec: WriteAnswersSpec, job: JobDir) -> Iterator[Path]:
    """The user's file under its own name, by which sentences call it."""
    folder = job.path / "source"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / (Path(spec.name).name[-_LONGEST_NAME:] or "table")
    try:
        try:
            os.link(spec.source, path)
        except OSError:
            shutil.copyfile(spec.source, path)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _patched(
    spec: WriteAnswersSpec, source: Path, kind: str, folder: Path, columns: list[AnswerColumn]
) -> Result:
    """The file itself, with the columns behind its own."""
    target = folder / f"answered{Path(spec.name).suffix}"
    options = options_from(spec.read)
    done = write_answers(source, target, kind=kind, options=options, columns=columns)
    return _result(target, done.rows, done.titles, done.notes, done.options, patched=True)


def _as_table(
    spec: WriteAnswersSpec,
    job: JobDir,
    report: Report,
    stop: Stop,
    columns: list[AnswerColumn],
    why: str,
) -> Result:
    """A file of its own with the table and the columns, where the user's cannot be written to."""
    told = ConvertSpec(source=spec.source, name=spec.name, options=spec.read)
    convert(told, job, report, stop)
    report.phase("saving", f"Writing {plural(len(columns), 'column')} of answers")
    meter = Meter(report, stop.check)
    target, titles, rows = write_table(job.path, job.path / FOLDER, columns, meter)
    return _result(target, rows, titles, (why,), ReadOptions(header_row=1), patched=False)


def _result(
    target: Path,
    rows: int,
    titles: tuple[str, ...],
    notes: tuple[str, ...],
    read: ReadOptions,
    *,
    patched: bool,
) -> Result:
    return {
        "file": f"{FOLDER}/{target.name}",
        "bytes": target.stat().st_size,
        "rows": rows,
        "titles": list(titles),
        "notes": list(notes),
        "patched": patched,
        "read": read.as_dict(),
    }
