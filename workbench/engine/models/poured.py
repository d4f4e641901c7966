"""A new adapter that begins as an earlier one ends: a chain of trainings in one adapter.

The earlier B A (rank r, scale s) is poured into the new matrices (rank R >= r, scale S): the first r
rows of A and columns of B are the earlier ones, B's times s / S; the others begin as LoRA's do, A at
random and B with zeros. So the model computes exactly what the earlier one did, and trains all of it
further. The other way, merging the earlier adapter into the base's 16 bits and packing them into 4
again, changes every weight a little (scripts/evaluation/bench_language.py measures how much), needs a
whole base model of its own on the disk, and every export would need it, too.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from safetensors.torch import load_file

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe

_A, _B, _PREFIX = ".lora_A.weight", ".lora_B.weight", "base_model.model."


@dataclass(frozen=True)
class Earlier:
    """An adapter to go on from."""

    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    """Path of a layer → A (rank, in) and B (out, rank)."""
    scale: float
    rank: int

    @classmethod
    def read(cls, folder: Path) -> "Earlier":
        """The adapter in a folder.

        Raises:
            WorkbenchError: it is none that a training here made.
        """
        try:
            config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
            found = load_file(folder / "adapter_model.safetensors")
            rank, alpha = int(config["r"]), float(config["lora_alpha"])
        except (OSError, ValueError, KeyError) as error:
            raise WorkbenchError(
                f"The adapter in {folder} cannot be gone on from ({error}): train it again, or "
                "start from another model."
            ) from error
        paths = [name.removesuffix(_A) for name in found if name.endswith(_A)]
        pairs = {path.removeprefix(_PREFIX): (found[path + _A], found[path + _B]) for path in paths}
        root = math.sqrt(rank) if config.get("use_rslora") else rank
        return cls(pairs, alpha / root, rank)


def widened(recipe: Recipe, earlier: Earlier) -> Recipe:
    """The recipe with a rank that holds what was learned before; the scale stays the recipe's."""
    if recipe.r >= earlier.rank:
        return recipe
    grown = earlier.rank / recipe.r
    alpha = recipe.lora_alpha * (math.sqrt(grown) if recipe.use_rslora else grown)
    return dataclasses.replace(recipe, r=earlier.rank, lora_alpha=round(alpha))


@torch.no_grad()
def pour(model: PeftModel, earlier: Earlier) -> None:
    """Let the model's fresh adapter begin as the earlier one.

    Raises:
        WorkbenchError: a layer of the earlier one has no place in it.
    """
    layers: dict[str, Any] = dict(model.get_base_model().named_modules())
    for path, (a, b) in earlier.weights.items():
        layer = layers.get(path)
        if layer is None or "default" not in getattr(layer, "lora_A", {}):
            raise WorkbenchError(
                f"The earlier training adapted the layer '{path}', which this one does not: set "
                "'Layers to adapt' to all-linear."
            )
        new_a, new_b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
        if a.shape[1:] != new_a.shape[1:] or b.shape[0] != new_b.shape[0]:
            raise WorkbenchError(
                f"The earlier training was of another base model (its layer '{path}' has another "
                "size): choose the base model that it was trained from."
            )
        new_a[: len(a)] = a.to(new_a)
        new_b[:, : b.shape[1]] = (b * (earlier.scale / layer.scaling["default"])).to(new_b)
