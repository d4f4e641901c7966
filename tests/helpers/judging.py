"""Judgings done in the test's own process."""

from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.helpers.made import end_job
from workbench.evaluation.judge import rubric
from workbench.evaluation.judge.rubric import Pair
from workbench.evaluation.judge.work import HANDLERS
from workbench.jobs.process import shell
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.specs import JudgeSpec


def make_pairs(rows: int) -> list[Pair]:
    """Questions to which the run's answer is good and the other's is bad."""
    return [
        Pair(i, f"Where is parcel {i}?", f"It is good {i}.", f"It is bad {i}.", f"Fine {i}.")
        for i in range(rows)
    ]


def judge_job(folder: Path, url: str, pairs: list[Pair], **told: Any) -> JobDir:
    """The folder of a judging that is to be done."""
    job = JobDir(folder / "job")
    job.path.mkdir(parents=True, exist_ok=True)
    data = folder / "pairs.json"
    write_json(data, [pair.as_dict() for pair in pairs])
    spec = JudgeSpec(
        **{
            "job_id": 7, "other": "base", "exam": "ef", "data": data, "url": url, "model": "fair",
            "rubric": rubric.DEFAULT, **told,
        }
    )  # fmt: skip
    write_json(job.spec, spec.as_dict())
    return job


def run(job: JobDir) -> dict[str, Any]:
    """Do the job as its process would; the result."""
    assert shell.run(job.path, HANDLERS) == 0
    found: dict[str, Any] = read_json(job.result)
    return found


def do_queued(store: Store, job_id: int) -> dict[str, Any]:
    """Do a judging that is queued, as a worker and its process would; the result."""
    with store.read() as session:
        spec = dict(session.get_one(Job, job_id).spec)
    job = JobDir(files.job_folder(job_id))
    job.path.mkdir(parents=True, exist_ok=True)
    write_json(job.spec, {"kind": JudgeSpec.kind, **spec, "job_id": job_id, "attempt": 1})
    result = run(job)
    end_job(store, job_id, **result)
    return result
