"""The files of a project that were answered, or are: which model, how many rows, and how they ended."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import conversions, files, leftovers
from storage.database import Store
from storage.tables import ACTIVE, Job, Run
from workbench.core.errors import WorkbenchError
from workbench.core.words import count, plural
from workbench.jobs.job import JobView, found_job, spec_of, view_of
from workbench.jobs.process.parts import parts_in, rows_in
from workbench.jobs.process.specs import PredictSpec, WriteAnswersSpec
from workbench.jobs.record import objects_of
from workbench.use.answered import written


@dataclass(frozen=True)
class AnsweredFile:
    """One file that a model answers, answered, or did not come to answer."""

    job: JobView
    name: str
    """What the user calls the file."""
    model: str
    """The run that answers."""
    rows: int
    """How many rows are answered."""
    of: int | None
    """How many there are to answer; None while nobody has counted."""

    @property
    def is_whole(self) -> bool:
        """Whether every row is answered."""
        return self.job.status == "succeeded"

    @property
    def line(self) -> str:
        """ "1,240 of 5,000 rows answered"."""
        if self.of is None or self.is_whole:
            return f"{plural(self.rows, 'row')} answered" if self.rows else "nothing answered"
        return f"{count(self.rows)} of {plural(self.of, 'row')} answered"


def list_files(store: Store, project_id: int) -> list[AnsweredFile]:
    """The project's answered files, the newest first; those that were deleted are left out."""
    with store.read() as session:
        found = conversions.of_project(session, project_id, (PredictSpec.kind,))
        told = [_told(session, job) for job in found]
    return [one for one in told if one is not None]


def get_file(store: Store, job_id: int) -> AnsweredFile:
    """One of them.

    Raises:
        WorkbenchError: there is none with this number.
    """
    with store.read() as session:
        told = _told(session, found_job(session, job_id))
    if told is None:
        raise WorkbenchError("The answers to this file were deleted: ask it again.")
    return told


def _told(session: Session, job: Job) -> AnsweredFile | None:
    spec = spec_of(job, PredictSpec) if job.kind == PredictSpec.kind else None
    if spec is None:
        return None
    run = session.get(Run, spec.run_id)
    result = job.result or {}
    rows = result.get("rows") if result.get("predictions_hash") else None
    of = result.get("of") or job.progress.get("total_steps") or result.get("rows")
    return AnsweredFile(
        view_of(session, job),
        str(spec.source.get("name") or ""),
        run.name if run else "a model that was deleted",
        _rows_of(job) if rows is None else int(rows),
        int(of) if of else None,
    )


def _rows_of(job: Job) -> int:
    """How many rows a job has answered that has not handed its answers over."""
    step = job.progress.get("step") if job.status in ACTIVE else None
    return int(step) if step else rows_in(parts_in(files.job_folder(job.id)))


def delete(store: Store, job_id: int) -> None:
    """Delete the answers to a file, with what was written of them; the user's own file stays where
    it came from."""
    with store.write() as session:
        job = found_job(session, job_id)
        spec = spec_of(job, PredictSpec) if job.kind == PredictSpec.kind else None
        if spec is None or job.project_id is None:
            return
        objects = {*objects_of(job.result), str(spec.source.get("digest")), spec.data.name}
        writers = conversions.of_project(session, job.project_id, (WriteAnswersSpec.kind,))
        conversions.release(session, [job, *written.jobs_of(list(writers), job_id)])
        leftovers.remove_objects(session, [name for name in objects if len(name) == 64])


def seconds_for(first: JobView, rows: int) -> float | None:
    """How long a file of so many rows takes, by what its first ones took; None if nobody knows."""
    each = (first.result or {}).get("row_seconds")
    return None if each is None else float(each) * rows
