"""What learning categories gives, by whichever way."""

from dataclasses import dataclass, field

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.detector import Detector
from workbench.engine.encoder.probe import Head
from workbench.engine.evaluation.by_turns import ExamByTurns
from workbench.jobs.process.number_range import NumberRange
from workbench.jobs.process.shell import Result

AS_IT_CAME = {
    "steps": 0,
    "best_step": 0,
    "epochs": 0.0,
    "stopped_early": False,
    "adapter": None,
}
"""What a result says of a training that tuned nothing."""


@dataclass
class Learned:
    """The classifier that is to be saved."""

    model: Classifier
    probe: Head
    """Of the encoder as it came: what it is compared with."""
    alpha: float
    """Of what tuning changed; 0 where the encoder is as it came."""
    facts: Result
    """What the training's result says about it."""
    exam: ExamByTurns | None = None
    """What was answered in an exam by turns."""
    detector: Detector | None = None
    """Of texts that belong to none of its categories; None where there is no telling."""
    thresholds: list[float] = field(default_factory=list)
    """From which probability on each category holds, where a text may have several; and the probe's."""
    probe_thresholds: list[float] = field(default_factory=list)
    numbers: NumberRange | None = None
    """What was learned of the numbers, where they are estimated."""
