"""Large files: read and prepared by jobs, so that no page ever holds them in memory.

A file that is large, or packed, becomes a table on the disk (job `convert`); the page works with
some of its rows. From that table and the page's choices the examples are made (job `prepare`).
Both leave their files in the job's folder, where the next look finds them, and both can be made
again at any time: they are thrown away with the draft that needed them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from storage import conversions, datasets, files, leftovers
from storage.database import Store
from storage.tables import CANCELLED, FAILED, SUCCEEDED, Job
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.data.examples.plan import Plan, Source, plan_from
from workbench.data.examples.prepare import Prepared
from workbench.data.files import reader, sources
from workbench.data.files.reader import LARGE_BYTES
from workbench.data.readers import ReadOptions, Table, options_from, table_file
from workbench.data.splits import sample_file
from workbench.data.splits.sample import TableSample
from workbench.data.versions import VersionInfo, before_saved, same_split
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, is_gone, spec_of, view_of
from workbench.jobs.process.specs import ConvertSpec, FileSpec, PrepareSpec, TableRef

_SAMPLE_ROWS = 2000
_Found = tuple[Job, FileSpec | None]
"""A job, and what it was told if it was not let go of."""


class NotReady(WorkbenchError):
    """A job has to end before this can be had."""


def is_large(source: Source) -> bool:
    """Whether a kept file is read by a job: it is large, packed, or slow to read for its kind."""
    path = files.object_path(source.digest)
    if not path.is_file():
        return False
    return path.stat().st_size > LARGE_BYTES or reader.is_heavy(path)


def is_whole(table: Table) -> bool:
    """Whether a page has all rows of a table, and few enough to make its examples at once."""
    return len(table) == table.rows and table.data.nbytes <= LARGE_BYTES


def reading_of(
    store: Store, project_id: int, source: Source, options: ReadOptions
) -> JobView | None:
    """The newest job that reads this file in this way, if there was one."""
    return _newest(store, project_id, ConvertSpec, _reading_key(source, options))


def read(store: Store, project_id: int, source: Source, options: ReadOptions) -> JobView:
    """Let a job read the file, in place of those that read it in another way.

    Raises:
        WorkbenchError: the file is gone.
    """
    if not sources.is_kept(source):
        raise WorkbenchError(f"{source.name} is not here any more: choose the file again.")
    spec = ConvertSpec(
        key=_reading_key(source, options),
        digest=source.digest,
        source=files.object_path(source.digest),
        name=source.name,
        options=options.as_dict(),
    )
    return _replace(store, project_id, f"Reading of {source.name}", spec)


def table(store: Store, project_id: int, source: Source, options: ReadOptions) -> Table:
    """Some rows of a large file, the first ones at their beginning.

    Raises:
        NotReady: no job has read it yet.
    """
    return table_file.read_sample(_folder_of_reading(store, project_id, source, options))


@dataclass(frozen=True)
class Order:
    """The examples that a page's choices ask for."""

    project_id: int
    source: Source
    plan: Plan
    dataset_name: str
    test_read: ReadOptions
    """How the exam file of the plan, if it has one, is read."""
    saved_id: int | None = None
    """The version that was saved from this very page; it, and what was made of it, change nothing."""


def table_sample(
    store: Store, project_id: int, source: Source, options: ReadOptions
) -> TableSample:
    """Rows of a large table that has been read, to say how its exam is best drawn.

    Raises:
        NotReady: it has not been read.
    """
    return sample_file.read(_folder_of_reading(store, project_id, source, options))


def table_file_of(store: Store, project_id: int, source: Source, options: ReadOptions) -> Path:
    """Where the whole table of a large file that has been read lies (see `readers.table_file`).

    Raises:
        NotReady: it has not been read.
    """
    return _folder_of_reading(store, project_id, source, options) / table_file.TABLE


def preparation_of(store: Store, order: Order) -> JobView | None:
    """The newest job that makes these examples, if there was one."""
    return _newest(store, order.project_id, PrepareSpec, _preparation_key(store, order))


def prepare(store: Store, order: Order) -> JobView:
    """Let a job make the examples, in place of all others that were made for this file.

    Raises:
        NotReady: a file has not been read yet.
    """
    plan, project_id = order.plan, order.project_id
    spec = PrepareSpec(
        key=_preparation_key(store, order),
        digest=order.source.digest,
        task=plan.task,
        mapping=plan.as_mapping(),
        seed=plan.seed,
        table=_about(store, project_id, order.source, plan.read),
        test=_about(store, project_id, plan.test, order.test_read) if plan.test else None,
        earlier=_earlier(store, order),
    )
    return _replace(store, project_id, f"Checking of {order.source.name}", spec)


def read_prepared(store: Store, order: Order) -> Prepared:
    """The examples that a job made: some of them, and what is true of all.

    Raises:
        NotReady: it has not made them, or they have been thrown away.
    """
    job = preparation_of(store, order)
    if job is None or job.result is None or job.status != SUCCEEDED:
        raise NotReady("The examples are not ready yet.")
    result, path = job.result, files.job_folder(job.id) / "examples.parquet"
    try:
        with pq.ParquetFile(path) as file:
            data = pa.Table.from_batches([next(file.iter_batches(_SAMPLE_ROWS))])
            total = file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise WorkbenchError(
            f"The examples that were made of {order.source.name} are damaged on the disk "
            f"({path}): delete that file, then reload the page."
        ) from error
    plan = plan_from(order.plan.task, result["mapping"], order.plan.seed)
    return Prepared(
        data, plan, result["report"], result["splits"], result["dropped"], total=total, file=path
    )


