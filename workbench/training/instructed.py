"""An instruction that was tried becomes a model of its own: nothing is learned, it is only told."""

from dataclasses import replace

from sqlalchemy.orm import Session

from storage import projects, runs
from storage.database import Store
from storage.tables import OPEN, SUCCEEDED
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import NO
from workbench.jobs import queue
from workbench.jobs.job import found_job, spec_of
from workbench.jobs.process.specs import PromptSpec, TrainSpec
from workbench.models import catalogue
from workbench.training import readiness
from workbench.training.runs import StartedRun

NAME = "Instruction only"


def start_instructed(store: Store, job_id: int) -> StartedRun:
    """Queue the making of a model from a trial of an instruction: it sits the exam, and can then do all
    that a trained model can. What was made of the same instruction is not made again.

    Args:
        job_id: of the trial.

    Raises:
        WorkbenchError: there is no such trial, its data or its model is gone, or the disk is too small.
    """
    with store.read() as session:
        job = found_job(session, job_id)
        tried, project_id = spec_of(job, PromptSpec), job.project_id
    if tried is None or project_id is None:
        raise WorkbenchError(
            f"Job {job_id} is no trial of an instruction: choose one that was tried."
        )
    model = catalogue.get_model(store, tried.model_id)
    recipe = tried.recipe.changed(lean_on_examples=NO)
    with store.write() as session:
        version = runs.version_of(session, project_id, tried.version_id)
        if version is None:
            raise WorkbenchError(
                "The data that this instruction was tried on are gone: try it again."
            )
        readiness.check(model, version, recipe)
        if (made := _made(session, project_id, tried)) is not None:
            return made
        projects.suggest_model(session, project_id, model.id)
        run = runs.add(
            session, project_id=project_id, version_id=version.id, base_model_id=model.id, name=NAME,
            recipe=recipe.as_dict(), seed=recipe.seed,
        )  # fmt: skip
        spec = readiness.train_spec(run, version, model)
        spec = replace(spec, system=tried.system, shows=tried.shown)
        title = f"{run.name}: {model.name} sits the exam"
        started = queue.enqueue(session, title, spec, project_id=project_id, run_id=run.id)
    return StartedRun(run.id, started)


def _made(session: Session, project_id: int, tried: PromptSpec) -> StartedRun | None:
    """What was made of the same instruction, model and version."""
    for row in runs.listing(session, project_id, TrainSpec.kind):
        spec = spec_of(row.job, TrainSpec)
        if spec is None or row.job.status not in (*OPEN, SUCCEEDED):
            continue
        same = (spec.system, spec.shows) == (tried.system, tried.shown)
        if same and (row.version.id, row.base_model.id) == (tried.version_id, tried.model_id):
            return StartedRun(row.run.id, row.job.id)
    return None
