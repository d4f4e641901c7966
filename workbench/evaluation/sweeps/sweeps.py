"""Sweeps: started, looked at; what was tried, and which try is the best, always by practice questions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage import jobs as job_rows
from storage import runs as run_rows
from storage.database import Store
from storage.sweeps import trials
from storage.tables import FAILED, OPEN, SUCCEEDED
from storage.tables import Trial as TrialRow
from workbench.core import recipe as recipes
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import metric_of
from workbench.core.recipe import APART, Recipe
from workbench.data.versions import VersionInfo
from workbench.evaluation.sweeps import budget
from workbench.evaluation.sweeps.practice import Practice, practice_loss, practice_of
from workbench.evaluation.sweeps.space import Space, read_space, usual_space
from workbench.evaluation.sweeps.tried import BEHIND, DONE, LOST, RUNNING
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import SweepSpec
from workbench.models.model_info import ModelInfo
from workbench.training import readiness, runs
from workbench.training.run_view import RunView

LEAST_MINUTES, MOST_MINUTES = 0.5, 7 * 24 * 60
MOST_TRIES = 100
USUAL_TRIES = 12
WHY_BEHIND, WHY_TIME = "behind", "time"


@dataclass(frozen=True)
class Trial:
    """One try of a sweep."""

    id: int
    number: int
    """From 0 on; 0 has the settings that the sweep began with."""
    settings: dict[str, Any]
    stopped: dict[str, Any]
    run: RunView | None
    """None once it was deleted."""

    @property
    def why(self) -> str:
        """Why the sweep stopped it: behind, time, or nothing."""
        return str(self.stopped.get("why") or "")

    @property
    def is_over(self) -> bool:
        """Whether it neither works nor waits."""
        return self.run is None or self.run.job.is_over

    @property
    def failed(self) -> bool:
        """Whether its training did."""
        return self.run is not None and self.run.status == FAILED

    @property
    def practice(self) -> Practice | None:
        """How it did; None of one that has not ended, was stopped or failed."""
        if self.run is None or self.run.status != SUCCEEDED:
            return None
        return practice_of(self.run)

    @property
    def state(self) -> str:
        """What the study makes of it."""
        if not self.is_over:
            return RUNNING
        if self.practice is not None:
            return DONE
        return BEHIND if self.why == WHY_BEHIND else LOST


@dataclass(frozen=True)
class Sweep:
    """A sweep as it is at one moment."""

    job: JobView
    spec: SweepSpec
    trials: tuple[Trial, ...]

    @property
    def id(self) -> int:
        """Of its job, too."""
        return self.job.id

    @property
    def space(self) -> Space:
        """What varies."""
        return read_space(self.spec.space)

    @property
    def first(self) -> Trial | None:
        """The try with the settings that it began with."""
        return self.trials[0] if self.trials else None

    @property
    def running(self) -> list[Trial]:
        """The tries that work, or wait for it: on this computer one at most."""
        return [one for one in self.trials if not one.is_over]

    @property
    def over(self) -> list[Trial]:
        """The others, in their order."""
        return [one for one in self.trials if one.is_over]

    @property
    def best(self) -> Trial | None:
        """The best on practice questions; of equal ones that with the least loss, then the earlier."""
        up, scored = metric_of(self.spec.task).higher_is_better, []
        for trial in self.trials:
            if (found := trial.practice) is not None:
                loss = math.inf if found.loss is None else found.loss
                scored.append((-found.score if up else found.score, loss, trial.number))
        if scored:
            return self.trials[min(scored)[2]]
        return self._least_wrong()

    def _least_wrong(self) -> Trial | None:
        """Where no try came to its end: the one that had come the furthest."""
        usable = [one for one in self.trials if one.run is not None and one.run.is_usable]
        losses = [
            (math.inf if (loss := practice_loss(one.run)) is None else loss, one.number)
            for one in usable
            if one.run is not None
        ]
        return self.trials[min(losses)[1]] if losses else None

    @property
    def result(self) -> dict[str, Any]:
        """What its job left."""
        return self.job.result or {}


def start_sweep(
    store: Store,
    *,
    project_id: int,
    version: VersionInfo,
    model: ModelInfo,
    recipe: Recipe,
    minutes: float,
    most: int = USUAL_TRIES,
    space: Space | None = None,
    keeps_all: bool = False,
    start_run_id: int | None = None,
) -> int:
    """Queue a sweep; its job's id. The same one that is still open is not started twice.

    Args:
        recipe: of the first try.
        minutes: of work, for all tries and the exams of the chosen and the first one.
        space: what varies; None for what is worth trying.

    Raises:
        WorkbenchError: data, model and recipe do not go together, nothing tells tries apart, or the
            time is not enough for one.
    """
    recipe = recipes.from_dict(recipe.as_dict()).changed(exam=APART)
    space = space or usual_space(recipe, family=model.family, task=version.task)
    _check(version, minutes, most, recipe)
    budget.check(store, version, model, recipe, minutes)
    spec = SweepSpec(
        task=version.task,
        version_id=version.id,
        model_id=model.id,
        recipe=recipe,
        space={name: span.as_dict() for name, span in space.items()},
        minutes=float(minutes),
        most=most,
        seed=recipe.seed,
        keeps_all=keeps_all,
        start_run_id=start_run_id,
    )
    with store.write() as session:
        row = run_rows.version_of(session, project_id, version.id)
        if row is None:
            raise WorkbenchError("This project has no such data: choose a version of its own.")
        readiness.check(model, row, recipe)
        for job in trials.sweeps(session, project_id, SweepSpec.kind):
            if job.status in OPEN and jobs.spec_of(job, SweepSpec) == spec:
                return job.id
        title = f"Several settings for {model.name} on {version.dataset_name}"
        return queue.enqueue(session, title, spec, project_id=project_id)


def get_sweep(store: Store, sweep_id: int) -> Sweep:
    """A sweep with all that it has tried.

    Raises:
        WorkbenchError: there is none of this number.
    """
    with store.read() as session:
        job = job_rows.get(session, sweep_id)
        if (
            job is None
            or job.kind != SweepSpec.kind
            or (spec := jobs.spec_of(job, SweepSpec)) is None
        ):
            raise WorkbenchError(f"There is no sweep {sweep_id}: it may have been deleted.")
        rows = trials.listing(session, sweep_id)
        view = jobs.view_of(session, job)
    return _sweep(view, spec, rows, _known(store, view.project_id, rows))


def list_sweeps(store: Store, project_id: int) -> list[Sweep]:
    """The sweeps of a project, the newest first."""
    with store.read() as session:
        found = [
            (jobs.view_of(session, job), spec, trials.listing(session, job.id))
            for job in trials.sweeps(session, project_id, SweepSpec.kind)
            if (spec := jobs.spec_of(job, SweepSpec)) is not None
        ]
    known = _known(store, project_id, found)
    return [_sweep(view, spec, rows, known) for view, spec, rows in found]


def sweep_of(store: Store, run: RunView) -> int | None:
    """The sweep that a run was a try of."""
    with store.read() as session:
        found = trials.of_project(session, run.project_id)
    return next((one.sweep_job_id for one in found if one.run_id == run.id), None)


def best_first(store: Store, project_id: int, found: Sequence[RunView]) -> list[RunView]:
    """The runs in their order, but for a sweep's best one, which stands before its other tries."""
    best_of: dict[int, int] = {}
    for sweep in list_sweeps(store, project_id):
        if (best := sweep.best) is not None and best.run is not None:
            best_of |= {one.run.id: best.run.id for one in sweep.trials if one.run is not None}
    place: dict[int, int] = {}
    for number, run in enumerate(found):
        place.setdefault(best_of.get(run.id, run.id), number)

    def order(run: RunView) -> tuple[int, bool]:
        lead = best_of.get(run.id, run.id)
        return place[lead], lead != run.id

    return sorted(found, key=order)


