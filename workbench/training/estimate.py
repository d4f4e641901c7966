"""What a training will cost on this machine: time, memory and disk, before it starts.

One estimate for every page and command: the same recipe, model and examples give the same numbers
(`of_version`). It knows the model's layers (`memory`, `pace`) and how long the examples are
(`lengths`); what was measured on this machine knows better and is taken where it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION
from workbench.core.words import about_between, size
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware
from workbench.training import memory
from workbench.training.lengths import Lengths
from workbench.training.memory import Phases, trained_weights
from workbench.training.pace import PastRun, run_seconds, step_count

CHARACTERS_PER_TOKEN = 4.0
COMFORT = 0.85
"""Share of the memory that training may take; the rest is for the system and the pages."""
UNSURE = 0.45
"""Without an earlier run the time may be this much less, or this much more, than counted."""
SURE = 0.2
ASSUMED_ROWS = 400
"""Examples, where none are there yet."""


@dataclass(frozen=True)
class Estimate:
    """What a training is expected to cost."""

    seconds: float
    low_s: float
    high_s: float
    memory_mb: float
    disk_mb: float
    steps: int
    phases: Phases

    @property
    def time(self) -> str:
        """The time as people say it: "about 6 minutes", or "4–8 minutes" when unsure."""
        return about_between(self.low_s, self.high_s)


def tokens_of(mean_chars: float) -> float:
    """Tokens of a text of this many characters; English texts have about four to a token."""
    return max(4.0, mean_chars / CHARACTERS_PER_TOKEN)


def estimate_run(
    hardware: Hardware,
    model: ModelInfo,
    recipe: Recipe,
    rows: int,
    lengths: Lengths | float,
    history: Sequence[PastRun] = (),
    *,
    written_rows: int = 0,
    task: str = COMPLETION.name,
) -> Estimate:
    """The cost of training `model` with `recipe` on `rows` training examples.

    Args:
        lengths: of the examples as the model sees them; a number for their mean.
        history: earlier runs of this base model and method here, the newest first.
        written_rows: exam questions that are answered, by base and tuned model each.
    """
    lengths = _lengths(lengths)
    seconds = run_seconds(hardware, model, recipe, task, lengths, rows, written_rows, history)
    spread = SURE if history else UNSURE
    phases = memory.phases(hardware, model, recipe, task, lengths, rows)
    return Estimate(
        seconds=seconds,
        low_s=seconds * (1 - spread),
        high_s=seconds * (1 + spread),
        memory_mb=phases.most,
        disk_mb=disk_mb(model, recipe, rows, lengths.mean),
        steps=step_count(recipe, rows),
        phases=phases,
    )


def memory_mb(
    hardware: Hardware,
    model: ModelInfo,
    recipe: Recipe,
    lengths: Lengths | float,
    *,
    rows: int = ASSUMED_ROWS,
    task: str = COMPLETION.name,
) -> float:
    """Most memory that the trainer holds at once; see `estimate_run`."""
    return memory.phases(hardware, model, recipe, task, _lengths(lengths), rows).most


def _lengths(lengths: Lengths | float) -> Lengths:
    return lengths if isinstance(lengths, Lengths) else Lengths.even(lengths)


def disk_mb(model: ModelInfo, recipe: Recipe, rows: int, tokens: float = 0.0) -> float:
    """The finished adapter, the checkpoints kept beside it with their optimiser states, the encoded
    examples."""
    return (trained_weights(model, recipe) * (4 + 2 * 12) + rows * tokens * 5) / 1e6 + 10


@dataclass(frozen=True)
class Fit:
    """Whether a model can be trained on this machine."""

    ok: bool
    sentence: str
    memory_mb: float


def fit_of(
    model: ModelInfo,
    hardware: Hardware,
    recipe: Recipe,
    lengths: Lengths | float | None = None,
    *,
    rows: int = ASSUMED_ROWS,
    task: str = COMPLETION.name,
) -> Fit:
    """Whether training `model` with `recipe` fits into memory, as a sentence.

    Without `lengths` the examples are taken to be as long as the recipe allows.
    """
    lengths = Lengths.even(recipe.max_length) if lengths is None else lengths
    needed_mb = memory_mb(hardware, model, recipe, lengths, rows=rows, task=task)
    there_gb = hardware.training_memory_gb
    where = "of the GPU's" if hardware.gpu_name else "of"
    has = f"{where} {there_gb:.0f} GB"
    if needed_mb > limit_mb(hardware):
        return Fit(False, f"Too large: needs about {size(needed_mb * 1e6)} {has}", needed_mb)
    return Fit(True, f"Fits: needs about {size(needed_mb * 1e6)} {has}", needed_mb)


def limit_mb(hardware: Hardware) -> float:
    """What a training may take of this machine."""
    return hardware.training_memory_gb * 1000 * COMFORT
