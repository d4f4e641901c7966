"""A trained model as a folder, and that folder as a model: one way for every use.

The exam after training, evaluation on another file, batch prediction and the model server all
load through here, so a model answers the same everywhere: same weights, same template, same
system prompt, same wording of the question.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION
from workbench.core.whole import whole_folder
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.encode import Wording
from workbench.engine.causal.reading import set_ends, text_ids
from workbench.engine.models.load import base_folder, load_base, load_tokenizer
from workbench.engine.models.packed_layers import count_packed
from workbench.engine.runtime import device
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.templates import template_of
from workbench.models.trained import TrainedModel, read_trained, write_trained

ROOM = 1.3
"""Free memory needed to unpack 4-bit weights, in sizes of the unpacked ones."""


@dataclass
class CausalModel:
    """A base model, with its adapter if it was trained, and how it is asked."""

    model: Any
    tokenizer: Any
    wording: Wording
    max_length: int

    @property
    def task(self) -> str:
        """What it was trained for."""
        return self.wording.task

    @contextlib.contextmanager
    def untrained(self) -> Iterator[None]:
        """The base model answers inside of this block: the adapter is switched off."""
        if not isinstance(self.model, PeftModel):
            yield
            return
        with self.model.disable_adapter():
            yield

    def encode(self, text: str) -> dict[str, Any]:
        """A prompt as tensors, one row, where the model is."""
        ids = torch.tensor([text_ids(text, self.tokenizer)], dtype=torch.long)
        ids = ids.to(self.model.device)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def load_causal(
    base: BaseModelRef,
    adapter: Path | None,
    recipe: Recipe,
    *,
    task: str = COMPLETION.name,
    system: str = "",
) -> CausalModel:
    """A model that is ready to answer.

    Args:
        adapter: folder made by `save_causal`, which knows better than the other arguments; None
            for the base model as it is.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    trained = read_trained(adapter) if adapter else None
    folder = base_folder(base)
    source = adapter or folder
    template = template_of(source, base.name)
    model = load_for_answers(folder, trained.quantization if trained else recipe.quantization)
    tokenizer = load_tokenizer(source, template)
    set_ends(model, tokenizer, template)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    wording = Wording(task, template, system)
    if trained:
        wording = Wording(trained.task, template, trained.system, trained.labels)
    length = longest_example(folder, trained.max_length if trained else recipe.max_length)
    return CausalModel(model.eval(), tokenizer, wording, length)


def load_for_answers(
    folder: Path, quantization: str, load: Callable[[Path, str], Any] = load_base
) -> Any:
    """A base model that writes quickly: its weights are those it was trained with.

    Unpacking each 4-bit layer anew for every token takes most of the time of a small model
    (112 tokens/s against 294, batch of 16, SmolLM2-135M on 2 cores). So the weights are unpacked
    once, the values staying what 4 bits could hold, where memory allows.

    Args:
        load: gives the model in `folder` with its weights in `quantization`.
    """
    model = load(folder, quantization)
    if quantization == "nf4" and count_packed(model).layers and _has_room(model):
        model = model.dequantize(dtype=device.dtype())
    model.requires_grad_(False)
    model.config.use_cache = True
    return model.eval()


def _has_room(model: Any) -> bool:
    needed = model.num_parameters() * device.dtype().itemsize * ROOM
    return bool(device.free_memory() > needed)


def save_causal(target: Path, checkpoint: Path, tokenizer: Any, model: TrainedModel) -> None:
    """Put a checkpoint's adapter and all that belongs to it in one folder, whole or not at all."""
    with whole_folder(target) as part:
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            shutil.copy2(checkpoint / name, part / name)
        tokenizer.save_pretrained(part)
        write_trained(part, model)
