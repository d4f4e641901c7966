"""What was tried so far, read from the runs of a sweep for its study."""

from storage.database import Store
from workbench.core import recipe as recipes
from workbench.evaluation.sweeps.practice import tenths_of
from workbench.evaluation.sweeps.sweeps import Sweep, Trial
from workbench.evaluation.sweeps.tried import TENTHS, Tried
from workbench.training import runs
from workbench.training.pace import step_count
from workbench.training.run_view import RunView


def tried_of(store: Store, sweep: Sweep) -> list[Tried]:
    """The tries in their order; of those that run only their settings."""
    return [
        _tried(store, one) if one.is_over else Tried(one.settings, one.state)
        for one in sweep.trials
    ]


def _tried(store: Store, trial: Trial) -> Tried:
    practice = trial.practice
    losses = tenths(store, trial.run) if trial.run is not None else {}
    last = int(trial.stopped.get("at") or TENTHS)
    return Tried(
        trial.settings,
        trial.state,
        None if practice is None else practice.score,
        {tenth: loss for tenth, loss in losses.items() if tenth <= last},
    )


def tenths(store: Store, run: RunView) -> dict[int, float]:
    """How wrong a training was at each tenth of its way; empty where it is not told on the way."""
    recipe = recipes.from_dict(run.recipe)
    if recipe.is_by_turns:
        return {}
    steps = step_count(recipe, run.splits.get("train", 0))
    return tenths_of(runs.curve(store, run.id, "validation"), steps)
