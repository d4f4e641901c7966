"""LoRA over 4-bit weights in fewer operations than peft takes.

peft adds `lora_B(lora_A(x)) * scaling` to a copy of the frozen layer's output. Here the sum is
made in place and both ways through the layer are one operation for autograd, which keeps the
input and its image of rank r and nothing else (compare Han and Han 2024, "Unsloth").
"""

from functools import partial
from typing import Any

import torch
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn.modules import Linear4bit as Packed
from peft import PeftModel
from peft.tuners.lora.bnb import Linear4bit
from torch import Tensor, nn

from workbench.engine.runtime import device


def fuse(model: PeftModel) -> int:
    """Let the model's LoRA layers take the short way where it is the same; how many do.

    It is for training one adapter without dropout on a CPU; peft's own way is taken as soon as
    an adapter is merged, switched off or another is made active.
    """
    if device.device().type != "cpu":
        return 0
    layers = [module for module in model.modules() if isinstance(module, Linear4bit)]
    plain = [layer for layer in layers if _is_plain(layer)]
    for layer in plain:
        layer.forward = partial(  # type: ignore[method-assign]
            _forward, layer, layer.active_adapters[0], layer.forward
        )
    return len(plain)


def _is_plain(layer: Linear4bit) -> bool:
    names = layer.active_adapters
    return (
        len(names) == 1
        and names[0] in layer.lora_A
        and names[0] not in layer.lora_variant
        and isinstance(layer.lora_dropout[names[0]], nn.Identity)
        and layer.lora_B[names[0]].bias is None
        and isinstance(layer.base_layer, Packed)
    )


def _forward(layer: Linear4bit, name: str, peft_forward: Any, x: Tensor, **values: Any) -> Tensor:
    if values or layer.disable_adapters or layer.merged or layer.active_adapters != [name]:
        taken: Tensor = peft_forward(x, **values)
        return taken
    a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
    base, scaling = layer.base_layer, layer.scaling[name]
    added: Tensor = _AddedInPlace.apply(x, a, b, base, scaling)  # type: ignore[no-untyped-call]
    return added


class _AddedInPlace(torch.autograd.Function):
    """`base(x) + scaling * x a' b'` for x (…, in), a (r, in), b (out, r); base is frozen."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, a: Tensor, b: Tensor, base: Packed, scaling: float) -> Tensor:
        out: Tensor = base(x)
        rows = x.reshape(-1, x.shape[-1]).to(out.dtype)
        a, b = a.to(out.dtype), b.to(out.dtype)
        image = rows @ a.T
        out.view(-1, out.shape[-1]).addmm_(image, b.T, alpha=scaling)
        ctx.save_for_backward(rows, image, a, b)
        ctx.base, ctx.scaling, ctx.dtype = base, scaling, x.dtype
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
        rows, image, a, b = ctx.saved_tensors
        over = grad.reshape(-1, grad.shape[-1]).to(rows.dtype)
        back = (over @ b).mul_(ctx.scaling)
        grad_x = None
        if ctx.needs_input_grad[0]:
            packed = ctx.base.weight
            frozen = dequantize_4bit(packed.data.view(-1, 1), packed.quant_state).to(rows.dtype)
            grad_x = (over @ frozen).addmm_(back, a)
            grad_x = grad_x.view(*grad.shape[:-1], -1).to(ctx.dtype)
        grad_a = (back.T @ rows).float()
        grad_b = (over.T @ image).float().mul_(ctx.scaling)
        return grad_x, grad_a, grad_b, None, None
