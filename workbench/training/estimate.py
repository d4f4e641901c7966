"""What a training will cost on this machine: time, memory and disk, before it starts.

The time is counted in operations (a training step costs 4 per parameter and token with LoRA,
6 when every weight is trained: Kaplan et al. 2020, "Scaling laws", section 2.1) over what the
machine was measured to do, plus a fixed cost per step. Earlier runs of the same base model and
method on this machine know better than any formula, so they are asked first.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.recipe import Recipe
from workbench.core.words import about_between, size
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware

# Constants, set by what `scripts/bench.py` printed on two cores with avx512_bf16.
LORA_PASSES, FULL_PASSES = 4.0, 6.0
"""Operations per parameter and token: forward 2, backward 2 without and 4 with weights."""
EFFICIENCY = {"nf4": 0.27, "int8": 0.27, "none": 0.45}
"""Share of the measured speed that a training step reaches; unpacking 4-bit weights costs."""
STEP_OVERHEAD_S = 0.03
TRAINED_WEIGHT_S = 6e-9
"""Seconds a step needs for each weight that is trained (the optimiser's update)."""
WRITING_SHARE = 0.045
"""Share of the measured speed while answers are written word by word."""
CHARACTERS_PER_TOKEN = 4.0
COMFORT = 0.85
"""Share of the memory that training may take; the rest is for the system and the pages."""
UNSURE = 0.45
"""Without an earlier run the time may be this much less, or this much more, than counted."""
SURE = 0.2
WEIGHT_BYTES = {"nf4": 0.6, "int8": 1.1}
OPTIMISER_BYTES = 16.0
"""Per trained weight: float32 weight, gradient and the two moments of AdamW."""
ACTIVATION_BYTES = {"full": 34.0, "lora": 45.0}
"""Per token, layer and hidden unit in 16 bits: 34 for a plain block (Korthikanti et al. 2022,
section 4.1); LoRA keeps the inputs of its matrices as well. Measured: SmolLM2-135M with 8 and 16
examples a step, MiniLM with 64, each within a tenth."""
KEPT_BY_CHECKPOINTING = 0.2
ADAPTER_WIDTHS = 10.0
"""Width of all adapted layers of one block, in and out, in hidden sizes (Llama blocks)."""


@dataclass(frozen=True)
class PastRun:
    """What an earlier run of the same base model and method took on this machine."""

    examples_per_second: float
    mean_tokens: float
    max_length: int


@dataclass(frozen=True)
class Estimate:
    """What a training is expected to cost."""

    seconds: float
    low_s: float
    high_s: float
    memory_mb: float
    disk_mb: float
    steps: int

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
    mean_tokens: float,
    history: Sequence[PastRun] = (),
    *,
    written_rows: int = 0,
) -> Estimate:
    """The cost of training `model` with `recipe` on `rows` training examples.

    Args:
        mean_tokens: of an example as the model sees it.
        history: earlier runs of this base model and method here, the newest first.
        written_rows: exam questions that are answered in writing, by base and tuned model each.
    """
    tokens = min(mean_tokens, recipe.max_length)
    steps = step_count(recipe, rows)
    learning = _learning_s(hardware, model, recipe, steps, tokens, history)
    writing = _writing_s(hardware, model, recipe, tokens, written_rows)
    start = family_named(model.family).start_s
    seconds = start + learning + _checks_s(recipe, learning) + writing
    spread = SURE if history else UNSURE
    return Estimate(
        seconds=seconds,
        low_s=seconds * (1 - spread),
        high_s=seconds * (1 + spread),
        memory_mb=memory_mb(hardware, model, recipe, tokens),
        disk_mb=_disk_mb(model, recipe),
        steps=steps,
    )


def step_count(recipe: Recipe, rows: int) -> int:
    """Corrections of the whole run."""
    if recipe.max_steps > 0:
        return recipe.max_steps
    batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
    return max(1, math.ceil(math.ceil(rows / batch) * recipe.num_train_epochs))


def trained_weights(model: ModelInfo, recipe: Recipe) -> float:
    """How many weights change: all of them, or LoRA's."""
    if recipe.method == "full":
        return float(model.parameters)
    widths = ADAPTER_WIDTHS if recipe.target_modules == "all-linear" else ADAPTER_WIDTHS / 3
    return recipe.r * widths * model.hidden_size * model.layers


