"""The recipe: every setting of a training run, as one value that is kept with the run.

Field names are those of peft's `LoraConfig`, transformers' `TrainingArguments` and
bitsandbytes' configuration, so that an expert knows them and a run can be repeated elsewhere.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts import ways

AUTO, YES, NO = "auto", "yes", "no"
CLASSES, CONTRASTIVE = "classes", "contrastive"
"""How an encoder may learn categories."""
DPO, ORPO = "dpo", "orpo"
"""How a model may learn which of two answers is better."""
APART, TURNS = "apart", "turns"
"""How a trained model may be examined."""
TURN_STEPS, TURN_SHARE = 40, 0.7
"""A turn of an exam by turns takes this share of the steps of the training from all rows, and at least
so many of them: five whole ones would take too long. One that learns less is judged no better, but
much less would also be less sure: the final model would hardly ever say "none of these"."""


def _setting(
    default: Any,
    label: str,
    help: str,
    *,
    group: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help,
            "group": group,
            "low": low,
            "high": high,
            "choices": choices,
        },
    )


@dataclass(frozen=True)
class Recipe:
    """What to train with; see the label and the help of each field."""

    # fmt: off
    method: str = _setting("lora", "What is trained", "lora trains small added matrices and leaves the model's own weights alone; full changes every weight (only sensible for small encoders).", group="LoRA", choices=("lora", "full"))
    r: int = _setting(16, "Learning strength (LoRA rank r)", "Size of the added matrices: more can learn more, and overfits sooner.", group="LoRA", low=1, high=256)
    lora_alpha: int = _setting(32, "LoRA alpha", "The added matrices count alpha ÷ r times; twice the rank is usual.", group="LoRA", low=1, high=512)
    lora_dropout: float = _setting(0.05, "LoRA dropout", "Share of the added matrices' input switched off at random while learning; guards against overfitting.", group="LoRA", low=0.0, high=0.9)
    target_modules: str = _setting("all-linear", "Layers to adapt", "all-linear adapts every linear layer; attention only the query, key, value and output ones; or name them, separated by commas.", group="LoRA")
    use_rslora: bool = _setting(False, "Rank-stabilised LoRA", "Scales by alpha ÷ √r, which helps at ranks above 64.", group="LoRA")
    quantization: str = _setting("nf4", "Weights of the base model", "nf4 keeps them in 4 bits (least memory), int8 in 8 bits, none in their own precision.", group="Quantisation", choices=("nf4", "int8", "none"))
    double_quant: bool = _setting(True, "Double quantisation", "Compresses the 4-bit scales as well; saves about 0.4 bits per weight.", group="Quantisation")
    num_train_epochs: float = _setting(3.0, "Passes over the data (epochs)", "How often the model sees every example.", group="Optimiser", low=0.0001, high=100)
    max_steps: int = _setting(-1, "Stop after this many steps", "-1 means no limit; otherwise it overrides the passes.", group="Optimiser", low=-1, high=10_000_000)
    objective: str = _setting("classes", "How categories are learned", "classes lets the encoder tell the categories apart directly; contrastive moves texts of one category together and others apart, which learns more from few examples.", group="Optimiser", choices=(CLASSES, CONTRASTIVE))
    loss: str = _setting("dpo", "How preferences are learned", "dpo makes the better answer likelier than the worse one, measured against the model as it was; orpo learns the better answers at the same time and needs no comparison with before.", group="Optimiser", choices=(DPO, ORPO))
    beta: float = _setting(0.1, "How closely it stays to what it was (beta)", "A larger value keeps the model nearer to what it was before, and it learns less; for orpo, how much the comparison counts beside learning the better answers.", group="Optimiser", low=0.001, high=10.0)
    lean_on_examples: str = _setting("no", "Lean on your examples", "One of your examples that is like the question, with its answer, stands before each question, when the model learns and whenever it is asked; auto tries on practice questions whether it helps.", group="Optimiser", choices=(AUTO, YES, NO))
    learning_rate: float = _setting(2e-4, "Learning rate", "Size of each correction: too small learns nothing, too large forgets everything.", group="Optimiser", low=1e-8, high=1.0)
    lr_scheduler_type: str = _setting("cosine", "Learning-rate schedule", "How the learning rate changes over the run.", group="Optimiser", choices=("cosine", "linear", "constant", "constant_with_warmup"))
    warmup_ratio: float = _setting(0.05, "Warm-up share", "Share of the steps in which the learning rate rises from zero.", group="Optimiser", low=0.0, high=0.5)
    weight_decay: float = _setting(0.0, "Weight decay", "Pulls weights towards zero; guards against overfitting.", group="Optimiser", low=0.0, high=1.0)
    max_grad_norm: float = _setting(1.0, "Gradient clipping", "Longest single correction allowed.", group="Optimiser", low=0.0, high=100)
    optim: str = _setting("adamw_torch_fused", "Optimiser", "AdamW is the standard; the 8-bit one needs less memory, on a GPU.", group="Optimiser", choices=("adamw_torch_fused", "adamw_torch", "adamw_bnb_8bit", "paged_adamw_8bit"))
    label_smoothing_factor: float = _setting(0.0, "Label smoothing", "Keeps the model from being over-sure; categories only.", group="Optimiser", low=0.0, high=0.5)
    per_device_train_batch_size: int = _setting(16, "Examples per step (batch size)", "More is steadier and needs more memory.", group="Memory", low=1, high=1024)
    gradient_accumulation_steps: int = _setting(1, "Gradient accumulation", "Adds up this many batches before each correction; the effect of a large batch in less memory.", group="Memory", low=1, high=1024)
    max_length: int = _setting(512, "Longest example (tokens)", "So many tokens are read at once; what is done with longer ones, 'Long texts' says. Memory and time grow with it.", group="Memory", low=8, high=131_072)
    long_texts: str = _setting("auto", "Long texts", "How texts are read that are longer than that. windows: an encoder reads all of it in overlapping parts and puts them together. nearest: a model that writes reads the beginning and the parts nearest to the question. head_tail: beginning and end. head: the beginning only. auto: windows for an encoder; for a model that writes nearest where there is a question, else head_tail.", group="Memory", choices=ways.CHOICES)
    gradient_checkpointing: bool = _setting(False, "Gradient checkpointing", "Computes some values twice instead of keeping them: less memory, a third slower.", group="Memory")
    early_stopping_patience: int = _setting(3, "Early stopping", "Stop after this many checks without improvement on the practice questions; 0 never stops early.", group="Checks", low=0, high=100)
    evals_per_epoch: float = _setting(2.0, "Checks per pass", "How often the practice questions are scored and a checkpoint is saved.", group="Checks", low=0.1, high=100_000)
    held_out_turns: int = _setting(2, "Turns with rows held out", "Contrastive learning is tried so many times with a fifth of the examples held out, to see whether it helps; then all of them are learned.", group="Checks", low=1, high=5)
    exam: str = _setting("apart", "Exam", "apart puts some rows aside, which are never learned; turns asks about every row once, in turns of which each learns without a part of the rows and is asked about it, and then learns from all of them (data of fewer than 1,000 rows, and encoders by contrastive learning only; otherwise the exam is apart all the same).", group="Checks", choices=(APART, TURNS))
    eval_max_new_tokens: int = _setting(128, "Longest answer in the exam (tokens)", "Answers to exam questions are cut there.", group="Checks", low=1, high=4096)
    eval_max_rows: int = _setting(200, "Exam questions to answer in writing", "Writing answers takes time; at most this many test rows are answered, the same for base and tuned.", group="Checks", low=1, high=1_000_000)
    seed: int = _setting(42, "Random seed", "The same seed gives the same run.", group="Checks", low=0, high=2**31 - 1)
    # fmt: on

    @property
    def is_by_turns(self) -> bool:
        """Whether it is tried with examples held out before all of them are learned."""
        return self.objective == CONTRASTIVE

    @property
    def asks_by_turns(self) -> bool:
        """Whether every row is an exam question once, if the data has turns; of an encoder."""
        return self.is_by_turns and self.exam == TURNS

    def turn_steps(self, steps: int) -> int:
        """Corrections of a turn, where the training from all rows takes so many."""
        if not self.asks_by_turns:
            return steps
        return min(steps, max(TURN_STEPS, round(TURN_SHARE * steps)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return dataclasses.asdict(self)

    def changed(self, **values: Any) -> "Recipe":
        """A copy with these values, converted and checked.

        Raises:
            WorkbenchError: a name is unknown or a value does not fit.
        """
        converted = {name: _convert(name, value) for name, value in values.items()}
        return dataclasses.replace(self, **converted)


FIELDS = {f.name: f for f in dataclasses.fields(Recipe)}


def from_dict(values: dict[str, Any]) -> Recipe:
    """The recipe that `as_dict` wrote; missing fields get their defaults, others are refused."""
    return Recipe().changed(**values)


def _convert(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise WorkbenchError(
            f"There is no setting '{name}'; the settings are {', '.join(sorted(FIELDS))}."
        )
    kind: type[Any] = type(FIELDS[name].default)
    try:
        value = _truth(value) if kind is bool else kind(value)
    except (TypeError, ValueError):
        raise WorkbenchError(
            f"The setting {name} must be {_KINDS[kind]}, but '{value}' is not: change it."
        ) from None
    _check(name, value)
    return value


_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return words[text] if (text := str(value).lower()) in words else _refuse(text)


def _refuse(text: str) -> bool:
    raise ValueError(text)


def _check(name: str, value: Any) -> None:
    about = FIELDS[name].metadata
    low, high, choices = about["low"], about["high"], about["choices"]
    if choices and value not in choices:
        raise WorkbenchError(
            f"The setting {name} must be one of {', '.join(choices)}, not '{value}'."
        )
    if low is not None and not low <= value <= high:
        raise WorkbenchError(f"The setting {name} must be from {low:g} to {high:g}, not {value:g}.")
