"""The conductor: starts the tries of a sweep, stops what falls behind, ends in time.

It trains nothing itself. A try is a run like any other, with a job of its own in the queue, so it has its
page and its curves, and goes on from its checkpoint if it is killed. On this computer they come one after
the other; where the project's jobs run on the cluster, as many are at work as it is given at a time. What
comes next is told from what the database says at each look, so a conductor may be killed anywhere.
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
from workbench.evaluation.sweeps import budget, exams, side_by_side, sweeps
from workbench.evaluation.sweeps.budget import Costs
from workbench.evaluation.sweeps.dropping import drop_models
from workbench.evaluation.sweeps.so_far import tenths, tried_of
from workbench.evaluation.sweeps.space import own_settings, read_space, with_settings
from workbench.evaluation.sweeps.study import Study
from workbench.evaluation.sweeps.sweeps import WHY_BEHIND, WHY_TIME, Sweep, Trial
from workbench.evaluation.sweeps.timer import Timer
from workbench.evaluation.sweeps.tried import DISK, EVERYTHING, FAILURES, FIRST, NUMBER, TIME
from workbench.jobs import limits, queue
from workbench.jobs.cluster import CLUSTER
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
        self._judged: dict[int, tuple[int, int]] = {}
        self._enough = (0, 0)
        self._not_now = ""

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
        if running := sweep.running:
            works = any(one.run is not None and one.run.job.is_working for one in running)
            self.timer.count(self.clock(), works=works)
            exams_s = self._exams_s()
            for trial in running:
                self._watch(sweep, trial, exams_s)
            self._add_another(sweep)
            return False
        if not self.ended:
            self.ended = self._go_on(sweep)
        if not self.ended:
            self.timer.count(self.clock(), works=False)
            return False
        return self._examined(sweep)

    def stop(self) -> None:
        """End what runs; what it has learned so far is kept."""
        sweep = self.sweep
        jobs = [one.run.job for one in sweep.running if one.run is not None]
        for job in (*jobs, *exams.open_exams(self.store, sweep)):
            queue.cancel_job(self.store, job.id)

    def result(self) -> dict[str, Any]:
        """What its job leaves; what became of each try is told from the database."""
        sweep = self.sweep
        best = sweep.best
        done = tried_of(self.store, sweep)
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

    @property
    def _at_once(self) -> int:
        """Tries, or exams, at most side by side; a project may be moved in the middle of a sweep."""
        return side_by_side.at_once(self.store, self.project_id)

    def _add_another(self, sweep: Sweep) -> None:
        """Begin one more beside those that run; where none is worth it, not before one of them is over."""
        so_many = len(sweep.trials), len(sweep.over)
        if so_many == self._enough:
            return
        if side_by_side.takes_another(self.store, sweep, self._at_once) and self._go_on(sweep):
            self._enough = so_many

    def _go_on(self, sweep: Sweep) -> str:
        """Begin the next try; why there is none, or nothing.

        Raises:
            WorkbenchError: nothing runs, and the first try failed or a run cannot be made.
        """
        if sweep.first is None:
            return self._start(sweep, own_settings(self.spec.recipe, self.space))
        if why := self._why_over(sweep):
            return why
        settings = self.study.next_settings(tried_of(self.store, sweep))
        if settings is None:
            return EVERYTHING
        if self._expected_s(sweep, settings) > self.left_s - self._exams_s():
            return TIME  # what runs beside it takes none of its time
        if not limits.has_room(self.store, self.sweep_id):
            return DISK
        return self._start(sweep, settings)

    def _why_over(self, sweep: Sweep) -> str:
        """Why nothing more is to be tried, whatever it would be; empty where something is.

        Raises:
            WorkbenchError: the first try failed, and nothing that was tried beside it is of use.
        """
        first = sweep.first
        if first is not None and first.run is not None and first.failed:
            of_use = any(one.run and one.run.is_usable and not one.failed for one in sweep.trials)
            if not sweep.running and not of_use:
                raise WorkbenchError(f"The first try failed. {first.run.reason}".strip())
            return FIRST
        if len(sweep.trials) >= self.spec.most:
            return NUMBER
        last = [one.failed for one in sweep.over][-IN_A_ROW:]
        if len(last) == IN_A_ROW and all(last):
            return FAILURES
        return TIME if any(one.why == WHY_TIME for one in sweep.trials) else ""

    def _start(self, sweep: Sweep, settings: dict[str, Any]) -> str:
        number = len(sweep.trials)
        try:
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
        except WorkbenchError as error:
            if not sweep.running:
                raise
            if str(error) != self._not_now:  # what runs is worth waiting for
                logger.warning("No further try for now: %s", error)
            self._not_now = str(error)
        return ""

    def _watch(self, sweep: Sweep, running: Trial, exams_s: float) -> None:
        """Stop a try that is behind, or that the time is not enough for."""
        run = running.run
        if run is None or run.job.is_ending:
            return
        if self.left_s - (exams_s if running.number else 0.0) <= 0:
            self._stop(running, run, {"why": WHY_TIME})
        elif running.number and run.job.is_active:
            losses = tenths(self.store, run)
            seen = len(losses), len(sweep.over)
            if seen == self._judged.get(run.id):
                return
            self._judged[run.id] = seen
            at = self.study.behind_at(tried_of(self.store, sweep), losses)
            if at is not None:
                self._stop(running, run, {"why": WHY_BEHIND, "at": at})

    def _stop(self, trial: Trial, run: RunView, why: dict[str, Any]) -> None:
        with self.store.write() as session:
            trials.stop(session, trial.id, why)
        queue.cancel_job(self.store, run.job.id)

    def _expected_s(self, sweep: Sweep, settings: dict[str, Any]) -> float:
        """What a try will take, by those before it; of one that was broken off nobody knows."""
        took = [
            (self._try_s(one.settings), _took_s(one.run))
            for one in sweep.trials
            if one.run is not None and one.run.status == SUCCEEDED and one.run.job.attempt == 1
        ]
        return budget.expected_s(took, self._try_s(settings))

    def _try_s(self, settings: dict[str, Any]) -> float:
        return self.costs.try_s(self.store, with_settings(self.spec.recipe, settings))

    def _exams_s(self) -> float:
        one_s = self.costs.exam_s(self.store, self.spec.recipe)
        return budget.exams_s(one_s, self._at_once)

    def _examined(self, sweep: Sweep) -> bool:
        """Let the chosen try, and the first one, sit the exam; whether they have."""
        at_work = exams.open_exams(self.store, sweep)
        self.timer.count(self.clock(), works=any(job.is_working for job in at_work))
        if at_work:
            return False
        if self.left_s <= 0:
            return True
        return not exams.start_exams(self.store, sweep, asked=self._asked, at_once=self._at_once)


def _took_s(run: RunView) -> float:
    """Seconds of a try that is over; on a cluster without the time that it waited for a machine."""
    told = (run.result or {}).get("seconds") if run.job.place == CLUSTER else None
    return float(told or run.job.seconds or 0.0)
