"""Encoders that sort texts into categories, as jobs want them: trained, examined, asked."""

from workbench.engine.encoder.checked_load import checked_load
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.encoder.opened import opened
from workbench.engine.encoder.systems import answer, systems
from workbench.engine.encoder.train import measure, train
from workbench.engine.evaluation.jobs import Answer
from workbench.jobs.process.specs import PredictSpec

__all__ = ["answerer", "checked_load", "measure", "opened", "systems", "train"]


def answerer(spec: PredictSpec) -> Answer:
    """The classifier of a prediction's spec, loaded.

    Raises:
        WorkbenchError: it is not trained, or cannot be read.
    """
    model = load_encoder_model(spec.base, spec.adapter)
    return lambda rows, stop, done: answer(model, rows, stop, done)
