"""Models that write text, as jobs want them: trained, examined, asked."""

import math
from dataclasses import replace

from workbench.core.fields.field import read
from workbench.engine.causal.checked_load import checked_load
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.opened import opened
from workbench.engine.causal.systems import answer, systems
from workbench.engine.causal.train import measure, train
from workbench.engine.evaluation.jobs import Answer
from workbench.engine.generative.fields.writing import is_free
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.jobs.process.specs import PredictSpec, PromptSpec

__all__ = ["answerer", "checked_load", "measure", "opened", "systems", "train"]


def answerer(spec: PredictSpec) -> Answer:
    """The model of a prediction's spec, loaded.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    new_tokens = spec.recipe.eval_max_new_tokens
    known = read(spec.fields)
    tries = isinstance(spec, PromptSpec)
    model = load_causal(
        spec.base,
        spec.adapter,
        spec.recipe,
        task=spec.task,
        system=spec.system,
        fields=known,
        packs=0.0 if tries else math.inf,
    )
    if isinstance(spec, PromptSpec):
        model = prompted(model, spec)
    elif not is_free():
        model = replace(model, names_tools=model.calls_tools)
    return lambda rows, stop, done: answer(model, rows, new_tokens, stop, done)


def prompted(model: CausalModel, spec: PromptSpec) -> CausalModel:
    """The model as it came, asked as the user tries it: which categories there are, and with the
    nearest of the examples before each question."""
    shown = (
        Leaning.to_show(spec.learned_from, spec.task, model.max_length, spec.labels, spec.shown)
        if spec.shown
        else None
    )
    return replace(model, wording=replace(model.wording, labels=spec.labels, leaning=shown))
