"""The conductor: starts the tries of a sweep one after the other, stops what falls behind, ends in time.

It trains nothing itself. A try is a run like any other, with a job of its own in the queue, so it has its
page and its curves, and goes on from its checkpoint if it is killed. What comes next is told from what
the database says at each look, so a conductor may be killed anywhere.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage.database import Store
from storage.sweeps import trials
from storage.sweeps.trials import Place
from storage.tables import SUCCEEDED
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import metric_of
from workbench.evaluation import evaluations
from workbench.evaluation.sweeps import budget, sweeps
from workbench.evaluation.sweeps.budget import Costs
from workbench.evaluation.sweeps.dropping import drop_models
from workbench.evaluation.sweeps.space import own_settings, read_space, with_settings
from workbench.evaluation.sweeps.study import Study
from workbench.evaluation.sweeps.sweeps import WHY_BEHIND, WHY_TIME, Sweep, Trial
from workbench.evaluation.sweeps.timer import Timer
from workbench.evaluation.sweeps.tried import EVERYTHING, FAILURES, NUMBER, TIME
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import SweepSpec
from workbench.models import catalogue
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo
from workbench.training import runs
from workbench.training.run_view import RunView

logger = logging.getLogger(__name__)

IN_A_ROW = 3
"""So many tries may fail one after the other before a sweep gives up."""


@dataclass
class Conductor:
    """One sweep, looked after by `look` until that says that it is over."""

    store: Store
    sweep_id: int
    spec: SweepSpec
    timer: Timer
    clock: Callable[[], float] = time.monotonic
    ended: str = ""
    """What ended the tries; empty before that."""

    def __post_init__(self) -> None:
        self.model: ModelInfo = catalogue.get_model(self.store, self.spec.model_id)
        version = budget.version_of(self.store, self.spec)
        self.costs = Costs.of(self.store, version, self.model, self.spec.recipe)
        self.project_id = version.project_id
        self.space = read_space(self.spec.space)
        up = metric_of(version.task).higher_is_better
        self.study = Study(self.space, up, self.spec.seed)
        self._judged: tuple[int, int] | None = None

    @property
    def sweep(self) -> Sweep:
        """As it is now."""
        return sweeps.get_sweep(self.store, self.sweep_id)

    @property
    def left_s(self) -> float:
        """Of the time that was given."""
        return 60 * self.spec.minutes - self.timer.spent_s

    @property
    def _asked(self) -> int | None:
        """Exam questions, as many as a training asks."""
        writes = family_named(self.model.family).writes_text
        return self.spec.recipe.eval_max_rows if writes else None

    def look(self) -> bool:
        """Do what is to be done now; whether the sweep is over.

        Raises:
            WorkbenchError: nothing can be trained: the first try failed, or what it needs is gone.
        """
        sweep = self.sweep
        running = _running(sweep)
        if running is not None:
            assert running.run is not None
            self.timer.count(self.clock(), works=running.run.job.is_active)
            self._watch(sweep, running)
            return False
        if not self.ended:
            self.ended = self._why_over(sweep)
        if not self.ended:
            self.timer.count(self.clock(), works=False)
            self._start(sweep)
            return False
        return self._examined(sweep)

    def stop(self) -> None:
        """End what runs; what it has learned so far is kept."""
        sweep = self.sweep
        if (running := _running(sweep)) is not None and running.run is not None:
            queue.cancel_job(self.store, running.run.job.id)
        for job in self._exams(sweep):
            queue.cancel_job(self.store, job.id)

    def result(self) -> dict[str, Any]:
        """What its job leaves; what became of each try is told from the database."""
        sweep = self.sweep
        best = sweep.best
        done = sweeps.tried_of(self.store, sweep)
        keep = {one.run.id for one in (best, sweep.first) if one and one.run}
        dropped: list[int] = []
        if best is not None and self.ended and not self.spec.keeps_all:
            others = [one.run for one in sweep.trials if one.run and one.run.id not in keep]
            dropped = drop_models(self.store, others)
        return {
            "best": best.run.id if best and best.run else None,
            "tries": len(sweep.trials),
            "ended": self.ended,
            "spent_s": round(self.timer.spent_s, 1),
            "importance": self.study.importance(done),
            "dropped": dropped,
        }

    def _why_over(self, sweep: Sweep) -> str:
        """Why nothing more is to be tried; empty where something is.

        Raises:
            WorkbenchError: the first try failed: the others would, too.
        """
        first = sweep.first
        if first is None:
            return ""
        if first.run is not None and first.run.status == "failed" and len(sweep.trials) == 1:
            raise WorkbenchError(f"The first try failed. {first.run.reason}".strip())
        if len(sweep.trials) >= self.spec.most:
            return NUMBER
        last = [one.run is not None and one.run.status == "failed" for one in sweep.trials]
        if len(last) >= IN_A_ROW and all(last[-IN_A_ROW:]):
            return FAILURES
        if any(one.why == WHY_TIME for one in sweep.trials):
            return TIME
        settings = self._next(sweep)
        if settings is None:
            return EVERYTHING
        return "" if self._expected_s(sweep, settings) <= self.left_s - self._exams_s() else TIME

    def _start(self, sweep: Sweep) -> None:
        settings = self._next(sweep)
        if settings is None:
            return
        number = len(sweep.trials)
        runs.start_run(
            self.store,
            project_id=self.project_id,
            version_id=self.spec.version_id,
            base_model_id=self.spec.model_id,
            recipe=with_settings(self.spec.recipe, settings),
            name=f"Sweep {self.sweep_id}, try {number + 1}",
            start_from=self.spec.start_run_id,
            place=Place(self.sweep_id, number, settings),
        )

    def _next(self, sweep: Sweep) -> dict[str, Any] | None:
        if not sweep.trials:
            return own_settings(self.spec.recipe, self.space)
        return self.study.next_settings(sweeps.tried_of(self.store, sweep))

    def _watch(self, sweep: Sweep, running: Trial) -> None:
        """Stop a try that is behind, or that the time is not enough for."""
        run = running.run
        if run is None or run.job.is_ending:
            return
        if self.left_s - (self._exams_s() if running.number else 0.0) <= 0:
            self._stop(running, run, {"why": WHY_TIME})
        elif running.number and run.job.is_active:
            losses = sweeps.tenths(self.store, run)
            seen = run.id, len(losses)
            if seen == self._judged:
                return
            self._judged = seen
            at = self.study.behind_at(sweeps.tried_of(self.store, sweep), losses)
            if at is not None:
                self._stop(running, run, {"why": WHY_BEHIND, "at": at})

    def _stop(self, trial: Trial, run: RunView, why: dict[str, Any]) -> None:
        with self.store.write() as session:
            trials.stop(session, trial.id, why)
        queue.cancel_job(self.store, run.job.id)

    def _expected_s(self, sweep: Sweep, settings: dict[str, Any]) -> float:
        """What a try will take, by those before it; of one that was broken off nobody knows."""
        took = [
            (self._try_s(one.settings), one.run.job.seconds or 0.0)
            for one in sweep.trials
            if one.run is not None and one.run.status == SUCCEEDED and one.run.job.attempt == 1
        ]
        return budget.expected_s(took, self._try_s(settings))

    def _try_s(self, settings: dict[str, Any]) -> float:
        return self.costs.try_s(self.store, with_settings(self.spec.recipe, settings))

    def _exams_s(self) -> float:
        return budget.EXAMS * self.costs.exam_s(self.store, self.spec.recipe)

    def _examined(self, sweep: Sweep) -> bool:
        """Let the chosen try, and the first one, sit the exam; whether they have."""
        at_work = self._exams(sweep)
        self.timer.count(self.clock(), works=any(job.is_active for job in at_work))
        if at_work:
            return False
        for trial in dict.fromkeys(t.number for t in (sweep.best, sweep.first) if t):
            run = sweep.trials[trial].run
            if run is None or not run.is_usable or not run.splits.get("test"):
                continue
            if evaluations.evaluation_jobs(self.store, run.id) or self.left_s <= 0:
                continue
            try:
                evaluations.start_evaluation(self.store, run.id, most=self._asked)
            except WorkbenchError as error:
                logger.warning("The exam of %s cannot be sat: %s", run.name, error)
                continue
            return False
        return True

    def _exams(self, sweep: Sweep) -> list[JobView]:
        """The exams that wait or are sat."""
        return [
            job
            for trial in sweep.trials
            if trial.run is not None
            for job in evaluations.evaluation_jobs(self.store, trial.run.id)
            if not job.is_over
        ]


def _running(sweep: Sweep) -> Trial | None:
    return next((t for t in sweep.trials if t.run is not None and not t.run.job.is_over), None)
