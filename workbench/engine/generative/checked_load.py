"""What is tried alike of every base model that writes: its weights, numbers, one step of learning."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.words import short_count
from workbench.engine.causal.loss import BatchLoss
from workbench.engine.models.checked_load import CheckedLoad
from workbench.engine.models.load import add_lora
from workbench.engine.models.packed_layers import count_packed, count_parameters


def begun(model: Any) -> CheckedLoad:
    """What there is to say of a model once it is loaded, in 4 bits."""
    packed = count_packed(model)
    found = CheckedLoad(count_parameters(model), packed.layers, packed.of_layers)
    found.checks["weights"] = f"All there: {short_count(found.parameters)} parameters."
    found.checks["4 bits"] = packed.sentence
    return found


def check_numbers(folder: Path, shares: Sequence[float]) -> None:
    """Refuse a model whose probabilities are none.

    Raises:
        WorkbenchError: one is no number.
    """
    if not all(map(math.isfinite, shares)):
        raise WorkbenchError(
            f"The model in {folder} does not write: what it gives is no number. Its files may be "
            "damaged: download it again, or choose another model."
        )


def learn_once(
    folder: Path,
    model: Any,
    peft_task: str,
    loss_of: Callable[[Any], BatchLoss],
    batch: dict[str, torch.Tensor],
) -> str:
    """One step there and back through LoRA matrices.

    Raises:
        WorkbenchError: nothing comes back.
    """
    adapted = add_lora(model, Recipe(r=2, lora_dropout=0.0), peft_task)
    adapted.train()
    total, count = loss_of(adapted)(batch)
    total.backward()
    learned = [w.grad for name, w in adapted.named_parameters() if "lora_B" in name]
    moved = sum(bool(g.abs().sum() > 0) for g in learned if g is not None)
    if not count or not torch.isfinite(total) or not moved:
        raise WorkbenchError(
            f"The model in {folder} cannot learn here: nothing comes back through its layers. "
            "Choose another model."
        )
    return f"Corrections reach {moved} of its {len(learned)} adapted layers."
