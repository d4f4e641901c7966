"""Training runs: started, watched, cancelled, renamed, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage import files, leftovers, projects, runs
from storage.database import Store
from storage.live import releases
from storage.runs import Point, RunRow
from storage.sweeps import trials
from storage.sweeps.trials import Place
from storage.tables import OPEN, DatasetVersion
from workbench.core import names
from workbench.core import recipe as recipes
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.jobs import queue, record
from workbench.jobs.job import JobView
from workbench.jobs.log_tail import tail
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.repeat import Repeat
from workbench.jobs.process.specs import TrainSpec
from workbench.models import catalogue
from workbench.training import chain, readiness
from workbench.training.chain import Start
from workbench.training.run_view import RunView, view_of

NAME_LIMIT = 80
CURVE_POINTS = 500
CONTINUED = ", continued"


@dataclass(frozen=True)
class StartedRun:
    """A run that waits in the queue."""

    run_id: int
    job_id: int


def start_run(
    store: Store,
    *,
    project_id: int,
    version_id: int,
    base_model_id: int,
    recipe: Recipe,
    name: str = "",
    after_job_id: int | None = None,
    continue_from: JobDir | None = None,
    start_from: int | Start | None = None,
    again: Repeat | None = None,
    place: Place | None = None,
    runs_at: str | None = None,
) -> StartedRun:
    """Queue a training, at the end or right behind `after_job_id`.

    Args:
        continue_from: folder of a job whose last checkpoint is the start.
        start_from: a run whose model is trained further, of any task and project; None begins with
            the base model.
        again: the training that this one repeats.
        place: in a sweep, which is taken with the run or not at all.
        runs_at: on this computer or on the cluster; None for where the project's trainings run.

    Raises:
        WorkbenchError: data, model and recipe do not go together, or the disk is too small.
    """
    model = catalogue.get_model(store, base_model_id)
    recipe = recipes.from_dict(recipe.as_dict())
    with store.write() as session:
        version = _version(session, project_id, version_id)
        readiness.check(model, version, recipe)
        start = start_from if not isinstance(start_from, int) else None
        if isinstance(start_from, int):
            start = chain.start_from(session, start_from, model)
        if start is not None:  # what is asked by turns, that model may have learned
            recipe = recipe.changed(exam=recipes.APART)
        projects.suggest_model(session, project_id, base_model_id)
        run = runs.add(
            session,
            project_id=project_id,
            version_id=version_id,
            base_model_id=base_model_id,
            name=_checked_name(name) if name.strip() else "",
            recipe=recipe.as_dict(),
            seed=recipe.seed,
        )
        job_id = queue.enqueue(
            session,
            f"Training of {run.name} from {model.name}",
            readiness.train_spec(
                run, version, model, continue_from, start, again, practises=place is not None
            ),
            project_id=project_id,
            run_id=run.id,
            after_job_id=after_job_id,
            for_job_id=place.sweep_job_id if place is not None else None,
            place=runs_at,
        )
        if place is not None:
            trials.add(session, place, run.id)
    return StartedRun(run.id, job_id)


def last_step_kept(run: RunView) -> int | None:
    """The step of the last checkpoint of a training that failed, from which another can go on."""
    if run.status != "failed":
        return None
    manifests = _folder(run.job.id).checkpoints.glob("*-*/manifest.json")
    return max((int(path.parent.name.rpartition("-")[2]) for path in manifests), default=None)


def continue_run(store: Store, run_id: int) -> StartedRun:
    """Queue a new run that goes on from the last checkpoint of one that failed.

    Raises:
        WorkbenchError: there is no such checkpoint, or what it was made of is gone.
    """
    former = get_run(store, run_id)
    step = last_step_kept(former)
    if step is None:
        raise WorkbenchError(f"'{former.name}' has nothing to go on from: train it again.")
    started = start_run(
        store,
        project_id=former.project_id,
        version_id=former.version_id,
        base_model_id=former.base_model_id,
        recipe=recipes.from_dict(former.recipe),
        name=f"{former.name[: NAME_LIMIT - len(CONTINUED)]}{CONTINUED}",
        continue_from=_folder(former.job.id),
        start_from=_start_of(store, run_id),
    )
    with store.write() as session:
        runs.copy_curves(session, run_id, started.run_id, step)
    return started


def _start_of(store: Store, run_id: int) -> Start | None:
    """What a run went on from."""
    with store.read() as session:
        return chain.same_start(_found(session, run_id).job)


def get_run(store: Store, run_id: int) -> RunView:
    """A run with everything that its page shows, as of one moment.

    Raises:
        WorkbenchError: there is none with this number.
    """
    return store.known(("run", run_id), partial(_run, store, run_id))


def _run(store: Store, run_id: int) -> RunView:
    with store.read() as session:
        return view_of(session, _found(session, run_id), with_attempts=True)


def list_runs(store: Store, project_id: int) -> list[RunView]:
    """The runs of a project, newest first."""
    return list(store.known(("runs", project_id), partial(_runs, store, project_id)))


def _runs(store: Store, project_id: int) -> list[RunView]:
    with store.read() as session:
        return [view_of(session, row) for row in runs.listing(session, project_id, TrainSpec.kind)]


def curve(store: Store, run_id: int, kind: str) -> list[dict[str, Any]]:
    """Points of a curve (train or validation), each a dict with `step`; at most 500 of them."""
    points = store.known(("curve", run_id, kind), partial(_curve, store, run_id, kind))
    return [{"step": point.step, **point.values} for point in points]


def _curve(store: Store, run_id: int, kind: str) -> Sequence[Point]:
    with store.read() as session:
        return runs.curve(session, run_id, kind, CURVE_POINTS)


def cancel_run(store: Store, run_id: int) -> JobView:
    """End a run's training; what it has learned so far is kept."""
    return queue.cancel_job(store, get_run(store, run_id).job.id)


