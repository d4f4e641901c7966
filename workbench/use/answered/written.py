"""The user's own file with its answers: written by a job, anew where a limit has changed since."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from storage import conversions, files
from storage.database import Store
from storage.tables import CANCELLED, FAILED, SUCCEEDED, Job
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions, options_from
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, spec_of, view_of
from workbench.jobs.process.specs import WriteAnswersSpec
from workbench.use.answered.answers import GONE, Answers

PROGRAMS = " for programs"


@dataclass(frozen=True)
class Written:
    """A file that is ready to be taken away."""

    path: Path
    name: str
    """What it is called where it arrives: "mails answered.xlsx"."""
    titles: tuple[str, ...]
    """Of the columns with the answers."""
    rows: int
    patched: bool
    """Whether it is the user's own file; else a table made of it."""
    options: ReadOptions
    """How it is read."""
    notes: tuple[str, ...]
    """Sentences on what the user has to know."""


def newest(store: Store, answers: Answers) -> JobView | None:
    """The newest job that writes these answers; None if there is none, or its file is gone."""
    key = _key(answers)
    with store.read() as session:
        for job in conversions.of_project(session, answers.project_id, (WriteAnswersSpec.kind,)):
            if _key_of(job) == key:
                return None if _is_gone(job) else view_of(session, job)
    return None


def start(store: Store, answers: Answers, *, for_programs: bool = False) -> JobView:
    """Let a job write the file; one that waits, runs or has written it is not started twice.

    Args:
        for_programs: whether titles and words are those that programs read: answer, probability,
            true.

    Raises:
        WorkbenchError: nothing is answered, or the user's file is gone.
    """
    name, source = answers.spec.source["name"], files.object_path(answers.spec.source["digest"])
    if not answers.paths:
        raise WorkbenchError(f"No row of {name} is answered yet: let it be answered first.")
    if not source.is_file():
        raise WorkbenchError(f"{name} is not here any more: choose the file again.")
    if not all(path.is_file() for path in answers.paths):
        raise WorkbenchError(GONE)
    key = _key(answers) + (PROGRAMS if for_programs else "")
    spec = WriteAnswersSpec(
        answers=answers.paths,
        key=key,
        task=answers.version.task,
        source=source,
        name=name,
        read=answers.spec.read_as or answers.spec.read,
        answer_title=answers.title,
        fields=answers.fields,
        threshold=answers.threshold,
        for_programs=for_programs,
    )
    with store.write() as session:
        found = conversions.of_project(session, answers.project_id, (WriteAnswersSpec.kind,))
        same = [job for job in found if _key_of(job) == key]
        if same and same[0].status not in (FAILED, CANCELLED) and not _is_gone(same[0]):
            return view_of(session, same[0])
        mine = [job for job in found if _key_of(job).startswith(_prefix(answers))]
        conversions.release(session, mine)
        title = f"Writing of {name}"
        job_id = queue.enqueue(session, title, spec, project_id=answers.project_id)
    return get_job(store, job_id)


def written_by(job: JobView, answers: Answers) -> Written:
    """The file that a job has written.

    Raises:
        WorkbenchError: it is not there (any more).
    """
    result = job.result or {}
    path = _path(job.id, result)
    if path is None or not path.is_file():
        raise WorkbenchError("This file is not here any more: make it again.")
    stem, notes = Path(answers.spec.source["name"]).stem, result.get("notes") or ()
    return Written(
        path,
        f"{stem} answered{path.suffix}",
        tuple(map(str, result.get("titles") or ())),
        int(result.get("rows") or 0),
        bool(result.get("patched")),
        options_from(dict(result.get("read") or {})),
        tuple(map(str, notes)),
    )


def jobs_of(found: list[Job], answers_job_id: int) -> list[Job]:
    """Those of the jobs that wrote the answers of a job."""
    return [job for job in found if _key_of(job).startswith(f"{answers_job_id}-")]


def _prefix(answers: Answers) -> str:
    return f"{answers.job_id}-"


def _key(answers: Answers) -> str:
    """Not in hex: what looks like a sha256 in a job counts as an object that is needed."""
    told = ([path.name for path in answers.paths], answers.threshold, answers.title, answers.fields)
    return _prefix(answers) + hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _key_of(job: Job) -> str:
    spec = spec_of(job, WriteAnswersSpec)
    return spec.key if spec else ""


def _is_gone(job: Job) -> bool:
    path = _path(job.id, job.result)
    return job.status == SUCCEEDED and (path is None or not path.is_file())


def _path(job_id: int, result: dict[str, object] | None) -> Path | None:
    name = (result or {}).get("file")
    return files.job_folder(job_id) / str(name) if name else None
