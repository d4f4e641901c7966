"""Exports of trained models: what one would take, the jobs that make them, and what they have made."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import conversions, files, jobs
from storage.database import Store
from storage.files import size_of
from storage.runs import RunRow
from storage.tables import CANCELLED, FAILED, SUCCEEDED, Job
from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.jobs import queue
from workbench.jobs.job import JobView, found_job, get_job, spec_of, view_of
from workbench.jobs.process.specs import CertifySpec, ExportModelSpec
from workbench.models import catalogue
from workbench.models.bundled import BUNDLED
from workbench.models.exports import formats
from workbench.models.exports.certificate import Certificate
from workbench.models.exports.formats import FORMATS, ExportFormat
from workbench.models.families import Family, family_named
from workbench.models.model_info import ModelInfo
from workbench.models.trained import TrainedModel, read_trained
from workbench.training.trained_run import threshold_of, told_of, trained_row, trained_run

FOLDER = "export"
"""In a job's folder."""
_WORK = 3
"""So many times a base model's size a job needs while it works."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Plan:
    """What an export would be; nothing was begun yet."""

    run_id: int
    project_id: int
    title: str
    """What the model is called."""
    form: ExportFormat
    quantization: str
    size_bytes: int | None
    """Of the export, about; None where nobody knows."""
    needed_bytes: int
    """While it is made."""
    free_bytes: int
    base: ModelInfo

    @property
    def fits(self) -> bool:
        """Whether the disk has room for the work."""
        return self.needed_bytes < self.free_bytes


@dataclass(frozen=True)
class Export:
    """An export that was asked for, whatever became of it."""

    job: JobView
    run_id: int
    title: str
    form: ExportFormat
    quantization: str
    certificate: Certificate | None
    files: tuple[Path, ...]
    """What it left, the largest first; none where it was not offered, or is gone."""

    @property
    def is_there(self) -> bool:
        """Whether it can be fetched."""
        return bool(self.files)

    @property
    def main_file(self) -> Path:
        """The one that is fetched first.

        Raises:
            WorkbenchError: it is gone.
        """
        if not self.files:
            raise WorkbenchError("This export is not on the disk any more: make it again.")
        return self.files[0]

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(size_of(file) for file in self.files)


def choices(store: Store, run_id: int) -> list[tuple[ExportFormat, tuple[str, ...]]]:
    """The forms that a run's model can take, each with its quantizations, the usual one first.

    Raises:
        WorkbenchError: there is no such run, or it has no model.
    """
    family, trained = _known(store, run_id)
    return [
        (form, formats.quantizations_of(form, family))
        for form in formats.offered(family, trained.method)
    ]


def plan(store: Store, run_id: int, name: str, quantization: str = "") -> Plan:
    """What exporting a run's model so would take.

    Raises:
        WorkbenchError: it has no model, or that cannot take this form.
    """
    family, trained = _known(store, run_id)
    name, quantization = formats.chosen(name, quantization, family, trained.method)
    row = trained_row(store, run_id)
    base = catalogue.get_model(store, row.base_model.id)
    adapter = _adapter_of(row)
    weights = size_of(adapter) if trained.method != formats.LORA else base.size_bytes or 0
    return Plan(
        run_id,
        row.run.project_id,
        row.run.name,
        FORMATS[name],
        quantization,
        _size_of(name, quantization, family, base, size_of(adapter)),
        _WORK * weights,
        shutil.disk_usage(files.home()).free,
        base,
    )


def _size_of(
    name: str, quantization: str, family: Family, base: ModelInfo, adapter_bytes: int
) -> int | None:
    if name == formats.MERGED and family.reads_apart:  # it keeps the precision of its base
        return base.size_bytes
    return formats.size_bytes(name, quantization, base.parameters, adapter_bytes)


def start(store: Store, wanted: Plan, card: str = "") -> JobView:
    """Let a job make it; one that waits or runs for the same is not started twice.

    Args:
        card: the model card (Markdown).

    Raises:
        WorkbenchError: the model is gone, or the disk has no room for the work.
    """
    if not wanted.fits:
        raise WorkbenchError(
            f"The export needs about {size(wanted.needed_bytes)} of the disk while it is made, and "
            f"{size(wanted.free_bytes)} are free: free some space on the Storage page, then try again."
        )
    with store.write() as session:
        row = trained_run(session, wanted.run_id)
        for export in _of(session, wanted.project_id):
            same = (wanted.run_id, wanted.form.name, wanted.quantization)
            if not export.job.is_over and same == _what(export):
                return export.job
        spec = ExportModelSpec(
            **_asked(row, session, wanted.project_id),
            format=wanted.form.name,
            quantization=wanted.quantization,
            name=_file_name(row.run.name, wanted.run_id),
            card=card,
            licence=wanted.base.licence,
            source=_hub_name(wanted.base),
        )
        as_what = f"{wanted.form.name} {wanted.quantization}".strip()
        job_id = queue.enqueue(
            session, f"Export of {row.run.name} as {as_what}", spec,
            project_id=wanted.project_id, run_id=wanted.run_id,
        )  # fmt: skip
    return get_job(store, job_id)


def certify(store: Store, run_id: int) -> JobView:
    """Let a job ask a run's model in every way and compare the answers.

    Raises:
        WorkbenchError: there is no such run, or it has no model.
    """
    with store.write() as session:
        row = trained_run(session, run_id)
        _told(row)  # what is gone is said at once
        spec = CertifySpec(**_asked(row, session, row.run.project_id))
        job_id = queue.enqueue(
            session, f"Check of all ways to ask {row.run.name}", spec,
            project_id=row.run.project_id, run_id=run_id,
        )  # fmt: skip
    return get_job(store, job_id)


def list_exports(store: Store, project_id: int, run_id: int | None = None) -> list[Export]:
    """A project's exports, or those of one of its runs, the newest first; deleted ones are left out."""
    with store.read() as session:
        found = _of(session, project_id)
    return [export for export in found if run_id in (None, export.run_id)]


