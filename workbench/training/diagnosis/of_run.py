"""The diagnosis of a run: its recorded curves and result, read by the rules."""

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe, from_dict
from workbench.jobs.process.failures import UNSTABLE
from workbench.training import runs
from workbench.training.diagnosis import preferences
from workbench.training.diagnosis.diagnosis import Diagnosis, Told
from workbench.training.diagnosis.rules import diagnose
from workbench.training.presets import preset
from workbench.training.run_view import RunView


def diagnosis_of(store: Store, run: RunView) -> Diagnosis | None:
    """What a training's curves say; None while it learns, of one that learned by contrast (its curves are
    others), and where too little was recorded.
    """
    if not run.job.is_over or run.is_told:
        return None
    try:
        recipe = from_dict(run.recipe)
    except WorkbenchError:  # of a version whose settings are not known any more
        return None
    if recipe.is_by_turns:
        return None
    found = diagnose(_told(store, run, recipe))
    return preferences.with_exam(found, run.task, recipe, run.result or {})


def _told(store: Store, run: RunView, recipe: Recipe) -> Told:
    result = run.result or {}
    planned = (
        run.job.progress.get("total_steps") if run.job.progress.get("phase") == "training" else None
    )
    return Told(
        recipe=recipe,
        learned=runs.curve(store, run.id, "train"),
        checked=runs.curve(store, run.id, "validation"),
        practice_rows=run.splits.get("validation", 0),
        best_step=result.get("best_step"),
        steps=result.get("steps"),
        planned_steps=int(planned) if planned else None,
        epochs=result.get("epochs"),
        stopped_early=bool(result.get("stopped_early")),
        was_cancelled=run.status == "cancelled",
        broke=run.status == "failed" and UNSTABLE in run.reason,
        usual_learning_rate=_usual_rate(run),
    )


def _usual_rate(run: RunView) -> float | None:
    rows = run.splits.get("train", 0)
    try:
        usual = preset("balanced", task=run.task, family=run.base_family, rows=rows)
    except WorkbenchError:
        return None
    return None if usual.is_by_turns else usual.learning_rate
