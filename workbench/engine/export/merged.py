"""A trained model that writes, with what it learned put into its base's own 16-bit weights.

A model that learned on 4-bit weights is merged into the 16-bit ones all the same: that is what other
programs have, and unpacked 4-bit weights would be large and coarse at once. What this changes is
measured (`parity`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import GenerationConfig

from workbench.core.errors import WorkbenchError
from workbench.engine.causal.reading import set_ends
from workbench.engine.models.config import load_config, unreadable, writer_class
from workbench.engine.models.load import base_folder, load_tokenizer
from workbench.engine.models.whole import check_whole
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.templates import template_of

_HALF = (torch.bfloat16, torch.float16)
_LARGEST_F16 = 6e4


@dataclass
class Merged:
    """A whole model in 16 bits, and the tokenizer that it is asked with."""

    model: Any
    tokenizer: Any

    def save(self, folder: Path) -> None:
        """Write what `transformers` loads: weights, tokenizer, template, and where writing ends."""
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)


def merged(base: BaseModelRef, adapter: Path) -> Merged:
    """The base model with the adapter in its weights; on the processor, 2 bytes a weight.

    Raises:
        WorkbenchError: as `whole_weights`.
    """
    model = whole_weights(base, adapter, writer_class)
    model = model.to(_half_of(model)) if next(model.parameters()).dtype not in _HALF else model
    template = template_of(adapter, base.name)
    tokenizer = load_tokenizer(adapter, template)
    set_ends(model, tokenizer, template)
    _plain_settings(model)
    return Merged(model, tokenizer)


def whole_weights(base: BaseModelRef, adapter: Path, auto_class: Callable[[Any], Any]) -> Any:
    """The base model in its own precision, with the adapter in its weights.

    Args:
        auto_class: as what transformers loads a model of a config.

    Raises:
        WorkbenchError: a folder cannot be read, or the base has no whole weights.
    """
    folder = base_folder(base)
    config = load_config(folder)
    if getattr(config, "quantization_config", None) is not None:
        raise WorkbenchError(
            f"{base.name} comes with weights of few bits, and what was learned can only be put into whole "
            "ones: export the adapter instead, or train on the model's 16-bit form."
        )
    whole = PeftModel.from_pretrained(_loaded(folder, config, auto_class(config)), adapter)
    for layer in _adapted(whole):
        _merge(layer)
    model = whole.unload()
    model.requires_grad_(False).eval()
    model.config.use_cache = True
    return model


def _loaded(folder: Path, config: Any, auto_class: Any) -> Any:
    own = getattr(config.get_text_config(), "dtype", None)
    try:
        model, info = auto_class.from_pretrained(
            folder,
            config=config,
            dtype=own if own in _HALF else torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise unreadable(folder, "model", error) from error
    check_whole(model, info, folder)
    return model


def _adapted(model: Any) -> Iterator[Any]:
    return (module for module in model.modules() if isinstance(module, LoraLayer))


@torch.no_grad()
def _merge(layer: Any) -> None:
    """Add in 32 bits and round once: what is learned is smaller than a step of 16 bits."""
    weight = layer.get_base_layer().weight
    for name in layer.active_adapters:
        if name in layer.lora_A:
            delta = layer.get_delta_weight(name).float()
            weight.data = (weight.data.float() + delta).to(weight.dtype)


def _half_of(model: Any) -> torch.dtype:
    """The 16 bits for weights that came in 32: the finer ones, where all values fit."""
    largest = max(float(p.detach().abs().max()) for p in model.parameters() if p.numel())
    return torch.float16 if largest < _LARGEST_F16 else torch.bfloat16


def _plain_settings(model: Any) -> None:
    """The likeliest token each time, as the exam asks: what the base's files say of sampling, beams and
    repetitions was set for another use."""
    own = model.generation_config
    model.generation_config = GenerationConfig(
        do_sample=False,
        bos_token_id=own.bos_token_id,
        eos_token_id=own.eos_token_id,
        pad_token_id=own.pad_token_id,
    )