def get_export(store: Store, job_id: int) -> Export:
    """The export that a job makes.

    Raises:
        WorkbenchError: there is none of this number.
    """
    with store.read() as session:
        job = found_job(session, job_id)
        export = _export(session, job) if job.kind == ExportModelSpec.kind else None
    if export is None:
        raise WorkbenchError(f"There is no export {job_id}: it may have been deleted.")
    return export


def newest_certificate(store: Store, run_id: int) -> Certificate | None:
    """What the newest check of all ways to ask a run's model found; None if there was none."""
    with store.read() as session:
        found = (job for job in jobs.of_kind(session, CertifySpec.kind) if job.run_id == run_id)
        told = next((job.result for job in found if job.status == SUCCEEDED), None)
    return _certificate(told)


def newest_check(store: Store, run_id: int) -> JobView | None:
    """The newest job that asked a run's model in every way, whatever became of it."""
    with store.read() as session:
        for job in jobs.of_kind(session, CertifySpec.kind):
            if job.run_id == run_id:
                return view_of(session, job)
    return None


def licence_of(store: Store, run_id: int) -> str:
    """What the base model's licence asks of whoever gets a run's model, in a sentence.

    Raises:
        WorkbenchError: there is no such run, or it has no model.
    """
    row = trained_row(store, run_id)
    return licence_sentence(catalogue.get_model(store, row.base_model.id))


def licence_sentence(base: ModelInfo) -> str:
    """The same of a base model."""
    if not base.licence:
        return (
            f"The licence of {base.name} is not known here: look it up before you hand anything on."
        )
    return f"It is made from {base.name}, whose licence ({base.licence}) goes with it."


def delete(store: Store, job_id: int) -> None:
    """Throw an export away.

    Raises:
        WorkbenchError: there is none of this number.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        if job.kind != ExportModelSpec.kind:
            raise WorkbenchError(f"There is no export {job_id}: it may have been deleted.")
        conversions.release(session, [job])


def save(export: Export, out: Path) -> list[Path]:
    """Copy an export to where the user wants it: a folder that is there, or the main file's path, with its
    other files beside it.

    Raises:
        WorkbenchError: the export is gone, or the folder is not there.
    """
    main = export.main_file
    target = out / main.name if out.is_dir() else out
    if not target.parent.is_dir():
        raise WorkbenchError(
            f"There is no folder {target.parent}: make it first, or choose another."
        )
    written = []
    for file in export.files:
        place = target if file == main else target.parent / file.name
        shutil.copyfile(file, place)
        written.append(place)
    return written


def _known(store: Store, run_id: int) -> tuple[Family, TrainedModel]:
    return _told(trained_row(store, run_id))


def _told(row: RunRow) -> tuple[Family, TrainedModel]:
    trained = read_trained(_adapter_of(row))
    return family_named(trained.family), trained


def _adapter_of(row: RunRow) -> Path:
    return Path((row.run.result or {})["adapter"])


def _asked(row: RunRow, session: Session, project_id: int) -> dict[str, Any]:
    """What every check of a model is told; which jobs have asked it before, too."""
    found = [*_jobs(session, project_id, ExportModelSpec), *_jobs(session, project_id, CertifySpec)]
    before = [job for job in found if job.run_id == row.run.id]
    folders = [files.job_folder(job.id) for job in sorted(before, key=lambda job: -job.id)]
    return {
        **told_of(row),
        "data": files.object_path(row.version.content_hash),
        "title": row.run.name,
        "threshold": threshold_of(row.run),
        "earlier": tuple(folder for folder in folders if folder.is_dir())[:5],
    }


def _jobs(session: Session, project_id: int, spec: type[CertifySpec]) -> Sequence[Job]:
    return conversions.of_project(session, project_id, (spec.kind,))


def _of(session: Session, project_id: int) -> list[Export]:
    found = (_export(session, job) for job in _jobs(session, project_id, ExportModelSpec))
    return [export for export in found if export is not None]


def _export(session: Session, job: Job) -> Export | None:
    spec = spec_of(job, ExportModelSpec)
    if spec is None or spec.format not in FORMATS:
        return None
    folder = files.job_folder(job.id) / FOLDER
    there = sorted(folder.iterdir(), key=lambda f: (-size_of(f), f.name)) if folder.is_dir() else []
    done = job.status == SUCCEEDED
    return Export(
        view_of(session, job),
        spec.run_id,
        spec.title,
        FORMATS[spec.format],
        spec.quantization,
        _certificate(job.result) if job.status in (SUCCEEDED, FAILED, CANCELLED) else None,
        tuple(there) if done else (),
    )


def _certificate(result: dict[str, Any] | None) -> Certificate | None:
    told = (result or {}).get("certificate")
    try:
        return Certificate.from_dict(told) if told else None
    except WorkbenchError:  # a version of the workbench whose words are not known any more
        return None


def _what(export: Export) -> tuple[int, str, str]:
    return export.run_id, export.form.name, export.quantization


def _file_name(run_name: str, run_id: int) -> str:
    """A name that every disk and every program takes."""
    return _NOT_IN_NAMES.sub("-", run_name).strip("-").lower()[:40] or f"run-{run_id}"


def _hub_name(base: ModelInfo) -> str:
    """The base model as the hub names it; empty where it is not from there."""
    known = BUNDLED.get(base.name)
    name = known.source if known else base.location
    return name if base.source != "folder" and _HUB_ID.fullmatch(name) else ""
