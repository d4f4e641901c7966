"""What a trial of an instruction is told: the model as it came, asked in the user's own words."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from workbench.jobs.process.specs import PredictSpec


@dataclass(frozen=True, kw_only=True)
class PromptSpec(PredictSpec):
    """Answer questions whose answers are known, after an instruction (`system`), without training."""

    kind: ClassVar[str] = "prompt-trial"
    version_id: int = 0
    model_id: int = 0
    learned_from: Path
    """The version's examples: the nearest are shown, and those learn from them who need no model."""
    shown: int = 0
    """So many of the nearest examples stand before each question."""
    labels: tuple[str, ...] = ()
    """The categories to choose from."""
    is_exam: bool = False
    """Whether the questions are the exam's: the instruction was kept, and is the one to beat."""
