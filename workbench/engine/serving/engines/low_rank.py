"""Adapters (LoRA: Hu et al. 2021) as the batching engine adds them: for each row its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn

from workbench.engine.serving.engines.layers import Sides
from workbench.engine.serving.engines.rotary import Unfit

ATTENTION, MLP = ("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Addition:
    """What an adapter adds to one product: `x @ a @ b`, both in float32."""

    a: Tensor
    """(in, ranks)"""
    b: Tensor
    """(ranks, out), the scaling in it."""

    def add(self, out: Tensor, x: Tensor) -> None:
        """Add to out (rows, out) what belongs to x (rows, in)."""
        out.addmm_(x @ self.a, self.b)


@dataclass(frozen=True)
class LayerAdditions:
    """Of one layer; None where the adapter leaves a product as it is."""

    qkv: Addition | None
    out: Addition | None
    gate: Addition | None
    up: Addition | None
    down: Addition | None


@dataclass(frozen=True, eq=False)
class Adapter:
    """All that an adapter adds; two of the same name are two adapters."""

    layers: list[LayerAdditions]

    @property
    def changes_gates(self) -> bool:
        """Whether gate or up has an addition in any layer."""
        return any(layer.gate or layer.up for layer in self.layers)


def read_adapter(model: Any, name: str, sides: Sides) -> Adapter:
    """An adapter that peft has put into a model of `read_decoder`.

    Raises:
        Unfit: it does more than LoRA's plain additions to these layers.
    """
    seen = [path for path, module in model.named_modules() if _has(module, name)]
    layers = [_layer(layer, name, sides) for layer in model.model.layers]
    known = sum(
        isinstance(module, LoraLayer) and name in module.lora_A
        for layer in model.model.layers
        for module in layer.modules()
    )
    if len(seen) != known or not known:
        raise Unfit("its adapter changes other parts than layers' products")
    return Adapter(layers)


def _has(module: nn.Module, name: str) -> bool:
    """Whether a module of peft's holds anything of an adapter."""
    places = ("lora_A", "lora_embedding_A", "modules_to_save", "trainable_tokens_delta")
    return any(name in (getattr(module, place, None) or ()) for place in places)


def _layer(layer: Any, name: str, sides: Sides) -> LayerAdditions:
    attention = [getattr(layer.self_attn, part) for part in ATTENTION]
    gate, up, down = (_addition([getattr(layer.mlp, part)], name) for part in MLP)
    qkv = _addition(attention, name)
    if qkv is not None:
        qkv = Addition(qkv.a, qkv.b[:, sides.order].contiguous())
    return LayerAdditions(qkv, _addition([layer.self_attn.o_proj], name), gate, up, down)


def _addition(modules: Sequence[Any], name: str) -> Addition | None:
    """Of layers that read the same; what they add stands side by side."""
    parts = [_matrices(module, name) for module in modules]
    if not any(parts):
        return None
    a = torch.cat([part[0] for part in parts if part])
    rows, width, at = [], len(a), 0
    for module, part in zip(modules, parts, strict=True):
        block = torch.zeros(_out(module), width)
        if part:
            block[:, at : at + len(part[0])] = part[1]
            at += len(part[0])
        rows.append(block)
    return Addition(a.t().contiguous(), torch.cat(rows).t().contiguous())


def _matrices(module: Any, name: str) -> tuple[Tensor, Tensor] | None:
    if not isinstance(module, LoraLayer) or name not in module.lora_A:
        return None
    a, b = module.lora_A[name], module.lora_B[name]
    if name in module.lora_variant or b.bias is not None or module.fan_in_fan_out:
        raise Unfit("its adapter is a variant of LoRA")
    return a.weight.detach().float(), b.weight.detach().float() * module.scaling[name]


def _out(module: Any) -> int:
    base: Any = module.get_base_layer() if isinstance(module, LoraLayer) else module
    return int(base.out_features)
