"""Writes how a job ended and what it made: one transaction, one terminal state."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import datasets, files, jobs, runs
from storage.database import Store
from storage.tables import ACTIVE, PAUSED, QUEUED, SUCCEEDED, TERMINAL, BaseModel, Job, Run, now
from workbench.jobs.job import spec_of
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.specs import ChangeSpec, EvaluateSpec, ImportSpec, TrainSpec

Result = dict[str, Any]
OBJECTS = ("predictions", "practice", "examples")
"""Files that a result may name, and that outlive the job's folder."""
TEST = "test"
"""The split of a version that a training is scored on."""


def record(store: Store, job: Job, outcome: Outcome, ending: Ending) -> bool:
    """Write the end of an attempt and keep what it made.

    Returns whether it was written: no if this attempt has been ended already.
    """
    result = _with_objects(outcome.result)
    values: dict[str, Any] = {"status": outcome.status, "reason": outcome.reason}
    if outcome.status == QUEUED:
        values |= {"progress": {}, "alive_at": None, "progress_at": None}
        values["retries"] = job.retries + outcome.is_try
    elif outcome.status == PAUSED:
        values |= {"alive_at": None, "progress_at": None}
    with store.write() as session:
        if outcome.status in TERMINAL:
            result = _with_earlier_time(session, job, result)
            values |= {"finished_at": now(), "result": result}
        if not jobs.change(session, job.id, job.attempt, ACTIVE, **values):
            return False
        jobs.end_attempt(session, job.id, job.attempt, ending.exit_code, outcome.reason)
        if result is not None and outcome.status in TERMINAL:
            _keep(session, job, result)
    return True


def _with_objects(result: Result | None) -> Result | None:
    """The result, its files put among the objects: `predictions_hash` and the like."""
    made = [name for name in OBJECTS if (result or {}).get(name)]
    if result is None or not made:
        return result
    return {**result, **{f"{name}_hash": files.put_file(Path(result[name])) for name in made}}


def objects_of(result: Result | None) -> set[str]:
    """The digests of the objects that a stored result names."""
    kept = result or {}
    return {str(kept[f"{name}_hash"]) for name in OBJECTS if kept.get(f"{name}_hash")}


def _with_earlier_time(session: Session, job: Job, result: Result | None) -> Result | None:
    """The result of a job of several attempts: its seconds are those of all, without the pauses."""
    earlier = [row for row in jobs.attempts(session, job.id) if row.attempt < job.attempt]
    if result is None or not earlier or "seconds" not in result:
        return result
    spent = (row.ended_at - row.started_at for row in earlier if row.ended_at is not None)
    seconds = result["seconds"] + sum(time.total_seconds() for time in spent)
    return {**result, "seconds": round(seconds, 1)}


def _keep(session: Session, job: Job, result: Result) -> None:
    match job.kind:
        case TrainSpec.kind:
            _keep_training(session, job, result)
        case EvaluateSpec.kind:
            spec = spec_of(job, EvaluateSpec)
            split = spec.split if spec else TEST
            _keep_scores(session, job, result, result.get("scores") or {}, split)
            _keep_late_exam(session, job, result, split)
        case ChangeSpec.kind if result["status"] == SUCCEEDED:
            _keep_version(session, job, result)
        case ImportSpec.kind if result["status"] == SUCCEEDED:
            _keep_model(session, job, result)


def _keep_training(session: Session, job: Job, result: Result) -> None:
    session.execute(sa.update(Run).where(Run.id == job.run_id).values(result=result))
    _keep_scores(session, job, result, (result.get("scores") or {}).get(TEST) or {})


def _keep_scores(
    session: Session, job: Job, result: Result, scores: dict[str, Any], split: str = TEST
) -> None:
    """An evaluation, if rows were scored and what was predicted for them is there."""
    if job.run_id is None or not scores or "predictions_hash" not in result:
        return
    rows = int(result.get("rows") or 0)
    predictions = result["predictions_hash"]
    timed = _with_seconds(scores, result.get("answer_seconds") or {})
    runs.add_evaluation(session, job.run_id, split, rows, timed, predictions)


def _keep_late_exam(session: Session, job: Job, result: Result, split: str) -> None:
    """Of a run that was trained without its exam: what it got there stands in its result, as of others."""
    run = session.get(Run, job.run_id) if job.run_id is not None else None
    own = (run.result or {}).get("scores") or {} if run is not None else {}
    if run is None or not run.result or split != TEST or own.get(TEST) or not result.get("scores"):
        return
    scores = {**own, TEST: result["scores"]}
    run.result = {**run.result, "scores": scores, "rows": result.get("rows")}


def _with_seconds(scores: dict[str, Any], seconds: dict[str, float]) -> dict[str, Any]:
    """The scores of each who answered, with the time that one answer took."""
    return {
        who: {**own, "seconds": seconds[who]} if own and who in seconds else own
        for who, own in scores.items()
    }


def _keep_version(session: Session, job: Job, result: Result) -> None:
    """The next version of a dataset, unless nothing changed or it was deleted meanwhile."""
    spec = spec_of(job, ChangeSpec)
    former = datasets.version_with_dataset(session, spec.version_id) if spec else None
    if spec and former and "examples_hash" in result:
        made = {name: result[name] for name in ("rows", "dropped", "splits", "report", "mapping")}
        change = {**spec.change, "rows": result.get("touched", spec.change["rows"])}
        datasets.add_next(session, former[0], result["examples_hash"], change=change, **made)


def _keep_model(session: Session, job: Job, result: Result) -> None:
    """Where a downloaded model lies, and exactly which version of it that is."""
    spec = spec_of(job, ImportSpec)
    if spec is None:
        return
    mine = sa.select(BaseModel).where(BaseModel.source == "hub", BaseModel.location == spec.hub_id)
    for model in session.scalars(mine):
        model.revision = result["revision"]
        model.facts = {**model.facts, "path": result["path"]}
