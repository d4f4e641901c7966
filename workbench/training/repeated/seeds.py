"""The same training with other random seeds: how far its score is a matter of chance.

The best of them is named by its practice rows, never by the exam: who chooses by the exam's score is
told too high a one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from storage.database import Store
from workbench.core import recipe as recipes
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import LOSS, main_score, metric_of
from workbench.core.words import plural
from workbench.training.repeated import again
from workbench.training.run_view import RunView
from workbench.training.runs import NAME_LIMIT, StartedRun, get_run, list_runs, start_run

MOST = 10
_SEED = "seed"


@dataclass(frozen=True)
class Seeds:
    """Trainings that are alike in all but their seed, the first one first."""

    task: str
    runs: tuple[RunView, ...]

    @property
    def scored(self) -> tuple[float, ...]:
        """The scores that count, of those that have one."""
        found = (_score(run) for run in self.runs)
        return tuple(value for value in found if value is not None)

    @property
    def mean(self) -> float | None:
        """Of the scores."""
        return float(np.mean(self.scored)) if self.scored else None

    @property
    def spread(self) -> float | None:
        """Their standard deviation; None of fewer than two."""
        return float(np.std(self.scored, ddof=1)) if len(self.scored) > 1 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the mean over all seeds lies with 95 % certainty (Student's t)."""
        if self.mean is None or self.spread is None:
            return None
        n = len(self.scored)
        reach = float(special.stdtrit(n - 1, 0.975)) * self.spread / math.sqrt(n)
        top = metric_of(self.task).unit.top
        low, high = max(0.0, self.mean - reach), self.mean + reach
        return low, high if top is None else min(top, high)

    @property
    def best(self) -> RunView | None:
        """The one that answers its practice rows best."""
        judged = [(loss, run.id) for run in self.runs if (loss := _practice(run)) is not None]
        return next((run for run in self.runs if judged and run.id == min(judged)[1]), None)

    @property
    def sentence(self) -> str:
        """Mean, spread and the best one, in words; empty before there are two scores."""
        ends, unit = self.interval, metric_of(self.task).unit
        if ends is None or self.mean is None or self.spread is None:
            return ""
        spread = unit.difference(self.spread * (100 if unit.top == 1.0 else 1))
        told = (
            f"{plural(len(self.scored), 'training')} that differ in their random seed alone: "
            f"{unit.words(self.mean)} on average ({unit.words(ends[0])} to "
            f"{unit.words(ends[1])} with 95 % certainty), "
            f"single ones lie {spread}{' points' if unit.in_points else ''} from it (standard "
            "deviation)."
        )
        best = self.best
        return told if best is None else f"{told} Best on its practice rows is '{best.name}'."

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        ends, best = self.interval, self.best
        return {
            "metric": metric_of(self.task).name,
            "mean": self.mean,
            "spread": self.spread,
            "interval": None if ends is None else list(ends),
            "best": None if best is None else best.id,
            "runs": [
                {
                    "run_id": run.id,
                    "seed": run.recipe.get(_SEED),
                    "status": run.status,
                    "score": _score(run),
                    "practice_loss": _practice(run),
                }
                for run in self.runs
            ],
        }


def start_seeds(store: Store, run_id: int, count: int) -> list[StartedRun]:
    """Queue a run's training with so many seeds that it has not been trained with.

    Raises:
        WorkbenchError: the number makes no sense, or the run cannot be repeated (`again.before`).
    """
    if not 1 <= count <= MOST:
        raise WorkbenchError(f"Other seeds may be 1 to {MOST}, not {count}: choose fewer.")
    former = again.before(store, run_id).run
    taken = {int(run.recipe.get(_SEED, 0)) for run in seeds_of(store, run_id).runs}
    free = (
        seed for seed in range(int(former.recipe.get(_SEED, 0)) + 1, 2**31) if seed not in taken
    )
    start = again.start_of(store, run_id)
    started = []
    for seed in (next(free) for _ in range(count)):
        ending = f", seed {seed}"
        started.append(
            start_run(
                store,
                project_id=former.project_id,
                version_id=former.version_id,
                base_model_id=former.base_model_id,
                recipe=recipes.from_dict({**former.recipe, _SEED: seed}),
                name=f"{former.name[: NAME_LIMIT - len(ending)]}{ending}",
                start_from=start,
            )
        )
    return started


def seeds_of(store: Store, run_id: int) -> Seeds:
    """The trainings of a project that are alike in all but the seed; of one seed the first."""
    run = get_run(store, run_id)
    found: dict[int, RunView] = {}
    for other in sorted(list_runs(store, run.project_id), key=lambda one: one.id):
        if _alike(other) == _alike(run):
            found.setdefault(int(other.recipe.get(_SEED, 0)), other)
    return Seeds(run.task, tuple(found.values()))


def _alike(run: RunView) -> tuple[Any, ...]:
    others: Mapping[str, Any] = {k: v for k, v in run.recipe.items() if k != _SEED}
    links = tuple(link.run_id for link in run.chain)
    return run.version_id, run.base_model_id, links, tuple(sorted(others.items()))


def _score(run: RunView) -> float | None:
    return main_score(run.task, (run.scores.get("test") or {}).get("tuned") or {})


def _practice(run: RunView) -> float | None:
    value = (run.scores.get("validation") or {}).get(LOSS)
    return float(value) if isinstance(value, int | float) else None
