"""Which trainings several machines learn together, where whoever runs the workbench says how many."""

from collections.abc import Mapping
from typing import Any

from workbench.core.recipe import TURNS
from workbench.jobs.process.specs import TrainSpec

ALONE = "WORKBENCH_ALONE"
"""Environment variable of a training that one machine does though several could: why, in a sentence."""


def machines_for(spec: Mapping[str, Any], workers: int) -> tuple[int, str]:
    """How many machines a job is for, and the sentence why it is one though several could be.

    Args:
        spec: as spec.json has it.
        workers: as many as whoever runs the workbench allows.
    """
    if workers < 2 or spec["kind"] != TrainSpec.kind:
        return 1, ""
    training = TrainSpec.from_dict(spec)
    recipe = training.recipe
    rows = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
    if why := _why_alone(training, rows):
        return 1, f"One machine does this training, though {workers} may learn together: {why}."
    return min(workers, rows), ""


def _why_alone(training: TrainSpec, rows: int) -> str:
    if not training.together:
        return "models of this kind learn on one"
    if training.shows is not None or training.conclude:
        return "there is nothing to learn"
    if training.recipe.exam == TURNS:
        return "its exam is by turns, each of which learns from few examples"
    if training.again is not None:
        return "it repeats one to the last digit"
    if rows < 2:
        return "a step has one example"
    return ""