def log_tail(store: Store, run_id: int, lines: int = 200) -> str:
    """The last lines of the training's log, of all its attempts; empty before its start."""
    return tail(_folder(get_run(store, run_id).job.id).log, lines)


def rename_run(store: Store, run_id: int, name: str) -> None:
    """Give a run another name.

    Raises:
        WorkbenchError: the name is empty or too long.
    """
    with store.write() as session:
        _found(session, run_id).run.name = _checked_name(name)


def was_live(store: Store, run_id: int) -> bool:
    """Whether a run is live or was so once."""
    with store.read() as session:
        return bool(releases.of_run(session, run_id))


def delete_run(store: Store, run_id: int) -> None:
    """Delete a run with its model, curves and scores; when it was live stays on record.

    Raises:
        WorkbenchError: something still works with it, or it is live.
    """
    with store.write() as session:
        run = _found(session, run_id).run
        if any(release.ended_at is None for release in releases.of_run(session, run_id)):
            raise WorkbenchError(
                f"'{run.name}' is live: make another version live or take it off on the Evaluate "
                "page first, then delete it."
            )
        if waiting := chain.waiting_for(session, run_id):
            raise WorkbenchError(
                f"'{waiting[0]}' waits to start from '{run.name}': let it begin or cancel it first, "
                "then delete this one."
            )
        own_jobs = runs.jobs_of(session, run_id)
        if any(job.status in OPEN for job in own_jobs):
            raise WorkbenchError(
                f"'{run.name}' is still being worked on: cancel that first, then delete it."
            )
        objects = {row.predictions_hash for row in runs.evaluations(session, run_id)}
        objects |= {digest for job in own_jobs for digest in record.objects_of(job.result)}
        job_ids = [job.id for job in own_jobs]
        session.delete(run)
        session.flush()
        leftovers.remove_objects(session, objects)
    leftovers.remove_job_folders(job_ids)


def _version(session: Session, project_id: int, version_id: int) -> DatasetVersion:
    version = runs.version_of(session, project_id, version_id)
    if version is None:
        raise WorkbenchError(
            f"This project has no dataset version {version_id}: choose one of its own."
        )
    return version


def _checked_name(name: str) -> str:
    name = names.typed(name)
    if not name:
        raise WorkbenchError("A run needs a name: type one.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(
            f"The name has {len(name)} characters: shorten it to at most {NAME_LIMIT}."
        )
    return name


def _found(session: Session, run_id: int) -> RunRow:
    row = runs.row(session, run_id, TrainSpec.kind)
    if row is None:
        raise WorkbenchError(f"There is no training run {run_id}: it may have been deleted.")
    return row


def _folder(job_id: int) -> JobDir:
    return JobDir(files.job_folder(job_id))