def forget(store: Store, project_id: int, keep: Iterable[Source]) -> None:
    """Throw away what was read and prepared for files that no draft of the project has any more."""
    digests = {source.digest for source in keep}
    with store.write() as session:
        digests |= leftovers.drafted(session, project_id)
        found = [*_jobs(session, project_id, ConvertSpec), *_jobs(session, project_id, PrepareSpec)]
        conversions.release(
            session, [job for job, spec in found if _digest_of(spec) not in digests]
        )


def _jobs(session: Session, project_id: int, kind: type[FileSpec]) -> list[_Found]:
    """The project's jobs of a kind, the newest first, and what they were told."""
    found = conversions.of_project(session, project_id, (kind.kind,))
    return [(job, spec_of(job, kind)) for job in found]


def _digest_of(spec: FileSpec | None) -> str:
    return spec.digest if spec else ""


def _newest(store: Store, project_id: int, kind: type[FileSpec], key: str) -> JobView | None:
    with store.read() as session:
        for job, spec in _jobs(session, project_id, kind):
            if spec and spec.key == key:
                return None if _is_gone(job) else view_of(session, job)
    return None


def _is_gone(job: Job) -> bool:
    """Whether what a job made is not there any more, or torn: then it is made again."""
    folder = files.job_folder(job.id)
    if job.kind == ConvertSpec.kind and job.status == SUCCEEDED:
        return not table_file.is_whole(folder)
    return is_gone(job)


def _replace(store: Store, project_id: int, title: str, spec: FileSpec) -> JobView:
    with store.write() as session:
        found = _jobs(session, project_id, type(spec))
        same = [job for job, told in found if told and told.key == spec.key]
        if same and same[0].status not in (FAILED, CANCELLED) and not _is_gone(same[0]):
            return view_of(session, same[0])  # another window was quicker
        conversions.release(
            session, [job for job, told in found if _digest_of(told) == spec.digest]
        )
        job_id = queue.enqueue(session, title, spec, project_id=project_id)
    return get_job(store, job_id)


def _reading_key(source: Source, options: ReadOptions) -> str:
    return _digest(source.digest, source.name, options)


def _preparation_key(store: Store, order: Order) -> str:
    return _digest(order.source, order.plan, _earlier(store, order))


def _digest(*parts: object) -> str:
    # Not in hex: what looks like a sha256 in a job counts as an object that is needed.
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _about(store: Store, project_id: int, source: Source, options: ReadOptions) -> TableRef:
    """Where a job finds a table."""
    if is_large(source):
        folder = _folder_of_reading(store, project_id, source, options)
        return TableRef(source.name, is_large=True, folder=folder)
    return TableRef(source.name, files.object_path(source.digest), options.as_dict())


def _earlier(store: Store, order: Order) -> tuple[Path, ...]:
    """The files of those versions of the dataset that were split the same way."""
    if order.plan.test:
        return ()
    with store.read() as session:
        dataset = datasets.named(session, order.project_id, order.dataset_name.strip())
        found = datasets.versions_of_dataset(session, dataset.id) if dataset else []
    wanted = [v for v in before_saved(found, order.saved_id) if same_split(v, order.plan)]
    paths = [files.object_path(version.content_hash) for version in wanted]
    return tuple(path for path in paths if parquet.is_whole(path))


def _folder_of_reading(store: Store, project_id: int, source: Source, options: ReadOptions) -> Path:
    job = reading_of(store, project_id, source, options)
    if job is None or job.status != SUCCEEDED:
        raise NotReady(f"{source.name} has not been read yet.")
    return files.job_folder(job.id)


def table_of(store: Store, version: VersionInfo) -> TableRef:
    """Where a job finds the file that a version came from; of a large one also the folder with the
    table that was made of it, if that is there."""
    source = Source(version.source_hash, version.source_name)
    return table_at(store, version.project_id, source, version.mapping.get("read") or {})


def table_at(store: Store, project_id: int, source: Source, read: dict[str, Any]) -> TableRef:
    """The same of a file that is read so (`ReadOptions.as_dict`)."""
    about = TableRef(source.name, files.object_path(source.digest), read)
    if not is_large(source):
        return about
    folder = _folder_of_table(store, project_id, source, options_from(read))
    return replace(about, is_large=True, folder=folder)


def _folder_of_table(
    store: Store, project_id: int, source: Source, options: ReadOptions
) -> Path | None:
    """Where a job wrote the table of a file down, read in just this way; None if that is gone."""
    with store.read() as session:
        folders = [
            files.job_folder(job.id)
            for job, spec in _jobs(session, project_id, ConvertSpec)
            if _digest_of(spec) == source.digest and job.status == SUCCEEDED
        ]
    return next((folder for folder in folders if table_file.options_in(folder) == options), None)
