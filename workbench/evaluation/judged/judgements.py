"""Judgings of a run's exam answers: started, gone on with, and read with what people say of the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from storage import evaluations as rows
from storage import files
from storage.database import Store
from storage.tables import OPEN, SUCCEEDED
from workbench.core.errors import WorkbenchError
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.judge import replies
from workbench.evaluation.judge.agreement import Agreement, agreement
from workbench.evaluation.judge.counting import Counts
from workbench.evaluation.judge.rubric import Pair
from workbench.evaluation.judge.work import read_pairs
from workbench.evaluation.judged import people
from workbench.evaluation.judged.judgement import Judgement
from workbench.evaluation.judged.plan import Plan
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import JudgeSpec
from workbench.training import runs


def start(store: Store, plan: Plan, *, agreed: bool = False) -> int:
    """Queue a judging; the job's id. One of the same that waits or runs is not started twice, and one that
    was ended on its way is gone on with.

    Args:
        agreed: whether the user has just said that the texts may leave this computer.

    Raises:
        WorkbenchError: they would, and nobody has.
    """
    if plan.leaves and not agreed:
        raise WorkbenchError(f"Nothing is sent before you agree. {plan.sentence}")
    run = runs.get_run(store, plan.spec.run_id)
    with store.write() as session:
        for job in rows.jobs_of(session, run.id, JudgeSpec.kind):
            if not _is_same(jobs.spec_of(job, JudgeSpec), plan.spec):
                continue
            if job.status in OPEN:
                return job.id
            if job.status != SUCCEEDED and replies.read(files.job_folder(job.id)):
                plan = replace(plan, spec=replace(plan.spec, former=files.job_folder(job.id)))
                break
        title = f"Judging of {run.name} against {plan.drawn.title}"
        return queue.enqueue(session, title, plan.spec, project_id=run.project_id, run_id=run.id)


def judge_jobs(store: Store, run_id: int) -> list[JobView]:
    """The judgings of a run, newest first, whatever became of them."""
    with store.read() as session:
        found = rows.jobs_of(session, run_id, JudgeSpec.kind)
        return [jobs.view_of(session, job) for job in found]


def judgements(store: Store, run_id: int) -> list[Judgement]:
    """The judgings of a run that came to their end, newest first, each held against people."""
    with store.read() as session:
        found = [
            (jobs.view_of(session, job), spec)
            for job in rows.jobs_of(session, run_id, JudgeSpec.kind)
            if job.status == SUCCEEDED and (spec := jobs.spec_of(job, JudgeSpec)) is not None
        ]
    return [_judgement(store, job, spec) for job, spec in found]


def done(store: Store, plan: Plan) -> Judgement | None:
    """The newest judging that has asked the very same, if there is one."""
    found = judgements(store, plan.spec.run_id)
    return next((one for one in found if _is_same(one.spec, plan.spec)), None)


def of_exam(store: Store, info: EvaluationInfo) -> Judgement | None:
    """The judgement that is told beside an exam: the newest that counts, else the newest."""
    found = [
        one for one in judgements(store, info.run_id) if one.spec.exam == info.predictions_hash
    ]
    return next((one for one in found if one.does_count), found[0] if found else None)


def pairs_of(judgement: Judgement) -> list[Pair]:
    """What was judged.

    Raises:
        WorkbenchError: it is not on the disk any more.
    """
    return read_pairs(judgement.spec.data)


def unread(judgement: Judgement) -> Iterator[str]:
    """The replies that hold no clear verdict, and of those that were refused the server's words; none where
    the job's folder is gone."""
    found = replies.read(files.job_folder(judgement.job.id))
    return (one.refused or one.text for one in found.values() if one.verdict is None)


def _judgement(store: Store, job: JobView, spec: JudgeSpec) -> Judgement:
    result = job.result or {}
    verdicts = tuple((int(row), str(digest), one) for row, digest, one in result["verdicts"])
    return Judgement(
        job=job,
        spec=spec,
        counts=Counts.from_dict(result["counts"]),
        title=spec.title or spec.other,
        verdicts=verdicts,
        agreement=_agreement(store, spec, verdicts),
    )


def _agreement(
    store: Store, spec: JudgeSpec, verdicts: Sequence[tuple[int, str, int | None]]
) -> Agreement:
    try:
        said = people.people_say(store, spec.run_id, read_pairs(spec.data))
    except WorkbenchError:  # the texts are gone; then nobody can tell what people said of them
        return Agreement(0, 0)
    both = [
        (one, said[digest]) for _, digest, one in verdicts if one is not None and digest in said
    ]
    return agreement([one for one, _ in both], [other for _, other in both])


def _is_same(one: JudgeSpec | None, other: JudgeSpec) -> bool:
    """Whether both ask the same; our own server may have another port by now, a run another name."""
    if one is None:
        return False
    here = one.key_file is not None and other.key_file is not None
    told = replace(other, former=one.former, title=one.title, url=one.url if here else other.url)
    return replace(one, job_id=0, attempt=1, conclude=False) == told
