"""A job's life under one worker: what it made is kept, and the next one follows."""

from pathlib import Path

from storage import files, runs
from storage.database import Store
from storage.tables import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, BaseModel, Job, Run
from tests.fakes.harness import add_job, drive, drive_to_end, folder_of, job_of, losses, status_of
from workbench.core.recipe import Recipe
from workbench.jobs.process.specs import BaseModelRef, EvaluateSpec, ImportSpec
from workbench.jobs.queue import cancel_job
from workbench.jobs.worker import Worker


def test_a_training_runs_and_everything_it_made_is_kept(store: Store, worker: Worker) -> None:
    scores = {"validation": {"loss": 1.0}, "test": {"base": {"chrf": 10}, "tuned": {"chrf": 30}}}
    job_id = add_job(
        store, steps=4, predictions="the predictions", result={"scores": scores, "rows": 7}
    )
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, job.reason) == (SUCCEEDED, 1, "")
    assert job.progress["step"] == 4
    assert job.finished_at is not None
    assert losses(store, job) == {1: 1, 2: 1, 3: 1, 4: 1}
    with store.read() as session:
        run = session.get_one(Run, job.run_id)
        (evaluation,) = runs.evaluations(session, run.id)
    assert run.result is not None
    assert run.result["seconds"] == 1.5
    assert (evaluation.split, evaluation.rows) == ("test", 7)
    assert evaluation.scores == scores["test"]
    kept = files.object_path(evaluation.predictions_hash)
    assert kept.read_text() == "the predictions"
    assert "attempt 1 of the fake" in folder_of(job_id).log.read_text()


def test_an_evaluation_is_kept_under_the_name_of_its_file(store: Store, worker: Worker) -> None:
    scores = {"baseline": None, "base": {"chrf": 10}, "tuned": {"chrf": 30}}
    result = {"scores": scores, "rows": 2, "answer_seconds": {"tuned": 0.25, "baseline": 0.1}}
    job_id = add_job(store, "evaluate", predictions="p", result=result)
    with store.write() as session:
        job = session.get_one(Job, job_id)
        told = EvaluateSpec(
            task="completion",
            data=Path("/objects/ab"),
            base=BaseModelRef("tiny", Path("/models/tiny")),
            recipe=Recipe(),
            adapter=Path("/jobs/1/adapter"),
            split="march.csv",
        )
        job.spec = {**told.as_row(), **job.spec}
    job = drive_to_end(worker, store, job_id)
    with store.read() as session:
        (evaluation,) = runs.evaluations(session, job.run_id or 0)
    timed = {**scores, "tuned": {"chrf": 30, "seconds": 0.25}}
    assert (evaluation.split, evaluation.scores) == ("march.csv", timed)


def test_a_downloaded_model_gets_its_exact_revision(store: Store, worker: Worker) -> None:
    with store.write() as session:
        for source in ("hub", "folder"):
            facts = {"layers": 2}
            session.add(
                BaseModel(name=source, source=source, location="a/b", kind="causal", facts=facts)
            )
    job_id = add_job(store, "import", result={"revision": "f00", "path": "/models/a--b"})
    with store.write() as session:
        job = session.get_one(Job, job_id)
        told = ImportSpec(hub_id="a/b", target=Path("/models/a--b"))
        job.spec = {**told.as_row(), **job.spec}
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED
    with store.read() as session:
        hub, folder = session.get_one(BaseModel, 1), session.get_one(BaseModel, 2)
    assert (hub.revision, hub.facts) == ("f00", {"layers": 2, "path": "/models/a--b"})
    assert (folder.revision, folder.facts) == ("", {"layers": 2})


def test_jobs_of_a_lane_run_one_after_the_other(store: Store, worker: Worker) -> None:
    first = add_job(store, wait_for="go")
    second, server = add_job(store), add_job(store, "serve")
    drive(
        worker, lambda: status_of(store, first) == RUNNING and status_of(store, server) == RUNNING
    )
    assert status_of(store, second) == QUEUED
    (folder_of(first).path / "go").touch()
    assert drive_to_end(worker, store, second).status == SUCCEEDED
    first_job = job_of(store, first)
    assert first_job.finished_at is not None
    assert first_job.finished_at <= (job_of(store, second).started_at or first_job.created_at)
    cancel_job(store, server)
    assert drive_to_end(worker, store, server).status == CANCELLED


def test_the_next_job_runs_after_one_that_failed(store: Store, worker: Worker) -> None:
    failing, following = add_job(store, exit_code=1), add_job(store)
    assert drive_to_end(worker, store, following).status == SUCCEEDED
    assert status_of(store, failing) == FAILED


def test_a_newer_server_takes_the_place_of_the_older(store: Store, worker: Worker) -> None:
    older = add_job(store, "serve")
    drive(worker, lambda: job_of(store, older).progress.get("port") == 12345)
    newer = add_job(store, "serve")
    drive(worker, lambda: job_of(store, newer).progress.get("phase") == "ready")
    assert status_of(store, older) == CANCELLED
    cancel_job(store, newer)
    drive_to_end(worker, store, newer)
