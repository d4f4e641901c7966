"""Versions as files for other programs: small ones at once, large ones by a job."""

import datetime as dt
import re
import tempfile
from pathlib import Path

from storage import conversions, files
from storage.database import Store
from storage.tables import CANCELLED, FAILED, SUCCEEDED, TERMINAL, Job, now
from workbench.core.errors import WorkbenchError
from workbench.data.export import write
from workbench.data.export.write import (
    CSV,
    DATASETS,
    JSONL,
    KINDS,
    PARQUET,
    XLSX,
    check_kind,
)
from workbench.data.versions import VersionInfo, check_there, read_examples
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, spec_of, view_of
from workbench.jobs.process.specs import ExportSpec

__all__ = ["CSV", "DATASETS", "JSONL", "KINDS", "PARQUET", "XLSX"]

AT_ONCE_ROWS = 50_000
AT_ONCE_BYTES = 8 << 20
"""Of Parquet; as text it is a few times as much."""
MIME = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSONL: "application/jsonl",
    PARQUET: "application/vnd.apache.parquet",
    DATASETS: "application/zip",
}
TITLES = {
    CSV: "CSV",
    XLSX: "Excel (XLSX)",
    JSONL: "JSON lines",
    PARQUET: "Parquet",
    DATASETS: "Hugging Face datasets (ZIP)",
}
_ENDINGS = {DATASETS: "zip"}
"""Where it is not the name of the kind."""
_SHEET_ROWS = 10_000
"""A workbook is written about ten times as slowly as a text."""
_KEPT = dt.timedelta(days=1)
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def file_name(version: VersionInfo, kind: str) -> str:
    """What the file is called where it arrives: "Mails v2.csv"."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", version.dataset_name).split()).strip(". ")
    return f"{name or 'examples'} v{version.number}.{_ENDINGS.get(kind, kind)}"


def is_made_at_once(version: VersionInfo, kind: str) -> bool:
    """Whether the file is so small that the web process may make it."""
    most = _SHEET_ROWS if kind == XLSX else AT_ONCE_ROWS
    try:
        size_bytes = version.path.stat().st_size
    except FileNotFoundError:
        size_bytes = 0  # then nothing is made, and whoever asks for it is told
    return version.rows <= most and size_bytes <= AT_ONCE_BYTES


def check(version: VersionInfo, kind: str) -> None:
    """Refuse what cannot be written, as far as that can be told at once.

    Raises:
        WorkbenchError: the examples are gone, or a workbook cannot hold them.
    """
    check_kind(kind)
    check_there(version)
    if kind != XLSX:
        return
    write.check_rows(version.rows)
    if is_made_at_once(version, kind):
        for batch in read_examples(version).to_batches():
            write.check_cells(batch)


def content(version: VersionInfo, kind: str) -> bytes:
    """The whole file, for a version of which it is made at once.

    Raises:
        WorkbenchError: the examples are gone, or a workbook cannot hold them.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"examples.{kind}"
        save(version, kind, path)
        return path.read_bytes()


def save(version: VersionInfo, kind: str, path: Path) -> int:
    """Write the file at `path`, whole or not at all; how many examples it has.

    Raises:
        WorkbenchError: the examples are gone, the folder is not there, or a workbook cannot hold
            them.
    """
    check(version, kind)
    if not path.parent.is_dir():
        raise WorkbenchError(f"There is no folder {path.parent}: make it first, or choose another.")
    return write.write(version.path, path, kind, version.task, system=_system(version))


def start(store: Store, version: VersionInfo, kind: str) -> JobView:
    """Let a job write the file; one that waits, runs or has written it is not started twice.

    Files that other jobs wrote a day ago or earlier are thrown away.

    Raises:
        WorkbenchError: the examples are gone, or a workbook cannot hold them.
    """
    check(version, kind)
    spec = ExportSpec(
        dataset_id=version.dataset_id,
        version_id=version.id,
        format=kind,
        data=version.path,
        task=version.task,
        system=_system(version),
        rows=version.rows,
    )
    title = f"Export of {version.dataset_name}, version {version.number}, as {TITLES[kind]}"
    with store.write() as session:
        found = conversions.of_project(session, version.project_id, (ExportSpec.kind,))
        same = [job for job in found if _is_of(job, version, kind)]
        if same and same[0].status not in (FAILED, CANCELLED) and not _is_gone(same[0]):
            return view_of(session, same[0])
        conversions.release(session, [job for job in found if job in same or _is_old(job)])
        job_id = queue.enqueue(session, title, spec, project_id=version.project_id)
    return get_job(store, job_id)


def newest(store: Store, version: VersionInfo, kind: str) -> JobView | None:
    """The newest job that writes this file, whatever became of it; None if there is none."""
    with store.read() as session:
        for job in conversions.of_project(session, version.project_id, (ExportSpec.kind,)):
            if _is_of(job, version, kind):
                return None if _is_gone(job) else view_of(session, job)
    return None


def file_of(job: JobView) -> Path:
    """The file that a job has written.

    Raises:
        WorkbenchError: it is not there (any more).
    """
    path = _path(job.id, job.result)
    if path is None or not path.is_file():
        raise WorkbenchError("This file is not here any more: make it again.")
    return path


def _system(version: VersionInfo) -> str:
    return str(version.mapping.get("system") or "")


def _is_of(job: Job, version: VersionInfo, kind: str) -> bool:
    spec = spec_of(job, ExportSpec)
    return spec is not None and (spec.version_id, spec.format) == (version.id, kind)


def _is_gone(job: Job) -> bool:
    path = _path(job.id, job.result)
    return job.status == SUCCEEDED and (path is None or not path.is_file())


def _is_old(job: Job) -> bool:
    ended = job.status in TERMINAL and job.finished_at is not None
    return bool(ended and job.finished_at and now() - job.finished_at > _KEPT)


def _path(job_id: int, result: dict[str, object] | None) -> Path | None:
    name = (result or {}).get("file")
    return files.job_folder(job_id) / str(name) if name else None
