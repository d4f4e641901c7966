"""Base models that write, loaded to answer quickly, with an adapter that can be switched off."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from workbench.core.whole import whole_folder
from workbench.engine.models.load import load_base
from workbench.engine.models.packed_layers import count_packed
from workbench.engine.runtime import device
from workbench.engine.runtime.precision import in_float32
from workbench.models.trained import TrainedModel, write_trained

OWN, STARTED = "default", "started"
"""Names of the adapters in a model: peft's own for the first, and that of the model it went on from."""
ROOM = 1.3
"""Free memory needed to unpack 4-bit weights, in sizes of the unpacked ones."""


class Adapted:
    """A base model that may have an adapter in it."""

    model: Any

    @contextlib.contextmanager
    def untrained(self) -> Iterator[None]:
        """The base model answers inside of this block: the adapter is switched off."""
        if not isinstance(self.model, PeftModel):
            yield
            return
        with self.model.disable_adapter():
            yield

    @contextlib.contextmanager
    def exactly(self) -> Iterator[bool]:
        """Inside of this block it computes in float32, so that each text of a batch is written as it would
        be alone; where weights stay packed, or memory has no room, as ever. Gives which of the two."""
        if count_packed(self.model).layers or not self._has_room_to_be_exact():
            yield False
            return
        with in_float32(self.model):
            yield True

    def _has_room_to_be_exact(self) -> bool:
        needed = self.model.num_parameters() * torch.float32.itemsize * ROOM
        return bool(device.free_memory() > needed)

    @contextlib.contextmanager
    def as_started(self, start: Path) -> Iterator[None]:
        """The model that its training went on from answers inside of this block.

        Args:
            start: the folder of its adapter.
        """
        self.model.load_adapter(str(start), adapter_name=STARTED)
        self.model.set_adapter(STARTED)
        self.model.requires_grad_(False)
        try:
            yield
        finally:
            self.model.set_adapter(OWN)
            self.model.delete_adapter(STARTED)
            self.model.requires_grad_(False)


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
    head = model.get_output_embeddings()
    if isinstance(head, torch.nn.Linear):
        head.register_forward_pre_hook(_in_one_piece)
    return model.eval()


def _in_one_piece(_: torch.nn.Module, states: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The last state of each question is a slice, for which torch would copy the head's weights once
    for each of the questions: 0.6 GB for eight of them and a vocabulary of 49,152."""
    return (states[0].contiguous(), *states[1:])


def _has_room(model: Any) -> bool:
    needed = model.num_parameters() * device.dtype().itemsize * ROOM
    return bool(device.free_memory() > needed)


def save_adapter(
    target: Path,
    checkpoint: Path,
    tokenizer: Any,
    model: TrainedModel,
    add: Callable[[Path], None],
) -> None:
    """Put a checkpoint's adapter and all that belongs to it in one folder, whole or not at all.

    Args:
        add: writes what else belongs to it.
    """
    with whole_folder(target) as part:
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            shutil.copy2(checkpoint / name, part / name)
        tokenizer.save_pretrained(part)
        write_trained(part, model)
        add(part)
