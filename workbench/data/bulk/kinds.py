"""The kinds of jobs of `python -m workbench.data.bulk`, each under its limits."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workbench.core import confine
from workbench.data.bulk import limits
from workbench.data.bulk.change import apply_change
from workbench.data.bulk.convert import convert
from workbench.data.bulk.export import export
from workbench.data.bulk.prepare import write_examples
from workbench.data.bulk.write_answers import put_answers
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.shell import Handler, Result
from workbench.jobs.process.specs import (
    ChangeSpec,
    ConvertSpec,
    ExportSpec,
    PrepareSpec,
    TableRef,
    WriteAnswersSpec,
)

Work = Callable[..., Result]
_Confined = ConvertSpec | PrepareSpec | WriteAnswersSpec


def _with_limit(work: Work, more_bytes: Callable[[], int]) -> Work:
    def limited(*arguments: Any) -> Result:
        limits.limit_memory(more_bytes())
        return work(*arguments)

    return limited


def kept_to_its_files(work: Work) -> Work:
    """The same, in a process that from then on opens what its spec names and no other file.

    What parses a user's file is kept to that file, as far as the kernel knows of that, and writes
    into the job's folder alone.
    """

    def kept(spec: _Confined, job: JobDir, *arguments: Any) -> Result:
        tempfile.tempdir = str(job.path)
        confine.confine([*confine.programs(), *_files_of(spec)], [job.path])
        return work(spec, job, *arguments)

    return kept


def _files_of(spec: _Confined) -> Iterator[Path]:
    if isinstance(spec, ConvertSpec):
        yield spec.source
        return
    if isinstance(spec, WriteAnswersSpec):
        yield from (spec.source, *spec.answers)
        return
    yield from spec.earlier
    for table in (spec.table, spec.test):
        yield from _files_of_table(table or TableRef())


def _files_of_table(table: TableRef) -> Iterator[Path]:
    yield from (path for path in (table.path, table.folder) if path is not None)


HANDLERS = (
    Handler(ConvertSpec, kept_to_its_files(_with_limit(convert, limits.for_convert))),
    Handler(PrepareSpec, kept_to_its_files(_with_limit(write_examples, limits.for_prepare))),
    Handler(WriteAnswersSpec, kept_to_its_files(_with_limit(put_answers, limits.for_prepare))),
    Handler(ChangeSpec, _with_limit(apply_change, limits.for_prepare)),
    Handler(ExportSpec, _with_limit(export, limits.for_convert)),
)