def memory_mb(hardware: Hardware, model: ModelInfo, recipe: Recipe, tokens: float) -> float:
    """Most memory that the trainer holds at once, for examples of `tokens` tokens."""
    family = family_named(model.family)
    per_weight = 2.0 if hardware.dtype != "float32" and family.packs_weights else 4.0
    embedding = model.vocab_size * model.hidden_size
    packed = WEIGHT_BYTES.get(recipe.quantization, per_weight)
    if not family.packs_weights or model.packed_layers == 0:
        packed = per_weight
    weights = embedding * per_weight + max(0, model.parameters - embedding) * packed
    kept = KEPT_BY_CHECKPOINTING if recipe.gradient_checkpointing else 1.0
    batch_tokens = recipe.per_device_train_batch_size * min(2 * tokens, recipe.max_length)
    activations = (
        batch_tokens * model.hidden_size * model.layers * ACTIVATION_BYTES[recipe.method] * kept
    )
    logits = 0.5 * batch_tokens * model.vocab_size * 8 if family.writes_text else 0.0
    optimiser = trained_weights(model, recipe) * OPTIMISER_BYTES
    return family.process_mb + (weights + activations + logits + optimiser) / 1e6


def _learning_s(
    hardware: Hardware,
    model: ModelInfo,
    recipe: Recipe,
    steps: int,
    tokens: float,
    history: Sequence[PastRun],
) -> float:
    batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
    if history:
        return steps * batch * _seconds_per_example(history, tokens)
    passes = FULL_PASSES if recipe.method == "full" else LORA_PASSES
    body = model.parameters - model.vocab_size * model.hidden_size
    speed = hardware.gflops * 1e9 * EFFICIENCY[recipe.quantization]
    per_step = passes * max(body, model.parameters / 4) * tokens * batch / speed
    if recipe.gradient_checkpointing:
        per_step *= 1.33
    return steps * (per_step + STEP_OVERHEAD_S + trained_weights(model, recipe) * TRAINED_WEIGHT_S)


def _seconds_per_example(history: Sequence[PastRun], tokens: float) -> float:
    """The middle of the last three runs, longer for longer examples."""
    per_example = (
        max(0.5, min(4.0, tokens / max(1.0, min(past.mean_tokens, past.max_length))))
        / past.examples_per_second
        for past in history[:3]
    )
    return statistics.median(per_example)


def _checks_s(recipe: Recipe, learning_s: float) -> float:
    """Scoring the practice questions: a tenth of the rows, forward only, several times a pass."""
    return learning_s * 0.04 * max(1.0, recipe.evals_per_epoch)


def _writing_s(
    hardware: Hardware, model: ModelInfo, recipe: Recipe, tokens: float, rows: int
) -> float:
    """Base and tuned model each write their answers to the exam questions."""
    if not family_named(model.family).writes_text or not rows:
        return 0.0
    answers = 2 * min(rows, recipe.eval_max_rows)
    written = min(recipe.eval_max_new_tokens, tokens)
    return answers * written * 2 * model.parameters / (hardware.gflops * 1e9 * WRITING_SHARE)


def _disk_mb(model: ModelInfo, recipe: Recipe) -> float:
    """The finished adapter and the checkpoints kept beside it, optimiser states included."""
    return trained_weights(model, recipe) * (4 + 2 * 12) / 1e6 + 10


@dataclass(frozen=True)
class Fit:
    """Whether a model can be trained on this machine."""

    ok: bool
    sentence: str
    memory_mb: float


def fit_of(
    model: ModelInfo, hardware: Hardware, recipe: Recipe, mean_tokens: float | None = None
) -> Fit:
    """Whether training `model` with `recipe` fits into memory, as a sentence.

    Without `mean_tokens` the examples are taken to be as long as the recipe allows.
    """
    needed_mb = memory_mb(hardware, model, recipe, mean_tokens or recipe.max_length)
    there_gb = hardware.training_memory_gb
    where = "of the GPU's" if hardware.gpu_name else "of"
    has = f"{where} {there_gb:.0f} GB"
    if needed_mb > there_gb * 1000 * COMFORT:
        return Fit(False, f"Too large: needs about {size(needed_mb * 1e6)} {has}", needed_mb)
    return Fit(True, f"Fits: needs about {size(needed_mb * 1e6)} {has}", needed_mb)
