"""Models that turn one text into another, as jobs want them: trained, examined, asked."""

from dataclasses import replace

from workbench.core.fields.field import read
from workbench.engine.evaluation.jobs import Answer
from workbench.engine.seq2seq.checked_load import checked_load
from workbench.engine.seq2seq.model import load_seq2seq
from workbench.engine.seq2seq.opened import opened
from workbench.engine.seq2seq.systems import answer, systems
from workbench.engine.seq2seq.train import measure, train
from workbench.jobs.process.specs import PredictSpec, PromptSpec

__all__ = ["answerer", "checked_load", "measure", "opened", "systems", "train"]


def answerer(spec: PredictSpec) -> Answer:
    """The model of a prediction's spec, loaded.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    new_tokens = spec.recipe.eval_max_new_tokens
    known = read(spec.fields)
    model = load_seq2seq(
        spec.base, spec.adapter, spec.recipe, task=spec.task, system=spec.system, fields=known
    )
    if isinstance(spec, PromptSpec):
        model = replace(model, wording=replace(model.wording, labels=spec.labels))
    return lambda rows, stop, done: answer(model, rows, new_tokens, stop, done)
