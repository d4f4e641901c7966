"""Models that write text, as jobs want them: trained, examined, asked."""

from workbench.engine.causal.checked_load import checked_load
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.opened import opened
from workbench.engine.causal.systems import answer, systems
from workbench.engine.causal.train import measure, train
from workbench.engine.evaluation.jobs import Answer
from workbench.jobs.process.specs import PredictSpec

__all__ = ["answerer", "checked_load", "measure", "opened", "systems", "train"]


def answerer(spec: PredictSpec) -> Answer:
    """The model of a prediction's spec, loaded.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    new_tokens = spec.recipe.eval_max_new_tokens
    model = load_causal(spec.base, spec.adapter, spec.recipe, task=spec.task, system=spec.system)
    return lambda rows, stop, done: answer(model, rows, new_tokens, stop, done)