def _check(version: VersionInfo, minutes: float, most: int, recipe: Recipe) -> None:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise WorkbenchError(
            f"A sweep may take {LEAST_MINUTES:g} to {MOST_MINUTES:,} minutes, not {minutes:g}."
        )
    if not 1 <= most <= MOST_TRIES:
        raise WorkbenchError(f"A sweep may try 1 to {MOST_TRIES} times, not {most}.")
    if not version.splits.get("train"):
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )
    if not version.splits.get("validation") and not recipe.is_by_turns:
        raise WorkbenchError(
            f"'{version.dataset_name}' has no practice questions, and tries are compared by them: save "
            "the data again with a part for practice."
        )


def _known(store: Store, project_id: int | None, wanted: Sequence[object]) -> dict[int, RunView]:
    """The project's runs by their number; none where nothing is wanted of them."""
    return {run.id: run for run in runs.list_runs(store, project_id or 0)} if wanted else {}


def _sweep(
    view: JobView,
    spec: SweepSpec,
    rows: Sequence[TrialRow],
    known: dict[int, RunView],
) -> Sweep:
    found = tuple(
        Trial(row.id, row.number, row.settings, row.stopped or {}, known.get(row.run_id or 0))
        for row in rows
    )
    return Sweep(view, spec, found)
